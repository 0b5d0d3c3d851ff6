import { expect, test } from 'vitest';
import { createFigureReader } from '../../../electron/comparison/file-figures.ts';
import { run } from '../../../electron/database/sql.ts';
import { ended, plan, scene } from './scene.ts';

test('a comparison gives its files a divergence from the reference and a speed; both change when it measures more', async () => {
	const { id } = await scene.comparisons.start(plan({ quantize: ['Q8_0'] }));
	const { rows } = await ended(id);
	const [reference, quantised] = rows;
	const figures = scene.comparisons.figures();
	expect(figures.map(({ modelFileId }) => modelFileId)).toEqual([reference?.modelFileId, quantised?.modelFileId]);
	expect(figures[0]).toMatchObject({
		divergences: [{ comparisonId: id, referenceId: 1, reference: 'F32', value: 0 }],
		accuracies: [],
		speed: { comparisonId: id, tokensPerSecond: reference?.generation?.median, n: 2 },
	});
	const [overall] = quantised?.quality ?? [];
	expect(figures[1]?.divergences[0]).toMatchObject({
		value: overall?.klDivergence,
		standardError: overall?.klDivergenceError,
		sameTop: overall?.sameTop,
	});
	run(scene.database, `DELETE FROM measurements WHERE step LIKE 'speed%'`);
	expect(scene.comparisons.figures().map(({ speed }) => speed)).toEqual([null, null]);
});

test('a run gives a file the share of right answers, unless it had several arms or its scores are no shares', () => {
	const metric = (value: number, high: number) => ({
		value,
		standardError: 0.05,
		low: value - 0.1,
		high,
		n: 56,
		unscored: 0,
		method: 'Wilson',
	});
	const { database } = scene;
	const sources = { kind: 'sources', measure: 'recall', k: null, column: 'sources' };
	run(database, `INSERT INTO datasets (id, name, created_at, updated_at) VALUES (1, 'Short facts', 0, 0)`);
	run(database, 'INSERT INTO dataset_versions (id, dataset_id, number, created_at) VALUES (1, 1, 1, 0)');
	const addRun = (
		id: number,
		status: string,
		metrics: object[],
		{ contexts = [], looked = false }: { contexts?: string[]; looked?: boolean } = {},
	): void => {
		run(
			database,
			`INSERT INTO eval_runs (id, name, config, manifest, manifest_hash, status, dataset_version_id, created_at, ended_at)
			 VALUES (:id, 'run', '{}', :manifest, '', :status, 1, :id, :id)`,
			{
				id,
				status,
				manifest: JSON.stringify({ dataset: { name: 'Short facts', number: 1 }, scorers: looked ? [sources] : [] }),
			},
		);
		for (const [position, one] of metrics.entries()) {
			const summary = {
				...{ n: 56, errors: 0, latency: null, tokensPerSecond: null, promptTokens: 0, completionTokens: 0 },
				...{ metrics: { ...(looked ? { sources: metric(0.95, 1) } : {}), 'exact match': one }, byTag: [], repeats: [] },
			};
			run(
				database,
				`INSERT INTO eval_arms (run_id, position, model_file_id, technique, parameters, context, summary)
				 VALUES (:id, :position, 1, '{}', '{}', :context, :summary)`,
				{ id, position, context: contexts[position] ?? '', summary: JSON.stringify(summary) },
			);
		}
	};
	addRun(1, 'done', [metric(0.5, 0.6)]);
	addRun(2, 'done', [metric(0.64, 0.75)]);
	addRun(3, 'done', [metric(0.9, 0.95), metric(0.8, 0.85)]);
	addRun(4, 'failed', [metric(0.1, 0.2)]);
	addRun(5, 'done', [metric(7.2, 7.9)]);
	// What it answers with documents is not what it knows; how well these were found is not what it answers.
	addRun(6, 'done', [metric(0.97, 1)], { contexts: ['{}'] });
	addRun(7, 'done', [metric(0.7, 0.8), metric(0.97, 1)], { contexts: ['', '{}'], looked: true });
	expect(createFigureReader(database).read()).toMatchObject([
		{
			modelFileId: 1,
			accuracies: [
				{ runId: 7, datasetName: 'Short facts', versionNumber: 1, scorer: 'exact match', value: 0.7, n: 56 },
			],
		},
	]);
});
