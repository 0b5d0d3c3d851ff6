import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Comparisons, createComparisons } from '../../../electron/comparison/comparisons.ts';
import type { ComparisonContext } from '../../../electron/comparison/context.ts';
import { exportComparison } from '../../../electron/comparison/exchange/export.ts';
import { planComparison } from '../../../electron/comparison/plan.ts';
import { comparisonPlanSchema } from '../../../electron/contract/comparison/comparison.ts';
import type { ModelFile } from '../../../electron/contract/model.ts';
import type { WritableDatabase } from '../../../electron/database/handle.ts';
import { all, run } from '../../../electron/database/sql.ts';
import { createEventBus, type EventBus } from '../../../electron/events.ts';
import { createLane, type Lane } from '../../../electron/jobs/lane.ts';
import { openMeasurement } from '../../../models/native/measure/session.ts';
import { runNativeTask } from '../../../models/native/run.ts';
import { createDatabase } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

// Every step is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
let database: WritableDatabase;
let events: EventBus;
let tasks: string[];
let answering: boolean;
let comparisons: Comparisons;
let lane: Lane;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'assay-comparison-'));
	({ database } = createDatabase());
	events = createEventBus((error) => {
		throw error;
	});
	tasks = [];
	answering = false;
	lane = createLane();
	writeTinyGguf(join(folder, 'tiny.F32.gguf'));
	writeFileSync(join(folder, 'prose.txt'), 'the cat and the dog went to the sea and said so. '.repeat(60));
	writeFileSync(join(folder, 'code.txt'), 'if (the) { cat } else { dog } '.repeat(90));
	addFile('F32', join(folder, 'tiny.F32.gguf'));
	comparisons = createComparisons(context());
});
afterEach(async () => {
	await comparisons.close();
	rmSync(folder, { recursive: true, force: true });
});

/** The real measurements, and a note of each. */
const native: typeof runNativeTask = async (task, options) => {
	tasks.push(task.kind);
	return (await runNativeTask(task, options)) as never;
};

function context(more: Partial<ComparisonContext> = {}): ComparisonContext {
	return {
		...{
			database,
			events,
			native,
			openMeasurement,
			clock: () => 1_000,
			log: () => {},
			modelsFolder: join(folder, 'models'),
		},
		textsFolder: join(folder, 'texts'),
		answering: () => answering,
		lane,
		// None of these plans has a task: nothing of it is asked.
		evaluations: {} as ComparisonContext['evaluations'],
		datasets: {} as ComparisonContext['datasets'],
		library: { modelFile, unloadAll: async () => {}, add: async (path) => addFile('made', path) },
		...more,
	};
}

const files = new Map<number, ModelFile>();
function addFile(quantization: string, path: string, parameters = 100_000): ModelFile {
	const { id } = run(
		database,
		`INSERT INTO model_files (path, name, size_bytes, modified_at, architecture, parameters, quantization, added_at)
		 VALUES (:path, 'Tiny', 400000, 0, 'llama', :parameters, :quantization, 0)`,
		{ path, parameters, quantization },
	);
	const file = {
		id,
		path,
		name: 'Tiny',
		quantization,
		parameters,
		architecture: 'llama',
		sizeBytes: 400_000,
	} as ModelFile;
	files.set(id, file);
	return file;
}
const modelFile = (id: number): ModelFile => files.get(id)!;

function plan(more: object = {}) {
	return comparisonPlanSchema.parse({
		referenceId: 1,
		quantize: ['Q8_0', 'Q4_0'],
		texts: [join(folder, 'prose.txt'), join(folder, 'code.txt')],
		...{ contextSize: 64, chunks: 3, promptTokens: 16, generatedTokens: 8, repetitions: 2, threads: 1 },
		...more,
	});
}

async function ended(id: number): Promise<ReturnType<Comparisons['get']>> {
	for (;;) {
		const comparison = comparisons.get(id);
		if (comparison.status !== 'waiting' && comparison.status !== 'running') return comparison;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

test('makes the files, measures each on each text and its speed, and says which to use', async () => {
	const started = await comparisons.start(plan());
	expect(started).toMatchObject({ status: 'waiting', done: 0, total: 2 + 3 * (2 + 2), verdict: null });
	const done = await ended(started.id);
	expect(done).toMatchObject({ status: 'done', done: 14, failure: null, secondsLeft: null });
	expect(done.conditions).toMatchObject({ threads: 1, engine: expect.any(String), cores: expect.any(Number) });
	const [reference, q8, q4] = done.rows;
	expect(reference).toMatchObject({ name: 'F32', reference: true, outcome: expect.any(String) });
	expect(reference?.quality[0]).toMatchObject({ category: null, klDivergence: 0, sameTop: 1, ratio: 1, chunks: 6 });
	expect(q8?.quality.map(({ category }) => category)).toEqual([null, 'prose', 'code']);
	expect(q8?.quality[0]?.klDivergence).toBeGreaterThan(0);
	expect(q4?.quality[0]?.klDivergence).toBeGreaterThan(q8?.quality[0]?.klDivergence ?? 1);
	expect(q8?.generation?.samples).toHaveLength(2);
	expect(q8?.peakBytes).toBeGreaterThan(0);
	expect(q8?.sizeBytes).toBeGreaterThan(0);
	expect(done.verdict?.text).not.toBe('');

	const markdown = exportComparison(done, 'markdown').text;
	expect(markdown).toContain('| Q8_0 |');
	expect(exportComparison(done, 'csv').text.split('\r\n')[2]).toMatch(/^"Q8_0",/);
});

test('files are made with an importance matrix of a text, which is not one of those they are measured on', async () => {
	const notes = join(folder, 'notes.txt');
	writeFileSync(notes, 'the sea and the cat and a dog went. '.repeat(300));
	const { id, total } = await comparisons.start(plan({ quantize: ['Q4_0'], texts: [], imatrixText: notes }));
	expect(total).toBe(1 + 1 + 2 * 2);
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null, plan: { imatrixText: notes } });
	expect(done.rows.map(({ name }) => name)).toEqual(['F32', 'Q4_0 imatrix']);
	expect(tasks.slice(0, 2)).toEqual(['imatrix', 'quantize']);
	const made = readdirSync(join(folder, 'models'), { recursive: true }).join(' ');
	expect(made).toMatch(/notes\.imatrix-[0-9a-f]{8}\.gguf/);
	const same = plan({ imatrixText: join(folder, 'prose.txt') });
	expect(await failureOf(() => comparisons.start(same))).toMatchObject({ code: 'imatrix-text-measured' });
});

test('speeds come in rounds over all files, every other one backwards, and at each depth', async () => {
	const order: string[] = [];
	comparisons = createComparisons(
		context({
			native: async (task, options) => {
				if (task.kind === 'bench' && 'model' in task) order.push(basename(String(task.model)));
				return (await runNativeTask(task, options)) as never;
			},
		}),
	);
	const { id } = await comparisons.start(plan({ quantize: ['Q8_0'], texts: [], depths: [32], repetitions: 3 }));
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null });
	const [a, b] = ['tiny.F32.gguf', 'tiny.Q8_0.gguf'];
	expect(order).toEqual([a, b, b, a, a, b]);
	expect(done.plan.depths).toEqual([0, 32]);
	for (const row of done.rows) {
		expect(row.depths.map(({ depth }) => depth)).toEqual([0, 32]);
		for (const { prompt, generation } of row.depths) {
			expect(prompt?.samples).toHaveLength(3);
			expect(generation?.samples).toHaveLength(3);
		}
		expect(row.generation).toEqual(row.depths[0]?.generation);
	}
});

test('every file answers the prompts, and where an answer leaves the reference is known by token', async () => {
	const prompts = ['the cat and the dog', 'a very long one that does not fit '.repeat(400)];
	const { id } = await comparisons.start(plan({ quantize: ['Q8_0', 'Q2_K'], texts: [], prompts }));
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null, plan: { prompts } });
	const [reference, ...others] = done.rows;
	const first = reference?.answers[0];
	expect(first).toMatchObject({ failure: null, sameTokens: first?.tokens, sameLength: first?.text.length });
	expect(first?.tokens).toBeGreaterThan(5);
	expect(reference?.answers[1]?.failure?.code).toBe('prompt-too-long');
	for (const { answers } of others) {
		const answer = answers[0];
		expect(answer?.sameTokens).toBeLessThanOrEqual(answer?.tokens ?? -1);
		expect(answer?.text.slice(0, answer.sameLength)).toBe(first?.text.slice(0, answer?.sameLength));
	}
	// Two bits change the answer of a model of random weights.
	expect(others[1]?.answers[0]?.sameTokens).toBeLessThan(others[1]?.answers[0]?.tokens ?? 0);
});

test('what is measured stays when it is paused, and only the rest is measured when it goes on', async () => {
	const { id } = await comparisons.start(plan({ quantize: ['Q8_0'] }));
	while (comparisons.get(id).done < 3) await new Promise((resolve) => setTimeout(resolve, 10));
	const paused = await comparisons.pause(id);
	expect(paused.status).toBe('paused');
	expect(paused.done).toBeGreaterThanOrEqual(3);
	const before = all<{ step: string; result: string }>(database, 'SELECT step, result FROM measurements');
	// Another process opens the same data folder after a kill.
	comparisons = createComparisons(context());
	comparisons.resume(id);
	expect((await ended(id)).status).toBe('done');
	const after = all<{ step: string; result: string }>(database, 'SELECT step, result FROM measurements');
	for (const row of before) expect(after).toContainEqual(row);
	expect(await failureOf(() => comparisons.resume(id))).toMatchObject({ code: 'comparison-done' });
});

test('one that a dead process left running is paused at the next start', async () => {
	const { id } = await comparisons.start(plan());
	createComparisons(context());
	expect(all(database, 'SELECT status FROM comparisons WHERE id = :id', { id })).toEqual([{ status: 'paused' }]);
});

test('a chat answer goes first: the step is given up, and done again afterwards', async () => {
	const { id } = await comparisons.start(plan({ quantize: ['Q8_0'], texts: [] }));
	while (tasks.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
	answering = true;
	events.publish({ type: 'generation-started', conversationId: 1, messageId: 1, generationId: 1 });
	while (!comparisons.get(id).doing?.includes('after the answer'))
		await new Promise((resolve) => setTimeout(resolve, 5));
	const given = tasks.length;
	await new Promise((resolve) => setTimeout(resolve, 100));
	expect(tasks).toHaveLength(given);
	answering = false;
	events.publish({ type: 'generation-ended', conversationId: 1, messageId: 1, generationId: 1 });
	expect(await ended(id)).toMatchObject({ status: 'done', done: 5 });
	expect(tasks.filter((kind) => kind === 'bench')).toHaveLength(5);
});

test('a text that cannot be read fails it with the reason, and it can go on once it can', async () => {
	const { id } = await comparisons.start(plan({ quantize: ['Q8_0'], texts: [join(folder, 'later.txt')] }));
	expect(await ended(id)).toMatchObject({
		status: 'failed',
		failure: { message: expect.stringContaining('later.txt') },
	});
	writeFileSync(join(folder, 'later.txt'), 'the cat and the dog went to the sea. '.repeat(60));
	comparisons.resume(id);
	expect((await ended(id)).status).toBe('done');
});

test('nothing to compare with, and files of another model, are refused', async () => {
	expect(await failureOf(() => comparisons.start(plan({ quantize: [] })))).toMatchObject({ code: 'comparison-empty' });
	const other = addFile('Q8_0', join(folder, 'other.gguf'), 900_000);
	expect(await failureOf(() => comparisons.start(plan({ candidateIds: [other.id] })))).toMatchObject({
		code: 'model-architectures-differ',
	});
	expect(await failureOf(() => comparisons.get(99))).toMatchObject({ code: 'comparison-unknown' });
});

test('files made of two models of one name lie apart', () => {
	const paths = ['one', 'other'].map((place) => {
		const reference = addFile('F32', join(folder, place, 'model.F32.gguf'));
		return planComparison(context(), plan({ referenceId: reference.id }), null)
			.candidates.map(({ path }) => path)
			.slice(1);
	});
	expect(paths[0]?.map((path) => basename(path))).toEqual(['model.Q8_0.gguf', 'model.Q4_0.gguf']);
	expect(new Set(paths.flat()).size).toBe(4);
});
