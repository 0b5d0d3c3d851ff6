import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createContextBuilder } from '../../../electron/context/build-context.ts';
import { createDocumentLibrary } from '../../../electron/context/document-library.ts';
import { createDocumentSource } from '../../../electron/context/document-source.ts';
import { createDocumentPool } from '../../../electron/context/documents/read-document.ts';
import { createCollection } from '../../../electron/context/retrieval/collections.ts';
import { addText } from '../../../electron/context/retrieval/documents.ts';
import { createIndexer } from '../../../electron/context/retrieval/indexer.ts';
import { createSearchThread } from '../../../electron/context/retrieval/search-thread.ts';
import { countPromptTokens } from '../../../electron/conversation/count-tokens.ts';
import { createJobs } from '../../../electron/jobs/jobs.ts';
import type { Engine } from '../../../models/engine.ts';
import { conversationForTest, converse } from '../../support/conversation.ts';
import { hashedEmbedder } from '../../support/documents.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';
import { type StarterRuntime, starterRuntime } from '../../support/starter-runtime.ts';

const greedy = { temperature: 0, repeatPenalty: 1, maxTokens: 12 } as const;

const rooms = Array.from(
	{ length: 60 },
	(_, room) => `Room ${room + 1} is painted in colour ${room + 1} every spring.`,
);
const staff = [...rooms, 'The name of the harbour master is Maria Lopez.'].join('\n\n');

describe('starter model', () => {
	let starter: StarterRuntime;
	let engine: Engine;
	beforeAll(async () => {
		starter = starterRuntime();
		engine = await starter.load('starter', { contextSize: 1024 });
	});
	afterAll(() => starter.close());

	test('answers from the best passages; the next prompt begins with this one', async () => {
		const conversation = conversationForTest({ engine });
		const { database, events, settings, clock, log, path } = conversation;
		const jobs = createJobs({ events, clock, log });
		const thread = createSearchThread(path);
		const pool = createDocumentPool();
		onTestFinished(async () => {
			await jobs.close();
			await pool.close();
			await thread.close();
		});
		const embedder = hashedEmbedder();
		const library = {
			all: () => [],
			modelFile: (id: number) => buildModelFile(id),
			acquire: async () => embedder,
			loaded: () => embedder,
		};
		const retrieval = { database, events, thread, library, settings, clock, log };
		const indexer = createIndexer(retrieval, { jobs, pool, answering: () => false, measuring: () => false });
		const { id: collectionId } = createCollection({ ...retrieval, indexer }, { name: 'Harbour' });
		addText({ ...retrieval, indexer }, { collectionId, title: 'Staff', text: staff });
		await expect.poll(() => indexer.jobOf(collectionId), { timeout: 20_000 }).toBeNull();

		const contextBuilder = createContextBuilder([createDocumentSource(createDocumentLibrary(retrieval))], log);
		const context = { ...conversation, contextBuilder };
		const options = { presetId: null, sampling: {}, contextSize: null, documents: [{ collectionId }] };
		const text = 'What is the name of the harbour master?';
		const input = { conversationId: null, text, attachmentIds: [], attachments: [], options };
		const known = await countPromptTokens(context, input);
		expect(known.documentUse).toMatchObject({ mode: 'passages', nothingRelevant: false });
		const first = await converse(context, text, { options, sampling: greedy });
		expect(known.sent).toBe(first.answer.generation?.promptTokens);
		expect(first.answer.content).toContain('Lopez');
		const parts = first.answer.ledger?.parts ?? [];
		expect(parts.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(first.answer.generation?.promptTokens);

		const { conversationId } = first;
		const { answer } = await converse(context, 'Say it again, please.', { conversationId, sampling: greedy });
		expect(answer.generation?.cachedTokens).toBeGreaterThanOrEqual((first.answer.generation?.promptTokens ?? 0) - 4);
	});
});
