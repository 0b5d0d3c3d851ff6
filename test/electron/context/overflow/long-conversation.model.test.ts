import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createContextBuilder } from '../../../../electron/context/build-context.ts';
import { createConversationSummaries } from '../../../../electron/context/overflow/conversation-summaries.ts';
import { createSummarySource } from '../../../../electron/context/overflow/summary-source.ts';
import { countPromptTokens } from '../../../../electron/conversation/count-tokens.ts';
import { createLane } from '../../../../electron/jobs/lane.ts';
import type { Engine } from '../../../../models/engine.ts';
import { conversationForTest, converse } from '../../../support/conversation.ts';
import { type StarterRuntime, starterRuntime } from '../../../support/starter-runtime.ts';

const contextSize = 1_024;
/** Cached tokens are reused in whole tiles of attention. */
const tile = 64;

/** A question of about 90 tokens with a fact of its own. */
const question = (index: number): string =>
	`My ${index + 1}. note: the ship number ${index + 1} left the harbour of Bergen at ${index + 7} o'clock with a cargo of timber, salt and iron, and its captain wrote into the log that the wind came from the north and that the sea was calm. Please confirm in one short sentence that you have read this note about the ship.`;

describe('starter model', () => {
	let starter: StarterRuntime;
	let engine: Engine;
	beforeAll(async () => {
		starter = starterRuntime();
		engine = await starter.load('starter', { contextSize });
	});
	afterAll(() => starter.close());

	test('summarises in idle time without losing its place, and goes on with the summary', async () => {
		const base = conversationForTest({ engine, settings: { overflow: 'summary' } });
		const sources: Parameters<typeof createContextBuilder>[0][number][] = [];
		const context = { ...base, contextBuilder: createContextBuilder(sources, base.log) };
		const summaries = createConversationSummaries(context, createLane(), { idleMs: 50 });
		sources.push(createSummarySource(summaries));
		onTestFinished(() => summaries.close());
		const sampling = { temperature: 0, maxTokens: 24 };
		let id: number | null = null;
		let index = 0;
		const ask = async () => {
			const said = await converse(context, question(index), { conversationId: id, sampling });
			index += 1;
			id = said.conversationId;
			return said.answer;
		};
		let before = await ask();
		while ((before.generation?.promptTokens ?? 0) < contextSize * 0.55) before = await ask();
		summaries.start();
		before = await ask();
		await expect.poll(async () => (await summaries.list(id!)).versions.length, { timeout: 60_000 }).toBe(1);
		const [version] = (await summaries.list(id!)).versions;
		expect(version?.text.length).toBeGreaterThan(20);
		expect((await engine.tokenize(version?.text ?? '')).length).toBeLessThanOrEqual(contextSize / 8);
		// The summary was asked for behind the conversation: the next message finds all of that in the cache.
		const next = await ask();
		expect(next.generation?.cachedTokens).toBeGreaterThan((before.generation?.promptTokens ?? Infinity) - tile);
		let answer = next;
		while (answer.ledger?.overflow === undefined && index < 30) answer = await ask();
		expect(answer.ledger?.overflow).toMatchObject({ policy: 'summary', leftOut: 0 });
		const { number } = answer.ledger!.overflow!.summary!;
		const counted = await countPromptTokens(context, {
			conversationId: id,
			text: question(index),
			attachmentIds: [],
			attachments: [],
		});
		const after = await ask();
		expect(after.generation?.promptTokens).toBe(counted.sent);
		expect(after.ledger?.overflow?.summary?.number).toBe(number);
		expect(after.generation?.cachedTokens).toBeGreaterThan((answer.generation?.promptTokens ?? Infinity) - tile);
		expect(context.logged).toEqual([]);
	});
});
