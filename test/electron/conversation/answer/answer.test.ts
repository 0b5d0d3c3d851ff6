import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { continueAnswer } from '../../../../electron/conversation/answer/continue-answer.ts';
import { followAnswer, stopAnswer } from '../../../../electron/conversation/answer/follow-answer.ts';
import { openConversation } from '../../../../electron/conversation/edit-conversation.ts';
import { sendMessage } from '../../../../electron/conversation/send-message.ts';
import { connectionOf } from '../../../../electron/database/database.ts';
import { all } from '../../../../electron/database/sql.ts';
import type { Engine } from '../../../../models/engine.ts';
import type { Script } from '../../../../models/worker/engine-script.ts';
import { createScriptedEngine } from '../../../../models/worker/scripted-engine.ts';
import {
	answering,
	answerOf,
	collect,
	conversationForTest,
	converse,
	textShown,
} from '../../../support/conversation.ts';
import { failureOf } from '../../../support/failure.ts';

const long = Array.from({ length: 300 }, (_, index) => `word${index}`).join(' ');
const slowly = (text: string) => answering([{ type: 'text', text, tokenDelayMs: 1 }]);

describe('subscribing to an answer', () => {
	test('a subscriber gets a snapshot, then the updates, then the end', async () => {
		const context = conversationForTest(answering('one two three'));
		const { generationId } = sendMessage(context, { conversationId: null, text: 'count' });
		const updates = await collect(followAnswer(context, generationId));
		expect(updates[0]).toMatchObject({ type: 'snapshot', sequence: 0, message: { content: '', status: 'streaming' } });
		expect(updates.find(({ type }) => type === 'prompt')).toMatchObject({ processed: 0, total: 4 });
		expect(textShown(updates).content).toBe('one two three');
		expect(updates.at(-1)).toMatchObject({ type: 'end', message: { content: 'one two three', status: 'complete' } });
	});

	test('a subscriber at any moment sees the whole text, with nothing lost or repeated', async () => {
		const context = conversationForTest(slowly(long));
		const { generationId } = sendMessage(context, { conversationId: null, text: 'go' });
		const watchers: Promise<string>[] = [];
		for (let index = 0; index < 20; index += 1) {
			watchers.push(collect(followAnswer(context, generationId)).then((updates) => textShown(updates).content));
			await sleep(11);
		}
		const ended = textShown(await collect(followAnswer(context, generationId))).content;
		expect(new Set([...(await Promise.all(watchers)), ended])).toEqual(new Set([long]));
	});

	test('fast tokens are sent in at most one batch per frame', async () => {
		const context = conversationForTest(answering(long));
		const { generationId } = sendMessage(context, { conversationId: null, text: 'go' });
		const started = performance.now();
		const batches = (await collect(followAnswer(context, generationId))).filter(({ type }) => type === 'tokens');
		expect(batches.length).toBeLessThan((performance.now() - started) / 16 + 3);
	});

	test('a subscriber that does not read costs no more than a snapshot', async () => {
		const words = 'x '.repeat(2_000);
		const context = conversationForTest(answering([{ type: 'text', text: words, tokenDelayMs: 0 }]));
		const { generationId } = sendMessage(context, { conversationId: null, text: 'go' });
		const lazy = followAnswer(context, generationId);
		await answerOf(context, { conversationId: 1, userMessageId: 1, messageId: 2, generationId });
		expect(textShown(await collect(lazy)).content).toBe(words);
	});

	test('when a subscriber leaves, its stream ends and the answer continues', async () => {
		const context = conversationForTest(slowly(long));
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		const leave = new AbortController();
		const watched = collect(followAnswer(context, start.generationId, leave.signal));
		await sleep(30);
		leave.abort();
		await watched;
		expect((await answerOf(context, start)).content).toBe(long);
	});

	test('subscribing to an unknown answer fails the call itself', async () => {
		const failure = await failureOf(() => followAnswer(conversationForTest(), 99));
		expect(failure.code).toBe('generation-unknown');
	});

	test('opening the conversation shows the text so far', async () => {
		const context = conversationForTest(answering([{ type: 'text', text: 'so far' }, { type: 'stall' }]));
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		await expect
			.poll(() => openConversation(context, start.conversationId))
			.toMatchObject({
				conversation: { generatingMessageId: start.messageId },
				messages: [{}, { status: 'streaming', content: 'so far' }],
			});
		await stopAnswer(context, start.generationId);
	});
});

describe('an interrupted answer', () => {
	test('a stopped answer keeps its text', async () => {
		const context = conversationForTest(answering([{ type: 'text', text: 'half of' }, { type: 'stall' }]));
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		await sleep(30);
		expect(await stopAnswer(context, start.generationId)).toBe(true);
		expect(await stopAnswer(context, start.generationId)).toBe(false);
		expect(await answerOf(context, start)).toMatchObject({
			status: 'stopped',
			content: 'half of',
			generation: { stopReason: 'stopped', completionTokens: 2 },
		});
	});

	test('an answer can be stopped while its model loads', async () => {
		const context = conversationForTest({
			load: ({ signal, onProgress }) => {
				onProgress?.({ stage: 'weights', fraction: 0.5 });
				return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
			},
		});
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		const updates = collect(followAnswer(context, start.generationId));
		await stopAnswer(context, start.generationId);
		expect((await updates).map(({ type }) => type)).toEqual(['snapshot', 'loading', 'end']);
		expect((await answerOf(context, start)).status).toBe('stopped');
	});

	test('stopping a queued answer lets the running one continue and the next one start', async () => {
		const context = conversationForTest(answering([{ type: 'text', text: 'a b c d', tokenDelayMs: 50 }], 'third'));
		const [first, second, third] = ['1', '2', '3'].map((text) => sendMessage(context, { conversationId: null, text }));
		const updates = collect(followAnswer(context, second!.generationId));
		await sleep(20);
		await stopAnswer(context, second!.generationId);
		expect((await updates).find(({ type }) => type === 'loading')).toMatchObject({ stage: 'queued' });
		expect(context.answers.byGeneration(first!.generationId)).toBeDefined();
		expect((await answerOf(context, first!)).content).toBe('a b c d');
		expect((await answerOf(context, third!)).content).toBe('third');
	});

	test('when the engine crashes, the answer keeps its text and the reason, and the next message works', async () => {
		const context = conversationForTest(
			answering(
				[
					{ type: 'text', text: 'I was about to' },
					{ type: 'crash', how: { signal: 'SIGABRT' }, lastWords: 'GGML_ASSERT(n > 0) failed' },
				],
				'Better now.',
			),
		);
		const first = await converse(context, 'go');
		expect(first.answer).toMatchObject({
			status: 'failed',
			content: 'I was about to',
			failure: { code: 'worker-crashed', detail: 'GGML_ASSERT(n > 0) failed' },
			generation: { completionTokens: 4, stopReason: null },
		});
		const next = await converse(context, 'again', { conversationId: first.conversationId });
		expect(next.answer).toMatchObject({ status: 'complete', content: 'Better now.' });
	});

	test('when the model cannot be loaded, the answer gives the reason', async () => {
		const context = conversationForTest({ load: () => Promise.reject(new Error('out of luck')) });
		const { answer } = await converse(context, 'go');
		expect(answer).toMatchObject({ status: 'failed', failure: { code: 'internal' } });
		expect(context.logged.join()).toContain('out of luck');
	});
});

describe('text on disk during an answer', () => {
	test('is at most 250 ms behind', async () => {
		const context = conversationForTest(answering([{ type: 'text', text: long, tokenDelayMs: 3 }]));
		const { messageId, generationId } = sendMessage(context, { conversationId: null, text: 'go' });
		const delivered: { at: number; length: number }[] = [];
		const begun = performance.now();
		// Event loop delay of this process: a busy machine is slow, not behind.
		const late = monitorEventLoopDelay({ resolution: 5 });
		late.enable();
		let length = 0;
		let worstMs = 0;
		for await (const update of followAnswer(context, generationId)) {
			if (update.type === 'end') break;
			if (update.type === 'tokens') {
				length += update.text.length;
				delivered.push({ at: performance.now(), length });
			}
			const [row] = all<{ stored: number }>(
				context.database,
				`SELECT coalesce(sum(length(c.text)), 0) AS stored FROM message_chunks c JOIN messages m ON m.id = c.message_id
				 WHERE m.id = :messageId AND m.status = 'streaming' GROUP BY m.id`,
				{ messageId },
			);
			// Folded into its row: the whole text is on disk.
			if (row === undefined && performance.now() - begun > 250) break;
			const oldestUnsaved = delivered.find((batch) => batch.length > (row?.stored ?? 0));
			if (oldestUnsaved !== undefined) worstMs = Math.max(worstMs, performance.now() - oldestUnsaved.at);
		}
		late.disable();
		expect(delivered.length).toBeGreaterThan(5);
		expect(worstMs - late.max / 1e6).toBeLessThan(250);
	});

	test('a character that arrives in two pieces stays whole', async () => {
		const [high, low] = ['👍'.slice(0, 1), '👍'.slice(1)];
		const base = createScriptedEngine();
		const engine: Engine = {
			...base,
			async *generate(request, signal) {
				yield { type: 'tokens', text: high!, count: 1 };
				await sleep(300);
				yield { type: 'tokens', text: low!, count: 1 };
				await sleep(300);
				yield* base.generate(request, signal);
			},
		};
		const context = conversationForTest({ engine });
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		await sleep(560);
		expect(all(context.database, 'SELECT text FROM message_chunks')).toEqual([{ text: '👍' }]);
		expect((await answerOf(context, start)).content).toBe('👍You said: go');
	});

	test('an answer that waits for space is not written over a message that took its id', async () => {
		const context = conversationForTest(
			answering(
				[
					{ type: 'text', text: 'x'.repeat(300_000) },
					{ type: 'wait', ms: 400 },
				],
				'Another answer',
			),
		);
		const connection = connectionOf(context.database);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		connection.pragma(`max_page_count = ${connection.pragma('page_count', { simple: true }) as number}`);
		expect(await answerOf(context, start)).toMatchObject({ failure: { code: 'disk-full' } });
		connection.pragma('max_page_count = 1000000');
		connection.exec('DELETE FROM conversations');
		const other = await converse(context, 'Another question');
		expect(other.messageId).toBe(start.messageId);
		await sleep(2_300);
		expect(all(context.database, 'SELECT content FROM messages ORDER BY id')).toEqual([
			{ content: 'Another question' },
			{ content: 'Another answer' },
		]);
	});

	test('an answer that waits for space throws nothing once the database is closed', async () => {
		const context = conversationForTest(answering([{ type: 'text', text: 'x'.repeat(300_000) }]));
		const connection = connectionOf(context.database);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		connection.pragma(`max_page_count = ${connection.pragma('page_count', { simple: true }) as number}`);
		expect(await answerOf(context, start)).toMatchObject({ failure: { code: 'disk-full' } });
		const thrown = vi.fn();
		process.on('uncaughtExceptionMonitor', thrown);
		onTestFinished(() => void process.off('uncaughtExceptionMonitor', thrown));
		connection.close();
		await sleep(2_300);
		expect(thrown).not.toHaveBeenCalled();
	});

	test('when the disk fills up, the answer stops, stays in memory and is stored once there is space', async () => {
		const context = conversationForTest(
			answering([
				{ type: 'text', text: 'x'.repeat(300_000) },
				{ type: 'wait', ms: 400 },
				{ type: 'text', text: ' end' },
			]),
		);
		const start = sendMessage(context, { conversationId: null, text: 'go' });
		const pages = connectionOf(context.database).pragma('page_count', { simple: true }) as number;
		connectionOf(context.database).pragma(`max_page_count = ${pages}`);
		const answer = await answerOf(context, start);
		expect(answer).toMatchObject({ status: 'failed', failure: { code: 'disk-full' } });
		expect(answer.failure?.message).toContain('in memory until it can be saved');
		expect(answer.content).toHaveLength(300_000);
		expect(openConversation(context, start.conversationId).messages[1]?.content).toHaveLength(300_000);
		const refused = await failureOf(() => sendMessage(context, { conversationId: null, text: 'y'.repeat(100_000) }));
		expect(refused.code).toBe('disk-full');

		connectionOf(context.database).pragma('max_page_count = 1000000');
		await sleep(2_300);
		const [row] = all<{ status: string; length: number }>(
			context.database,
			'SELECT status, length(content) AS length FROM messages WHERE id = :id',
			{ id: start.messageId },
		);
		expect(row).toEqual({ status: 'failed', length: 300_000 });
		const next = await converse(context, 'again', { conversationId: start.conversationId });
		expect(next.answer.status).toBe('complete');
	});
});

describe('reasoning', () => {
	test('reasoning is delivered and stored separately from the text, with its time', async () => {
		const context = conversationForTest(
			answering([
				{ type: 'text', text: '<think>', tokenDelayMs: 0 },
				{ type: 'wait', ms: 60 },
				{ type: 'text', text: 'Hmm, France.</think>\n\nParis.', tokenDelayMs: 5 },
			]),
		);
		const { generationId } = sendMessage(context, { conversationId: null, text: 'Capital?' });
		const updates = await collect(followAnswer(context, generationId));
		expect(textShown(updates)).toEqual({ content: 'Paris.', reasoning: 'Hmm, France.' });
		const end = updates.at(-1);
		const message = end?.type === 'end' ? end.message : null;
		expect(message).toMatchObject({ content: 'Paris.', reasoning: 'Hmm, France.' });
		expect(message?.reasoningMs).toBeGreaterThan(50);
		expect(message?.reasoningMs).toBeLessThan(1_000);
	});

	test('when the template opens the reasoning, the answer needs no opening tag', async () => {
		const { script } = answering('Hmm.</think>Paris.');
		const { answer } = await converse(conversationForTest({ script: { ...script, opensReasoning: true } }), 'Capital?');
		expect(answer).toMatchObject({ content: 'Paris.', reasoning: 'Hmm.' });
	});

	test('when the template opens the reasoning, the prompt is rendered once and a continuation does not open it again', async () => {
		const script = {
			opensReasoning: true,
			answers: [
				{ steps: [{ type: 'text', text: 'Hmm,' }, { type: 'stall' }] },
				{ steps: [{ type: 'text', text: 'Hmm, France.</think>Paris.' }] },
			],
		} satisfies Script;
		const base = createScriptedEngine(script);
		const engine: Engine = { ...base, render: () => Promise.reject(new Error('rendered apart from the answer')) };
		const context = conversationForTest({ engine });
		const start = sendMessage(context, { conversationId: null, text: 'Capital?' });
		for await (const update of followAnswer(context, start.generationId)) if (update.type === 'tokens') break;
		await stopAnswer(context, start.generationId);
		expect(await answerOf(context, start)).toMatchObject({ content: '', reasoning: 'Hmm,' });
		const next = await answerOf(context, continueAnswer(context, start.messageId));
		expect(next).toMatchObject({ content: 'Paris.', reasoning: 'Hmm, France.' });
	});
});
