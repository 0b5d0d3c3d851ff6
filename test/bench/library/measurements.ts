import { setTimeout as delay } from 'node:timers/promises';
import { insertGeneration } from '../../../electron/conversation/store/generations.ts';
import { endMessage, insertMessage } from '../../../electron/conversation/store/messages.ts';
import { closeDatabase, connect } from '../../../electron/database/connect.ts';
import { transaction } from '../../../electron/database/sql.ts';
import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import type { BenchContext, Measurement, Outcome } from '../measurement.ts';
import { quantile } from '../statistics.ts';
import { type Blocks, timed, watchBlocks } from './blocks.ts';
import { type BigLibrary, openBigLibrary } from './library.ts';
import { queryKinds } from './queries.ts';
import { createWriter } from './text.ts';

/** Runs `take` on a large library and records its size. */
async function onBigLibrary(context: BenchContext, take: (library: BigLibrary) => Promise<Outcome>): Promise<Outcome> {
	await context.release();
	const library = await openBigLibrary(context);
	try {
		// The system is still writing the fresh copy to the disk.
		await delay(context.quick ? 0 : 3_000);
		await context.settle();
		const outcome = await take(library);
		const { size, bytes } = library;
		return {
			...outcome,
			details: { messages: size.messages, conversations: size.conversations, databaseBytes: bytes, ...outcome.details },
		};
	} finally {
		await library.close();
	}
}

function spread(values: readonly number[]): Record<string, number> {
	return { p50: quantile(values, 0.5), p95: quantile(values, 0.95), max: Math.max(...values) };
}

function longer(one: Blocks, other: Blocks): Blocks {
	return {
		longestBlockMs: Math.max(one.longestBlockMs, other.longestBlockMs),
		longestWorkMs: Math.max(one.longestWorkMs, other.longestWorkMs),
	};
}

const rounds = (context: BenchContext, full: number): number => (context.quick ? Math.min(20, full) : full);

export const list: Measurement = {
	name: 'list',
	about: 'the newest 50 of 100,000 conversations, by the application in this process; p99',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 5 },
	run: (context) =>
		onBigLibrary(context, async ({ application: { client } }) => {
			const { values, blocks } = await timed(rounds(context, 1_000), () => client.conversations.list({ limit: 50 }));
			return { values, baselines: [], summary: 'p99', details: { ...spread(values), ...blocks } };
		}),
};

export const open: Measurement = {
	name: 'open',
	about: 'any of 100,000 conversations with its messages, by the application in this process; p99',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 5 },
	run: (context) =>
		onBigLibrary(context, async ({ application: { client }, size }) => {
			const random = seededRandom(3);
			const { values, blocks } = await timed(rounds(context, 1_000), () =>
				client.conversations.get({ id: 1 + Math.floor(random() * size.conversations) }),
			);
			return { values, baselines: [], summary: 'p99', details: { ...spread(values), ...blocks } };
		}),
};

export const search: Measurement = {
	name: 'search',
	about:
		'one search for each way of searching 1,000,000 messages, most of them for the most common words; p99 until hits are here',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 50 },
	run: (context) =>
		onBigLibrary(context, async ({ application: { client } }) => {
			const values: number[] = [];
			const byKind: Record<string, number> = {};
			let blocks = { longestBlockMs: 0, longestWorkMs: 0 };
			for (const { name, texts } of queryKinds()) {
				const repeated = context.quick ? texts.slice(0, 5) : [...texts, ...texts, ...texts];
				const sampled = await timed(repeated.length, (round) =>
					client.search.find({ text: repeated[round] ?? '', limit: 40 }),
				);
				values.push(...sampled.values);
				blocks = longer(blocks, sampled.blocks);
				byKind[`${name}: p50`] = quantile(sampled.values, 0.5);
				byKind[`${name}: p99`] = quantile(sampled.values, 0.99);
			}
			return { values, baselines: [], summary: 'p99', details: { ...spread(values), ...blocks, ...byKind } };
		}),
};

export const append: Measurement = {
	name: 'append',
	about:
		'a message with the empty answer to it, and the answer folded and indexed: two durable writes beside 1,000,000 messages; p99',
	unit: 'ms',
	target: null,
	run: (context) =>
		onBigLibrary(context, async ({ path, size }) => {
			const database = connect(path);
			try {
				const random = seededRandom(11);
				const writer = createWriter(random);
				const question = writer.text(30);
				const text = writer.text(150);
				const { values, blocks } = await timed(rounds(context, 500), () => {
					const conversationId = 1 + Math.floor(random() * size.conversations);
					const common = { conversationId, createdAt: Date.now(), completedAt: Date.now() };
					const answer = transaction(database, () => {
						const own = { ...common, parentId: null, role: 'user', status: 'complete', content: question } as const;
						const parentId = insertMessage(database, own);
						const empty = {
							...common,
							parentId,
							role: 'assistant',
							status: 'streaming',
							content: '',
							completedAt: null,
						} as const;
						const messageId = insertMessage(database, empty);
						const sampling = { ...defaultSampling, seed: 1 };
						insertGeneration(database, {
							messageId,
							modelFileId: 1,
							modelName: 'Qwen3 8B',
							quantization: 'Q4_K_M',
							sampling,
							systemPrompt: '',
						});
						return messageId;
					});
					transaction(database, () =>
						endMessage(database, answer, {
							status: 'complete',
							content: text,
							reasoning: null,
							reasoningMs: null,
							failure: null,
							completedAt: Date.now(),
						}),
					);
				});
				return { values, baselines: [], summary: 'p99', details: { ...spread(values), ...blocks } };
			} finally {
				closeDatabase(database);
			}
		}),
};

export const libraryBlock: Measurement = {
	name: 'library-block',
	about:
		'the longest time that the main thread was deaf in a round of 350 searches, lists and openings; median of five rounds',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 16 },
	run: (context) =>
		onBigLibrary(context, async ({ application: { client }, size }) => {
			const random = seededRandom(5);
			const texts = queryKinds().flatMap((kind) => kind.texts);
			for (const text of texts.slice(0, 20)) await client.search.find({ text, limit: 40 });
			const values: number[] = [];
			let blocks = { longestBlockMs: 0, longestWorkMs: 0 };
			for (let round = 0; round < (context.quick ? 1 : 5); round += 1) {
				await context.settle();
				const watch = watchBlocks();
				for (const text of context.quick ? texts.slice(0, 30) : texts) {
					// Typing does not wait for the previous search.
					const found = client.search.find({ text, limit: 40 });
					await client.conversations.list({ limit: 50 });
					await client.conversations.get({ id: 1 + Math.floor(random() * size.conversations) });
					await found;
				}
				const watched = watch.stop();
				blocks = longer(blocks, watched);
				values.push(watched.longestBlockMs);
			}
			return { values, baselines: [], details: { ...blocks } };
		}),
};
