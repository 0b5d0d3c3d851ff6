import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AdaptationContext } from '../../../electron/adaptation/context.ts';
import { dataPath } from '../../../electron/adaptation/train.ts';
import type { Run } from '../../../electron/contract/evaluation/schema.ts';
import { run } from '../../../electron/database/sql.ts';
import { failureOf } from '../../support/failure.ts';
import { ScriptedTraining, scriptedPlan, type TrainingTest, trainingTest } from './setup.ts';

/** Evaluation runs that do what a test says. */
function scriptEvaluations({ context, database, datasets }: TrainingTest) {
	const runs = new Map<number, Run>();
	// These runs are not in the database.
	run(database, 'PRAGMA foreign_keys = OFF');
	Object.assign(context.evaluations, {
		get: (id: number) => runs.get(id),
		compare: async () => ({ pairs: [{ n: 9, difference: 0, low: 0, high: 0, verdict: 'same', words: 'Same' }] }),
		start: async ({ dataset }: Parameters<AdaptationContext['evaluations']['start']>[0]) => {
			const id = runs.size + 1;
			const { name } = datasets.manage.get(dataset.datasetId).dataset;
			runs.set(id, {
				...{ id, status: 'done', deletedAt: null, dataset: { id: dataset.datasetId, name }, scorers: ['exact'] },
				...{ arms: [], progress: { doing: null } },
			} as unknown as Run);
			return { id };
		},
	});
	const change = (id: number, changes: Partial<Run>) => runs.set(id, { ...runs.get(id), ...changes } as Run);
	return { runs, change };
}

/** A dataset of other questions, or of these. */
async function addOther({ datasets }: TrainingTest, inputs = ['How tall is the tower?', 'Who wrote it?']) {
	const { id } = datasets.manage.create({ name: `Other ${inputs[0]}`, description: '' });
	const arriving = inputs.map((input) => ({ sample: { input, target: 'x' }, source: { kind: 'written' as const } }));
	await datasets.edit.change(id, { kind: 'add', arriving, skipKnown: false });
	return id;
}

async function trained(changes: object = {}) {
	const process = new ScriptedTraining();
	const setup = trainingTest({ openTraining: process.open, native: scriptedPlan, model: '/m.gguf' });
	const datasetId = await setup.addDataset(40);
	const evaluations = scriptEvaluations(setup);
	const started = process.started();
	const { id } = await setup.trainings.start(setup.config(datasetId, changes));
	await started;
	process.point(1, 1);
	process.end('done', 1);
	await setup.ended(id);
	return { ...evaluations, setup, trainings: setup.trainings, id };
}

test('an adapter is used once it was compared on the held-out samples; what was cancelled or deleted is measured again', async () => {
	const { setup, trainings, id, change, runs } = await trained();
	await addOther(setup);
	const { comparisons } = await trainings.compare(id, null);
	expect(comparisons.map(({ role, status }) => [role, status])).toEqual([
		['held-out', 'done'],
		['other', 'done'],
	]);
	const ready = await trainings.get(id);
	expect(ready.isCompared).toBe(true);
	// What else the adapter changes is measured once, by a comparison of the base with and without it.
	expect(ready.effects).toMatchObject({ comparisonId: 1, status: 'done' });
	for (const changes of [{ status: 'cancelled' }, { deletedAt: 5 }, { status: 'failed' }] as const) {
		const held = (await trainings.get(id)).comparisons.find(({ role }) => role === 'held-out');
		change(held?.runId ?? 0, changes);
		expect((await trainings.get(id)).isCompared).toBe(false);
		expect((await failureOf(() => trainings.use(id))).code).toBe('training-not-compared');
		const before = runs.size;
		expect((await trainings.compare(id, null)).isCompared).toBe(true);
		expect(runs.size).toBe(before + 1);
		expect((await trainings.get(id)).comparisons.filter(({ role }) => role === 'held-out')).toHaveLength(1);
	}
});

test('a held-out run that is gone for good does not release an adapter by its effects alone', async () => {
	const { setup, trainings, id } = await trained();
	expect((await trainings.compare(id, [])).isCompared).toBe(true);
	run(setup.context.database, 'DELETE FROM training_comparisons');
	expect(await trainings.get(id)).toMatchObject({ isCompared: false, comparisons: [], effects: { status: 'done' } });
	expect((await trainings.compare(id, [])).isCompared).toBe(true);
});

test('where nothing can be asked, what the adapter changes on neutral texts is enough to use it', async () => {
	const { setup, trainings, id } = await trained({ holdOut: 0 });
	const { comparisons, isCompared } = await trainings.compare(id, []);
	expect(comparisons).toEqual([]);
	expect(isCompared).toBe(true);
	expect(setup.compared).toMatchObject([
		{ referenceId: 1, candidateIds: [], adapted: [{ modelFileId: 1, adapters: [{ id: 1, scale: 1 }] }], threads: 1 },
	]);
});

test('held-out samples are compared only if some were held out', async () => {
	const { setup, trainings, id } = await trained({ holdOut: 0 });
	await addOther(setup);
	const { comparisons, isCompared } = await trainings.compare(id, null);
	expect(comparisons.map(({ role }) => role)).toEqual(['other']);
	expect(isCompared).toBe(true);
});

test('a dataset that shares samples with what was trained on shows nothing, and is left out', async () => {
	const { setup, trainings, id } = await trained();
	const [line = ''] = readFileSync(dataPath(setup.context, id), 'utf8').split('\n');
	const { content } = JSON.parse(line) as { content: { turns: { content: string }[] } };
	const shared = await addOther(setup, ['Where is the harbour?', content.turns[0]?.content ?? '']);
	const other = await addOther(setup);
	const { comparisons } = await trainings.compare(id, [shared, other]);
	expect(comparisons.map(({ role, datasetId }) => [role, datasetId])).toEqual([
		['held-out', 1],
		['other', other],
	]);
});
