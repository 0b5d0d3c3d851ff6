import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createContextBuilder } from '../../../../electron/context/build-context.ts';
import { createFactLibrary } from '../../../../electron/context/memory/fact-library.ts';
import { startFactTrash } from '../../../../electron/context/memory/fact-trash.ts';
import {
	createFactVectors,
	embedFacts,
	factsWithVectors,
	factVectors,
	followFacts,
} from '../../../../electron/context/memory/fact-vectors.ts';
import { addFact, editFact, forgetFacts, restoreFacts } from '../../../../electron/context/memory/facts.ts';
import { usableFacts } from '../../../../electron/context/memory/store.ts';
import { createMemorySource } from '../../../../electron/context/memory-source.ts';
import type { Message } from '../../../../electron/contract/conversation/schema.ts';
import { readSentPrompt } from '../../../../electron/conversation/sent-prompt.ts';
import { all, queryPlan } from '../../../../electron/database/sql.ts';
import { createLane } from '../../../../electron/jobs/lane.ts';
import { Failure } from '../../../../models/contract/failure.ts';
import { base64Of, normalised } from '../../../../models/vectors.ts';
import { createScriptedEngine } from '../../../../models/worker/scripted-engine.ts';
import { conversationForTest, converse } from '../../../support/conversation.ts';

const person = { folderId: null, expiresAt: null };
const unaborted = new AbortController().signal;

/** What sentences are about, as an embedding model would tell: each topic is a direction of its own. */
const topics = [/cook|dinner|vegetarian/i, /knee|jog|marathon/i, /Ada|name/i];

function meaningOf(text: string): Float32Array {
	// A question is often as far as this from the fact that it needs.
	if (/copper pan/.test(text)) return normalised(Float32Array.from([0.2, 0, 0, -1, ...Array<number>(60).fill(0)]));
	const about = topics.map((topic) => (topic.test(text) ? 1 : 0));
	// The last direction is that of everything else.
	const rest = about.some((one) => one > 0) ? [] : [...text].map((letter) => (letter.codePointAt(0) ?? 0) / 1_000);
	return normalised(Float32Array.from([...about, ...Array.from({ length: 61 }, (_, index) => -(rest[index] ?? 0))]));
}

/** Memory with an embedding model next to the model that chats; `embed` may fail. */
function memoryForTest({ embed = async (): Promise<void> => {} } = {}) {
	const context = conversationForTest();
	const model = { ...context.models.file, id: 9, kind: 'embedding' as const, sha256: 'a'.repeat(64) };
	const asked: string[] = [];
	const engine = {
		...createScriptedEngine({}),
		async embed({ inputs }: { readonly inputs: readonly unknown[] }) {
			await embed();
			asked.push(...inputs.map(String));
			const vectors = inputs.map((input) => base64Of(meaningOf(String(input))));
			return { vectors, dimensions: 64, tokens: inputs.map(() => 1) };
		},
	};
	const embedders = [model];
	const library = { ...context.models, all: () => embedders, acquire: async () => engine };
	const known = { ...context, library, answering: () => false };
	const source = createMemorySource(createFactLibrary(context, createFactVectors(known)));
	return { ...known, asked, embedders, model, contextBuilder: createContextBuilder([source], context.log) };
}

type Memory = ReturnType<typeof memoryForTest>;

/** More facts than a prompt takes, accepted after all others. */
function addOthers(context: Memory): void {
	for (let number = 1; number <= 120; number += 1)
		addFact(context, { text: `Of the ${number} boxes one is blue`, ...person });
}

async function given(context: Memory, { id }: Message): Promise<string> {
	const { turns } = await readSentPrompt(context, { messageId: id, load: false });
	return turns.map(({ content }) => content).join('\n');
}

const vectorsOf = ({ database }: Memory): readonly { factId: number; model: string }[] =>
	all(database, 'SELECT fact_id AS factId, vector_model AS model FROM fact_vectors ORDER BY fact_id');

describe('where not all facts fit', () => {
	test('those near in meaning are sent, at the start and later, though they share no word with the message', async () => {
		const context = memoryForTest();
		addFact(context, { text: 'I am vegetarian', ...person });
		addFact(context, { text: 'My knee is bad since that marathon, many years ago', ...person });
		addOthers(context);
		const before = await converse(context, 'What should we have for dinner?');
		expect(await given(context, before.answer)).not.toContain('vegetarian');
		await embedFacts(context, unaborted);
		const first = await converse(context, 'What should we have for dinner?');
		expect(await given(context, first.answer)).toContain('- I am vegetarian');
		expect(await given(context, first.answer)).not.toContain('My knee');
		const second = await converse(context, 'Shall we jog after it?', { conversationId: first.conversationId });
		expect(await given(context, second.answer)).toContain(
			'own words: My knee is bad since that marathon, many years ago',
		);
	});

	test('the nearest are sent at the start however far they are, but not with a later message', async () => {
		const context = memoryForTest();
		addFact(context, { text: 'A copper pan is mine', ...person });
		addOthers(context);
		await embedFacts(context, unaborted);
		const first = await converse(context, 'What should we have for dinner?');
		expect(await given(context, first.answer)).toContain('- A copper pan is mine');
		const other = await converse(context, 'Call me Ada');
		const later = await converse(context, 'What should we have for dinner?', { conversationId: other.conversationId });
		expect(await given(context, later.answer)).not.toContain('copper pan');
	});

	test('words still find them when the embedding model fails, and while there is none', async () => {
		const context = memoryForTest({
			async embed() {
				if (context.asked.length >= 121) throw new Failure({ code: 'no-memory', message: 'No room.', next: ['Wait'] });
			},
		});
		addFact(context, { text: 'I am vegetarian', ...person });
		addOthers(context);
		await embedFacts(context, unaborted);
		expect(vectorsOf(context)).toHaveLength(121);
		const failed = await converse(context, 'Is a vegetarian dinner fine?');
		expect(await given(context, failed.answer)).toContain('- I am vegetarian');
		context.embedders.splice(0);
		const without = await converse(context, 'Is a vegetarian dinner fine?');
		expect(await given(context, without.answer)).toContain('- I am vegetarian');
	});

	test('a message is embedded once, however often its prompt is counted; where all fit, never', async () => {
		const context = memoryForTest();
		const vectors = createFactVectors(context);
		const { id } = addFact(context, { text: 'I am vegetarian', ...person });
		await embedFacts(context, unaborted);
		const { answer } = await converse(context, 'What should we have for dinner?');
		expect(await given(context, answer)).toContain('vegetarian');
		expect(context.asked).toEqual(['I am vegetarian']);
		for (let count = 0; count < 3; count += 1)
			expect(await vectors.nearest('What is for dinner?', [id], undefined)).toEqual([
				{ id, cosine: expect.closeTo(1) },
			]);
		expect(context.asked).toEqual(['I am vegetarian', 'What is for dinner?']);
		expect(await vectors.nearest('My knee', [id], undefined)).toEqual([{ id, cosine: 0 }]);
	});
});

describe('the vector of a fact', () => {
	test('comes in idle time, for what was there, for what is added, and anew with another model', async () => {
		const context = memoryForTest();
		const old = addFact(context, { text: 'I am vegetarian', ...person });
		const follower = followFacts(context, createLane(), { idleMs: 1 });
		onTestFinished(() => follower.close());
		await expect.poll(() => vectorsOf(context).map(({ factId }) => factId)).toEqual([old.id]);
		const added = addFact(context, { text: 'My knee is bad', ...person });
		await expect.poll(() => vectorsOf(context).map(({ factId }) => factId)).toEqual([old.id, added.id]);
		context.embedders.splice(0, 1, { ...context.model, id: 10, sha256: 'b'.repeat(64) });
		context.events.publish({ type: 'models-changed' });
		await expect.poll(() => new Set(vectorsOf(context).map(({ model }) => model))).toEqual(new Set(['b'.repeat(64)]));
	});

	test('goes when the fact is changed or superseded', async () => {
		const context = memoryForTest();
		const fact = addFact(context, { text: 'I am vegetarian', ...person });
		await embedFacts(context, unaborted);
		const changed = editFact(context, fact.id, { text: 'I eat anything' });
		expect(vectorsOf(context)).toEqual([]);
		await embedFacts(context, unaborted);
		expect(vectorsOf(context).map(({ factId }) => factId)).toEqual([changed.id]);
	});

	test('is not used while the fact is in the trash, and leaves no byte when it is forgotten for good', async () => {
		const context = memoryForTest();
		const trash = startFactTrash(context, { statesFolder: dirname(context.path) });
		onTestFinished(() => trash.stop());
		const { id } = addFact(context, { text: 'Of many boxes I paint the largest one in secret', ...person });
		const kept = addFact(context, { text: 'Another thing altogether, which nobody should forget', ...person });
		await embedFacts(context, unaborted);
		const vectors = new Map(
			all<{ id: number; vector: Uint8Array }>(context.database, 'SELECT fact_id AS id, vector FROM fact_vectors').map(
				(row) => [row.id, Buffer.from(row.vector)],
			),
		);
		const isInFile = (of: number): boolean =>
			[context.path, `${context.path}-wal`]
				.filter((file) => statSync(file, { throwIfNoEntry: false }) !== undefined)
				.some((file) => readFileSync(file).includes(vectors.get(of)!));
		expect([isInFile(id), isInFile(kept.id)]).toEqual([true, true]);
		const library = createFactLibrary(context, createFactVectors(context));
		const near = async () =>
			(await library.nearest!(null, 'I paint boxes in secret', 9, undefined)).map(({ fact }) => fact.id);
		expect(await near()).toContain(id);
		const ids = forgetFacts(context, [id]);
		expect(await near()).not.toContain(id);
		restoreFacts(context, ids);
		expect(await near()).toContain(id);
		await trash.empty(forgetFacts(context, [id]));
		expect([isInFile(id), isInFile(kept.id)]).toEqual([false, true]);
	});
});

test.each([
	['vectors of facts', factVectors, { ids: '[1,2]' }],
	['facts with their vectors', factsWithVectors, {}],
	['facts of one place', usableFacts, { scope: 'person', folderId: null }],
] as const)('%s: no table is scanned', (_, sql, parameters) => {
	const { database } = conversationForTest();
	const scans = queryPlan(database, sql, parameters).filter(
		(step) => /^SCAN /.test(step) && !/USING (COVERING )?INDEX|VIRTUAL TABLE/.test(step),
	);
	expect(scans).toEqual([]);
});
