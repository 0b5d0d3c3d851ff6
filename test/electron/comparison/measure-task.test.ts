import { expect, onTestFinished, test } from 'vitest';
import { createComparisons } from '../../../electron/comparison/comparisons.ts';
import type { ComparisonContext } from '../../../electron/comparison/context.ts';
import { exportComparison } from '../../../electron/comparison/export.ts';
import { comparisonPlanSchema } from '../../../electron/contract/comparison/schema.ts';
import type { Reader } from '../../../electron/database/reader.ts';
import { createFacets } from '../../../electron/dataset/list/facets.ts';
import { getVersion } from '../../../electron/dataset/store/versions.ts';
import { createQuantizedSizes } from '../../../electron/library/quantized-sizes.ts';
import { type Answering, writtenCall } from '../../support/evaluation.ts';
import { failureOf } from '../../support/failure.ts';
import { addDataset, adds, type Setup, setUp, sums } from '../evaluation/setup.ts';

/** All files are equally fast: only their answers differ. */
const native = (async () => ({
	result: {
		model: {
			path: '/models/1.gguf',
			architecture: 'llama',
			description: '',
			parameters: 1,
			sizeBytes: 1,
			layers: 1,
			embeddingLength: 1,
			trainedContextLength: 1,
			vocabularySize: 1,
		},
		loadMs: 5,
		results: [16, 0].map((promptTokens) => ({
			test: 'test',
			promptTokens,
			generatedTokens: promptTokens === 0 ? 8 : 0,
			depth: 0,
			threads: 1,
			tokensPerSecond: { median: 50, mean: 50, sd: 0, samples: [50] },
			samplesMs: [1],
		})),
		conditions: { engine: 'scripted', systemInfo: 'scripted', devices: [], threads: 1 },
	},
	peakResidentBytes: 1_000,
})) as unknown as ComparisonContext['native'];

/** The first file is right; the second is wrong on `wrong` of its samples. */
function twoFiles(wrong: number, more: { answer?: Answering } = {}) {
	const second = adds(new Set(Array.from({ length: wrong }, (_, index) => index)));
	const setup = setUp(sums(40), {
		models: 2,
		answer: more.answer ?? ((row, place) => (place.path === '/models/2.gguf' ? second : adds())(row, place)),
	});
	return { setup, comparisons: open(setup) };
}

function open(setup: Setup) {
	const { database, context, evaluations } = setup;
	const { events, lane, library, openSession, reader, freezeVersion } = context;
	const comparisons = createComparisons({
		sizes: createQuantizedSizes(),
		database,
		events,
		lane,
		native,
		evaluations,
		clock: () => 1_000,
		log: () => {},
		answering: () => false,
		modelsFolder: '/models',
		textsFolder: '/texts',
		openMeasurement: openSession,
		storesFolder: '/stores',
		fitTogether: async () => true,
		// These plans do not use the chat.
		library: { ...library, add: async () => library.modelFile(1), acquire: () => Promise.reject(new Error('no')) },
		datasets: {
			facets: (versionId) => createFacets(reader as Reader)(getVersion(database, versionId)),
			freezeVersion: freezeVersion as ComparisonContext['datasets']['freezeVersion'],
		},
	});
	onTestFinished(() => comparisons.close());
	return comparisons;
}

const plan = ({ datasetId }: Pick<Setup, 'datasetId'>, task: object = {}) =>
	comparisonPlanSchema.parse({
		referenceId: 1,
		candidateIds: [2],
		promptTokens: 16,
		generatedTokens: 8,
		repetitions: 2,
		threads: 1,
		task: { dataset: { datasetId }, ...task },
	});

async function ended(comparisons: ReturnType<typeof open>, id: number) {
	await expect.poll(() => comparisons.get(id).status, { timeout: 10_000 }).not.toMatch(/waiting|running/);
	return comparisons.get(id);
}

test('every file answers the samples of one evaluation run, and a worse one is reported as worse', async () => {
	const { setup, comparisons } = twoFiles(16);
	const started = await comparisons.start(plan(setup));
	expect(started).toMatchObject({ total: 1 + 2 * 2, run: { runId: null, datasetName: 'Sums', scorer: 'numeric' } });
	const done = await ended(comparisons, started.id);
	expect(done).toMatchObject({ status: 'done', failure: null, run: { runId: expect.any(Number) } });
	const run = setup.evaluations.get(done.run!.runId!);
	expect(run).toMatchObject({ status: 'done', name: 'Sums: Scripted, 2 files', scorers: ['numeric'] });
	const [reference, small] = done.rows;
	expect(reference?.accuracy).toMatchObject({ armId: run.arms[0]?.id, metric: { value: 1, n: 40 }, paired: null });
	expect(small?.accuracy).toMatchObject({
		metric: { value: 0.6, unscored: 0 },
		paired: { n: 40, difference: -0.4, gained: 0, lost: 16, method: expect.stringContaining('McNemar') },
	});
	expect(small).toMatchObject({ outcome: 'worse', reason: 'Answers worse than Q8_0' });
	expect(done.verdict?.text).toBe('Keep Q8_0: smaller files answer measurably worse.');

	expect(exportComparison(done, 'markdown').text).toContain('Accuracy on Sums v1, scorer numeric.');
	expect(exportComparison(done, 'csv').text.split('\r\n')[2]).toContain('0.6');
});

test('a loss that too few samples can’t show is no reason, and the verdict says what they could show', async () => {
	const { setup, comparisons } = twoFiles(2);
	const done = await ended(comparisons, (await comparisons.start(plan(setup))).id);
	expect(done.rows[1]?.outcome).not.toBe('worse');
	expect(done.verdict?.detail).toMatch(/Difference −5\.0 points.* would rarely show on 40 samples; 160 would show/);
});

test('extended by samples, a comparison keeps its scores until all files have answered the new ones', async () => {
	const { setup, comparisons } = twoFiles(2);
	const first = await ended(
		comparisons,
		(await comparisons.start(plan(setup, { dataset: { datasetId: setup.datasetId, limit: 20 } }))).id,
	);
	expect(first.rows.map(({ accuracy }) => accuracy?.metric?.n)).toEqual([20, 20]);
	expect(await comparisons.room(first.id)).toEqual({
		texts: null,
		samples: { now: 20, most: 40, wanted: 40, datasetName: 'Sums' },
	});
	setup.sessions.delayMs = 5;
	const begun = await comparisons.extend({ id: first.id, samples: 32 });
	expect(begun).toMatchObject({ status: 'waiting', done: first.total - 1, run: { runId: null } });
	await expect.poll(() => comparisons.get(first.id).doing).toMatch(/^Sums: /);
	expect(comparisons.get(first.id).rows.map(({ accuracy }) => accuracy)).toEqual(
		first.rows.map(({ accuracy }) => accuracy),
	);
	const grown = await ended(comparisons, first.id);
	expect(grown.rows.map(({ accuracy }) => accuracy?.metric?.n)).toEqual([32, 32]);
	expect(grown.run?.runId).not.toBe(first.run?.runId);
	expect(grown.rows.map(({ generation }) => generation)).toEqual(first.rows.map(({ generation }) => generation));
});

test('paused in the middle, a comparison resumes its run and asks no sample twice', async () => {
	const { setup, comparisons } = twoFiles(0);
	setup.sessions.delayMs = 5;
	const { id } = await comparisons.start(plan(setup));
	await expect.poll(() => setup.sessions.asked.length).toBeGreaterThan(35);
	expect(comparisons.get(id).doing).toMatch(/^Sums: /);
	const paused = await comparisons.pause(id);
	expect(paused).toMatchObject({ status: 'paused', done: 0 });
	const runId = paused.run!.runId!;
	expect(setup.evaluations.get(runId).status).toBe('paused');
	// Another process opens the same data folder after a kill.
	const again = open(setup);
	setup.sessions.delayMs = 0;
	await again.resume(id);
	expect(await ended(again, id)).toMatchObject({ status: 'done', run: { runId } });
	// One shard of 32 is measured again, and no more.
	expect(setup.sessions.asked.length).toBeLessThanOrEqual(80 + 32);
});

test('pausing the run under Evaluate pauses the comparison; a run in the trash is replaced by a new one', async () => {
	const { setup, comparisons } = twoFiles(0);
	setup.sessions.delayMs = 5;
	const { id } = await comparisons.start(plan(setup));
	await expect.poll(() => setup.sessions.asked.length).toBeGreaterThan(3);
	const { runId } = comparisons.get(id).run!;
	await setup.evaluations.pause(runId!);
	expect(await ended(comparisons, id)).toMatchObject({ status: 'paused', failure: null });
	await setup.evaluations.remove(runId!);
	setup.sessions.delayMs = 0;
	await comparisons.resume(id);
	const done = await ended(comparisons, id);
	expect(done).toMatchObject({ status: 'done' });
	expect(done.run?.runId).not.toBe(runId);
	// Its results stay after the run is erased for good.
	await setup.evaluations.remove(done.run!.runId!);
	await setup.evaluations.erase(done.run!.runId!);
	expect(comparisons.get(id)).toMatchObject({ run: { runId: null, datasetName: 'Sums' }, rows: done.rows });
});

test('a run that fails stops the comparison with the reason, and the comparison can resume later', async () => {
	let broken = true;
	const { setup, comparisons } = twoFiles(0, {
		answer: (row, place) => (broken ? { die: true } : adds()(row, place)),
	});
	const { id } = await comparisons.start(plan(setup));
	expect(await ended(comparisons, id)).toMatchObject({ status: 'failed', failure: { code: 'native-process-died' } });
	broken = false;
	await comparisons.resume(id);
	expect(await ended(comparisons, id)).toMatchObject({ status: 'done' });
});

test('a dataset that can’t be asked is refused before anything is measured', async () => {
	const { setup, comparisons } = twoFiles(0);
	expect(await failureOf(() => comparisons.start(plan({ datasetId: 99 })))).toMatchObject({ code: 'dataset-unknown' });
	const empty = plan(setup, { dataset: { datasetId: setup.datasetId, split: 'nowhere' } });
	expect(await failureOf(() => comparisons.start(empty))).toMatchObject({ code: 'run-empty' });
	expect(comparisons.list()).toEqual([]);
});

test('the list shows progress without reading measurements', async () => {
	const { setup, comparisons } = twoFiles(0);
	const done = await ended(comparisons, (await comparisons.start(plan(setup))).id);
	setup.sessions.delayMs = 5;
	const { id } = await comparisons.start(plan(setup));
	await expect.poll(() => comparisons.get(id).run?.runId ?? null).not.toBeNull();
	await comparisons.pause(id);
	// Newest first; of two with the same time, the one that was added later.
	expect(comparisons.list()).toMatchObject([
		{ id, status: 'paused', done: 0, total: 5, runId: comparisons.get(id).run?.runId },
		{ id: done.id, status: 'done', done: 5, total: 5, runId: done.run?.runId, title: 'Scripted, 2 files' },
	]);
});

const timer = { name: 'set_timer', parameters: { type: 'object', properties: { minutes: { type: 'integer' } } } };
const toolTasks = Array.from({ length: 20 }, (_, index) => ({
	input: `Set a timer for ${index} minutes`,
	metadata: { tools: [timer], calls: [{ set_timer: { minutes: [index] } }] },
}));

/** Calls the right tool; the second file gives up on every other task. */
const calling: Answering = (_, { path, text }) => {
	const minutes = Number(/\d+/.exec(text)?.[0] ?? 0);
	return { text: path === '/models/2.gguf' && minutes % 2 === 1 ? 'Done.' : writtenCall(timer.name, { minutes }) };
};

test('tool tasks are a column of their own beside the accuracy, paired with the reference, and no part of the verdict', async () => {
	const { setup, comparisons } = twoFiles(0, {
		answer: (row, place) => ('turns' in row.prompt && row.prompt.tools !== undefined ? calling : adds())(row, place),
	});
	const tools = { dataset: { datasetId: addDataset(setup.database, 'Timers', toolTasks).datasetId } };
	const started = await comparisons.start({ ...plan(setup), tools: comparisonPlanSchema.shape.tools.parse(tools) });
	expect(started.total).toBe(2 + 2 * 2);
	const done = await ended(comparisons, started.id);
	expect(done).toMatchObject({
		...{ status: 'done', failure: null, run: { datasetName: 'Sums' } },
		toolsRun: { runId: expect.any(Number), datasetName: 'Timers', scorer: 'right call' },
	});
	const [reference, small] = done.rows;
	expect(reference).toMatchObject({ accuracy: { metric: { value: 1 } }, toolCalls: { metric: { value: 1, n: 20 } } });
	expect(small?.toolCalls).toMatchObject({
		metric: { value: 0.5, low: expect.any(Number), high: expect.any(Number) },
		paired: { n: 20, difference: -0.5, gained: 0, lost: 10 },
	});
	expect(small?.outcome).not.toBe('worse');
	expect(exportComparison(done, 'markdown').text).toContain('Tool calls on Timers v1, scorer right call.');
	expect(exportComparison(done, 'csv').text.split('\r\n')[0]).toContain('"tool calls difference"');
	expect((await comparisons.manifest(done.id)).parts.map(({ title }) => title)).toContain('Tool tasks');
});

test('samples without tools are refused as tool tasks before anything is measured', async () => {
	const { setup, comparisons } = twoFiles(0);
	const tools = { dataset: { datasetId: setup.datasetId } };
	const refused = await failureOf(() =>
		comparisons.start({ ...plan(setup), tools: comparisonPlanSchema.shape.tools.parse(tools) }),
	);
	expect(refused).toMatchObject({ code: 'tools-missing' });
});
