import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openModels } from '../../../../electron/api/open-models.ts';
import { type Application, createApplication } from '../../../../electron/application/application.ts';
import type { Message } from '../../../../electron/contract/conversation/schema.ts';
import { starterModelPath } from '../../../support/starter-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
let application: Application;

beforeAll(async () => {
	application = await createApplication({
		dataFolder: folder,
		host: 'browser',
		version: '0',
		log: () => {},
		models: openModels(),
	});
	const { client } = application;
	const model = await client.models.add({ path: await starterModelPath() });
	await client.models.setOptions({ id: model.id, options: { threads: 1, contextSize: 2_048 } });
});
afterAll(async () => {
	await application.close();
	rmSync(folder, { recursive: true, force: true });
});

async function end(id: number): Promise<Message> {
	for await (const update of await application.client.generations.subscribe({ id })) {
		if (update.type === 'end') return update.message;
	}
	throw new Error('the answer did not end');
}

// A template without tools: the grammar keeps the starter to a call or an answer. Which of them it chooses is its own.
test('the starter calls the calculator, and its next round begins with what was computed', async () => {
	const { client } = application;
	const { tools } = await client.tools.view();
	const calculator = tools.find(({ name }) => name === 'calculator')!;
	await client.tools.setTool({ id: calculator.id, on: true });
	await client.settings.set({ toolLimits: { rounds: 2, tokens: 1_000, minutes: 5 } });
	const always = { kind: 'any' } as const;
	await client.tools.grant({ toolId: calculator.id, pattern: always, scope: 'always', conversationId: null });
	const answers: Message[] = [];
	for (const text of [
		'Use the tool calculator with the expression 17 * 23.',
		'{"tool": "calculator", "arguments": {"expression": "17 * 23"}}',
		'What is 17 * 23? Call the calculator.',
	]) {
		const { generationId } = await client.conversations.send({
			conversationId: null,
			text,
			sampling: { temperature: 0, maxTokens: 96, seed: 1 },
		});
		const answer = await end(generationId);
		expect(answer.failure).toBeNull();
		answers.push(answer);
		if (answer.rounds !== undefined) break;
	}
	const called = answers.at(-1)!;
	const [first, ...others] = called.rounds!;
	expect(first!.steps.every(({ name }) => name === 'calculator')).toBe(true);
	for (const { status, arguments: given, result } of first!.steps) {
		expect(['done', 'failed']).toContain(status);
		expect(Object.keys(JSON.parse(given) as object)).toContain('expression');
		expect(result).toMatch(/./);
	}
	// What was computed for the first prompt is there already, and everything else follows it.
	const [second] = others;
	const total = called.generation!;
	expect(second?.cachedTokens ?? total.cachedTokens).toBeGreaterThanOrEqual(first!.promptTokens - 8);
	expect(total.promptTokens).toBeGreaterThan(2 * first!.promptTokens);
	const { messages } = await client.conversations.get({ id: called.conversationId });
	expect(messages.at(-1)?.rounds).toEqual(called.rounds);
});
