import { expect, test } from 'vitest';
import { createContextBuilder } from '../../../electron/context/build-context.ts';
import { boundaryFor } from '../../../electron/context/document-blocks.ts';
import { createDocumentLibrary } from '../../../electron/context/document-library.ts';
import { createDocumentSource } from '../../../electron/context/document-source.ts';
import { createCollection } from '../../../electron/context/retrieval/collections.ts';
import { addText, removeDocuments } from '../../../electron/context/retrieval/documents.ts';
import { manifestSchema } from '../../../electron/contract/evaluation/manifest.ts';
import { assemblePrompt } from '../../../electron/conversation/assemble-prompt.ts';
import { all, get, run } from '../../../electron/database/sql.ts';
import { manifestHash } from '../../../electron/evaluation/manifest-hash.ts';
import { armsOf } from '../../../electron/evaluation/store/arms.ts';
import { runText } from '../../../electron/hosts/cli/evaluation/run-tables.ts';
import type { Turn } from '../../../models/contract/generation.ts';
import { documentsForTest } from '../../support/documents.ts';
import type { Answering } from '../../support/evaluation.ts';
import { setUp, type TestSample } from './setup.ts';

const shelf = {
	'Opening hours': 'The tea house at Lake Borra opens at seven in the morning and closes at nine in the evening.',
	'Price list': 'A pot of smoked pine tea costs 14 crowns. A slice of plum cake costs 6 crowns.',
	'Boat trips': 'The small ferry to Heron Island leaves the pier at half past ten, except on Mondays.',
};

const samples: TestSample[] = [
	{
		key: 'hours',
		input: 'When does the tea house at Lake Borra open in the morning?',
		target: 'seven',
		variables: { sources: 'Opening hours' },
	},
	{
		key: 'tea',
		input: 'How many crowns does a pot of smoked pine tea cost?',
		target: '14',
		variables: { sources: '[{"document":"Price list","quote":"costs 14 crowns"}]' },
	},
	{
		key: 'ferry',
		input: 'When does the ferry to Heron Island leave the pier?',
		target: 'half past ten',
		variables: { sources: 'Boat trips; Opening hours' },
	},
	{ key: 'unknown', input: 'Who painted lighthouses turquoise?', target: 'unknown' },
];

/** A model that knows only what its prompt says. */
const reads: Answering = (_, { text }) => {
	const known = ['seven', '14', 'half past ten'].filter((fact) => text.includes(fact));
	return { text: known.length === 0 ? 'I do not know.' : `It says “${shelf['Price list']}” and ${known.join(', ')}.` };
};

async function setUpShelf(answer: Answering = reads) {
	const documents = documentsForTest();
	const { id } = createCollection(documents, { name: 'Lake Borra' });
	for (const [title, text] of Object.entries(shelf)) addText(documents, { collectionId: id, title, text });
	await documents.indexed(id);
	const source = createDocumentSource(createDocumentLibrary(documents));
	const setup = setUp(samples, { answer, storage: documents, more: { contextSources: [source] } });
	const retrieve = { documents: { collectionId: id, mode: 'retrieve', k: 1, search: 'bm25' } };
	const config = setup.config({
		contexts: [{}, retrieve, { documents: { collectionId: id, mode: 'whole' } }],
		scorers: [
			{ kind: 'includes' },
			{ kind: 'sources' },
			{ kind: 'sources', name: 'ndcg', measure: 'ndcg' },
			{ kind: 'quotes' },
		],
	});
	return { documents, collectionId: id, setup, config };
}

test('a run compares no documents, passages and whole documents, paired by sample', async () => {
	const { setup, config } = await setUpShelf();
	const { evaluations, database } = setup;
	const { id } = await evaluations.start(config);
	const done = await setup.ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null });
	expect(done.arms.map(({ label }) => label)).toEqual([
		'No context',
		'Passages of Lake Borra by words, at most 1',
		'All of Lake Borra',
	]);
	const means = done.arms.map(({ metrics }) => [metrics.includes?.value, metrics.sources?.value, metrics.ndcg?.value]);
	const half = 1 / (1 + 1 / Math.log2(3));
	// The ferry's sample expects two documents and gets one passage; the last sample names none.
	expect(means[0]).toEqual([0, undefined, undefined]);
	expect(means[1]?.[0]).toBe(0.75);
	expect(means[1]?.[1]).toBeCloseTo((1 + 1 + 0.5) / 3, 12);
	expect(means[1]?.[2]).toBeCloseTo((1 + 1 + half) / 3, 12);
	// All documents stand in no order.
	expect(means[2]).toEqual([0.75, 1, undefined]);

	const [none, some, whole] = armsOf(database, id).map((arm) => arm.id);
	const compared = await evaluations.compare([none!, some!, whole!], 'includes');
	expect(compared.pairs).toMatchObject([
		{ n: 4, difference: 0.75, gained: 3, lost: 0 },
		{ n: 4, difference: 0.75, gained: 3, lost: 0 },
	]);
	expect(compared.unfair.filter(({ serious }) => serious)).toEqual([]);

	const { answers } = evaluations.row([none!, some!], 2, 0);
	expect(answers[0]?.lookedUp).toBeUndefined();
	expect(answers[1]?.lookedUp).toMatchObject({
		passages: [{ title: 'Boat trips', isExpected: true, text: shelf['Boat trips'] }],
		missed: [{ document: 'Opening hours' }],
	});
	expect(answers[1]?.turns.at(-1)?.content).toContain(shelf['Boat trips']);
	const quotes = answers[1]?.scores.find(({ scorer }) => scorer === 'quotes');
	expect(quotes).toMatchObject({ value: 0 });
	// The search of the last sample finds nothing, which the model is told.
	expect(evaluations.row([some!], 3, 0).answers[0]?.turns.at(-1)?.content).toContain('documents were searched: 3');
});

test('whole documents stand the same before each question, so that the prefix cache has them', async () => {
	const { setup, config } = await setUpShelf();
	const { id } = await setup.evaluations.start(config);
	await setup.ended(id);
	const [, , whole] = armsOf(setup.database, id).map((arm) => arm.id);
	const prompts = [0, 1, 2].map((position) => {
		const text = setup.evaluations.row([whole!], position, 0).answers[0]?.turns.at(-1)?.content ?? '';
		return text.slice(0, text.lastIndexOf('</source-'));
	});
	expect(prompts[0]).toContain(shelf['Boat trips']);
	expect(new Set(prompts).size).toBe(1);
});

test('a run from before keeps the delimiters that its first answers had, also repeated', async () => {
	const { setup, config } = await setUpShelf();
	const { evaluations, database } = setup;
	const { id } = await evaluations.start(config);
	await setup.ended(id);
	const row = get<{ manifest: string }>(database, 'SELECT manifest FROM eval_runs WHERE id = :id', { id });
	const manifest = manifestSchema.parse(JSON.parse(row!.manifest));
	for (const { context } of manifest.arms) if (context !== undefined) context.delimiters = undefined;
	const old = { manifest: JSON.stringify(manifest), hash: manifestHash(manifestSchema.parse(manifest)), id };
	run(database, 'UPDATE eval_runs SET manifest = :manifest, manifest_hash = :hash WHERE id = :id', old);
	const repeated = await evaluations.repeat(id);
	expect(await setup.ended(repeated.id)).toMatchObject({ status: 'done', manifestHash: old.hash });
	const [, some, whole] = armsOf(database, repeated.id).map((arm) => arm.id);
	const { input } = samples[1]!;
	const asked = (arm: number): string => evaluations.row([arm], 1, 0).answers[0]?.turns.at(-1)?.content ?? '';
	expect(asked(whole!)).toContain(
		`<source-${boundaryFor([String(input), shelf['Boat trips'], shelf['Opening hours'], shelf['Price list']])} `,
	);
	expect(asked(some!)).toContain(`<source-${boundaryFor([String(input), shelf['Price list'], 'Price list'])} `);
});

test('a plan warns before the start that whole documents have no room, and tells how much', async () => {
	const { documents, collectionId, setup } = await setUpShelf();
	addText(documents, { collectionId, title: 'Chronicle', text: 'The lake froze in January.\n'.repeat(100) });
	await documents.indexed(collectionId);
	const warned = async (contextSize: number, mode = 'whole') => {
		const contexts = [{ documents: { collectionId, mode, search: 'bm25' } }];
		const { warnings } = await setup.evaluations.estimate(setup.config({ contexts, contextSize }));
		return warnings.filter(({ code }) => code === 'documents-too-long').map(({ message }) => message);
	};
	expect(await warned(1024)).toEqual([
		expect.stringMatching(
			/^All of “Lake Borra” is about 1,\d00 tokens, and a context of 1,024 has room for about 670 of them, so samples will fail\./,
		),
	]);
	const contexts = [{}, { documents: { collectionId, mode: 'whole' } }];
	const { id } = await setup.evaluations.start(setup.config({ contexts, contextSize: 512 }));
	// The result tells the reason without a look at single samples.
	const done = await setup.ended(id);
	expect(done.arms.map(({ n, errors }) => [n, errors])).toEqual([
		[4, 0],
		[4, 4],
	]);
	expect(done.failures).toMatchObject([{ armId: done.arms[1]?.id, failure: { code: 'documents-too-long' } }]);
	const text = runText(done);
	expect(text).toContain('All of Lake Borra: The whole of 4 documents doesn’t fit into the context of this model.');
	expect(text).toContain('all failed');

	expect(await warned(4096)).toEqual([]);
	expect(await warned(1024, 'auto')).toEqual([]);
	expect(await warned(1024, 'retrieve')).toEqual([]);
});

test('a prompt with documents “as in a chat” is the prompt that a chat sends', async () => {
	const { collectionId, setup } = await setUpShelf();
	const { evaluations, context, sessions } = setup;
	// The collection has no vectors, so a chat searches by words.
	const documents = { collectionId, mode: 'auto', search: 'bm25' };
	const { id } = await evaluations.start(setup.config({ contexts: [{ documents }], contextSize: 512 }));
	await setup.ended(id);
	const session = await sessions.open({ model: 'chat', contextSize: 512, width: 1, threads: 1 });
	for (const [position, { input }] of samples.entries()) {
		const text = String(input);
		const { turns } = await assemblePrompt(
			createContextBuilder(context.contextSources, () => {}),
			{
				...{ conversationId: null, memory: false, overflow: 'drop', systemPrompt: '', prompt: null, contextSize: 512 },
				...{ documents: [{ collectionId }], history: [], tooOld: [], message: { text, content: text } },
			},
			({ turns: asked, texts }) => session.usage({ turns: asked as Turn[], texts }),
		);
		const [arm] = armsOf(setup.database, id);
		expect(evaluations.row([arm!.id], position, 0).answers[0]?.turns).toEqual(turns);
	}
});

test('a run is repeated with the same documents only, and a deleted document leaves its outputs', async () => {
	const { documents, collectionId, setup, config } = await setUpShelf();
	const { evaluations, database } = setup;
	const { id } = await evaluations.start(config);
	const first = await setup.ended(id);
	const again = await setup.ended((await evaluations.repeat(id)).id);
	expect(again).toMatchObject({ status: 'done', repeatable: 'yes', manifestHash: first.manifestHash });

	// Re-scored, the outputs still have what was looked up for them; with the last run, it is gone.
	const mrr = { kind: 'sources', name: 'MRR', measure: 'mrr', k: null, column: 'sources' } as const;
	const rescored = await setup.ended(
		(await evaluations.rescore({ id: again.id, name: '', scorers: [mrr], extract: [], criteria: [] })).id,
	);
	expect(rescored.arms.map(({ metrics }) => metrics.MRR?.value)).toEqual([undefined, 1, undefined]);
	const pieces = (): number => all(database, 'SELECT id FROM eval_context_pieces').length;
	const before = pieces();
	await evaluations.remove(again.id);
	await evaluations.erase(again.id);
	expect(pieces()).toBe(before);
	await evaluations.remove(rescored.id);
	await evaluations.erase(rescored.id);
	expect(pieces()).toBe(before / 2);

	const [gone] = all<{ id: number }>(database, `SELECT id FROM documents WHERE title = 'Price list'`);
	await removeDocuments(documents, [gone!.id]);
	await expect(evaluations.repeat(id)).rejects.toThrow('the documents of “Lake Borra” have changed');
	expect((await evaluations.estimate(config)).promptTokens).toBeGreaterThan(0);

	run(database, 'DELETE FROM documents WHERE id = :id', { id: gone!.id });
	const rest = all<{ text: string }>(database, 'SELECT text FROM eval_context_pieces');
	expect(rest.length).toBeGreaterThan(0);
	expect(rest.filter(({ text }) => text.includes('smoked pine'))).toEqual([]);

	// Answers whose passages are gone are unscored, not wrong: two of the first arm's three have theirs.
	const late = await setup.ended(
		(await evaluations.rescore({ id, name: '', scorers: [mrr], extract: [], criteria: [] })).id,
	);
	expect(late.arms.map(({ metrics }) => metrics.MRR?.n ?? 0)).toEqual([0, 2, 0]);
	const [, some] = armsOf(database, id).map((arm) => arm.id);
	expect(evaluations.row([some!], 1, 0).answers[0]).toMatchObject({
		...{ turns: [], promptProblem: expect.stringContaining('changed or deleted') },
	});
	expect(evaluations.row([some!], 1, 0).answers[0]?.lookedUp).toBeUndefined();

	addText(documents, { collectionId, title: 'New', text: 'Something new.' });
	await documents.indexed(collectionId);
	// As it was a moment ago: a short text may be indexed before the run looks.
	run(database, `UPDATE documents SET state = 'waiting' WHERE title = 'New'`);
	await expect(evaluations.start(config)).rejects.toThrow(/still being indexed/);
});

test('documents that change during a run end it, and what was answered since is discarded', async () => {
	let change = (): void => {};
	const { documents, collectionId, setup, config } = await setUpShelf((...asked) => {
		if (Object.values(shelf).some((text) => asked[1].text.includes(text))) change();
		return reads(...asked);
	});
	change = () => {
		change = () => {};
		addText(documents, { collectionId, title: 'New', text: 'Something new.' });
	};
	const { id } = await setup.evaluations.start(config);
	expect(await setup.ended(id)).toMatchObject({ status: 'failed', failure: { code: 'run-context-changed' } });
	const withDocuments = armsOf(setup.database, id).slice(1);
	const rows = withDocuments.flatMap(({ id: armId }) =>
		all(setup.database, 'SELECT id FROM eval_results WHERE arm_id = :armId', { armId }),
	);
	expect(rows).toEqual([]);
});

test('a run that would search by words alone is refused where it should search by meaning', async () => {
	const { collectionId, setup } = await setUpShelf();
	const config = setup.config({ contexts: [{ documents: { collectionId, mode: 'retrieve', search: 'hybrid' } }] });
	await expect(setup.evaluations.start(config)).rejects.toMatchObject({
		code: 'embedding-model-missing',
		message: '“Lake Borra” has no vectors yet, so a run can’t search it by meaning.',
	});
});

test('a plan warns of scorers that read documents where nothing is looked up', async () => {
	const { setup, config } = await setUpShelf();
	const warned = async (changes: object) =>
		(await setup.evaluations.estimate({ ...config, ...changes })).warnings.filter(
			({ code }) => code === 'scorer-needs-documents',
		);
	expect(await warned({})).toEqual([]);
	const messages = (await warned({ contexts: undefined })).map(({ message }) => message);
	expect(messages).toEqual(
		['sources', 'ndcg', 'quotes'].map(
			(name) => `“${name}” can score nothing: no context of this run looks anything up in documents.`,
		),
	);
});

test('documents leave room for the tools that are offered with them', async () => {
	const { collectionId, setup } = await setUpShelf();
	const statuses = [];
	for (const length of [1, 2_000]) {
		const tool = {
			name: 'wait',
			description: 'It waits. '.repeat(length),
			parameters: { type: 'object', properties: {} },
		};
		const { id } = await setup.evaluations.start(
			setup.config({
				contexts: [{ documents: { collectionId, mode: 'whole' } }],
				techniques: [{ kind: 'tools', tools: [tool] }],
				contextSize: 1024,
			}),
		);
		await setup.ended(id);
		const [arm] = armsOf(setup.database, id);
		statuses.push(setup.evaluations.row([arm!.id], 0, 0).answers[0]?.failure?.code);
	}
	expect(statuses[0]).not.toBe('documents-too-long');
	expect(statuses[1]).toBe('documents-too-long');
});

test('contexts are written to a config file by name and read again', async () => {
	const { collectionId, setup } = await setUpShelf();
	const config = setup.config({
		contexts: [
			{},
			{ documents: { collectionId, mode: 'retrieve', k: 3 }, overflow: 'retrieve' },
			{ overflow: 'summary' },
		],
	});
	const { text } = setup.evaluations.configFile.write(config);
	expect(text).toContain('collection: Lake Borra');
	expect(text).toContain('- none');
	const read = await setup.evaluations.configFile.read(text, 'run.yaml');
	expect(read.problems).toEqual([]);
	expect(read.config.contexts).toEqual(config.contexts);
	const other = await setup.evaluations.configFile.read(text.replaceAll('Lake Borra', 'Nowhere'), 'run.yaml');
	expect(other.problems).toMatchObject([{ code: 'collection-unknown' }]);
});

test('a conversation that outgrows the context is cut, summarised, looked up in or remembered, as in a chat', async () => {
	const filler = Array.from({ length: 40 }, (_, index): Turn[] => [
		{ role: 'user', content: `Tell me a word about topic ${index}, such as weather, bread or rivers in general.` },
		{ role: 'assistant', content: `Topic ${index} is large, and much was written about it in every language.` },
	]).flat();
	const fact: Turn[] = [
		{ role: 'user', content: 'Please remember that my locker at the station has the code heron42.' },
		{ role: 'assistant', content: 'I will remember it.' },
	];
	const question: Turn = { role: 'user', content: 'What is the code of my locker at the station?' };
	const answer: Answering = ({ prompt }) => {
		const text = 'turns' in prompt ? prompt.turns.map(({ content }) => content).join('\n') : '';
		if (text.includes('Summarise this conversation')) return { text: 'Locker code heron42.' };
		return { text: text.includes('heron42') ? 'heron42' : 'You never told me.' };
	};
	const setup = setUp([{ key: 'locker', input: [...fact, ...filler, question], target: 'heron42' }], { answer });
	const config = setup.config({
		contexts: [
			{},
			{ overflow: 'drop' },
			{ overflow: 'summary' },
			{ overflow: 'retrieve' },
			{ overflow: 'drop', facts: 'found' },
		],
		contextSize: 640,
		scorers: [{ kind: 'includes' }],
	});
	const { id } = await setup.evaluations.start(config);
	const done = await setup.ended(id);
	const cells = armsOf(setup.database, id).map((arm) => setup.evaluations.row([arm.id], 0, 0).answers[0]!);
	// The question comes first, and everything before it can be read.
	const [arm] = armsOf(setup.database, id);
	const { sample } = setup.evaluations.row([arm!.id], 0, 0);
	expect(sample).toMatchObject({ input: question.content, earlier: [...fact, ...filler] });
	expect(cells.map(({ scores, failure }) => scores[0]?.value ?? failure?.code)).toEqual([1, 0, 1, 1, 1]);
	expect(done.arms.map(({ label }) => label)).toEqual([
		'No context',
		'Oldest left out',
		'Oldest summarised',
		'Oldest looked up',
		'Facts remembered, oldest left out',
	]);
	// The list shows the question, not how the conversation began.
	expect(all(setup.database, 'SELECT input FROM eval_samples')).toEqual([{ input: question.content }]);
	const estimateOf = (overflow: object) => setup.evaluations.estimate({ ...config, contexts: [overflow] });
	expect((await estimateOf({})).promptTokens).toBeGreaterThan(640);
	expect((await estimateOf({ overflow: 'drop' })).promptTokens).toBe(640 - 80);
	// A scripted model refuses no prompt, so the first arm was sent everything.
	expect(cells.map(({ leftOutTurns = 0 }) => leftOutTurns > 0)).toEqual([false, true, true, true, true]);
	expect(cells[2]?.turns[0]).toMatchObject({ role: 'system', content: expect.stringContaining('heron42') });
	expect(cells[3]?.turns.at(-1)?.content).toMatch(/heron42[\s\S]*What is the code/);
});
