import { expect, onTestFinished, test } from 'vitest';
import { openModels } from '../../../electron/api/open-models.ts';
import { createApplication } from '../../../electron/application/application.ts';
import type { GenerationStart, Message } from '../../../electron/contract/conversation/schema.ts';
import { starterModelPath } from '../../support/starter-model.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('the starter model follows a preset, continues exactly where it was cut off, and accepts another context', async () => {
	const application = await createApplication({
		dataFolder: temporaryFolder(),
		host: 'cli',
		version: '0',
		log: () => {},
		models: openModels(),
	});
	onTestFinished(() => application.close());
	const { client } = application;
	await client.models.add({ path: await starterModelPath() });

	async function answerOf({ generationId }: GenerationStart): Promise<Message> {
		for await (const update of await client.generations.subscribe({ id: generationId })) {
			if (update.type === 'end') return update.message;
		}
		throw new Error('the stream ended without an end');
	}

	const greedy = { temperature: 0, repeatPenalty: 1.1 };
	const preset = await client.presets.create({
		name: 'Short',
		systemPrompt: 'You are a helpful assistant.',
		sampling: { ...greedy, maxTokens: 9 },
		contextSize: 512,
	});
	const options = { presetId: preset.id, sampling: {}, contextSize: null };
	const text = 'Name five colours.';
	const start = await client.conversations.send({ conversationId: null, text, options, threads: 1 });
	const first = await answerOf(start);
	expect(first.generation).toMatchObject({ contextSize: 512, stopReason: 'max-tokens', completionTokens: 9 });

	const { conversationId: id } = start;
	await client.conversations.setOptions({ id, sampling: { maxTokens: 21 }, contextSize: null });
	const goneOn = await answerOf(await client.conversations.continue({ messageId: first.id }));
	expect(goneOn.content.startsWith(first.content)).toBe(true);
	expect(goneOn.generation?.cachedTokens).toBe((goneOn.generation?.promptTokens ?? 0) - 1);

	await client.conversations.setOptions({ id, sampling: { maxTokens: 30 }, contextSize: 1024 });
	const whole = await answerOf(await client.conversations.regenerate({ messageId: first.id }));
	expect(whole.generation?.contextSize).toBe(1024);
	expect(whole.content).toBe(goneOn.content);
});
