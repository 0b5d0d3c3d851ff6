import type { Comparison, ComparisonSummary } from '../contract/comparison/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { all } from '../database/sql.ts';
import { machineOf } from './import.ts';
import { stepsOf } from './steps.ts';
import { listComparisons, type StoredComparison } from './store.ts';
import { doneIn, extentOf } from './subject.ts';

interface Row {
	readonly comparisonId: number;
}

function byComparison<R extends Row>(rows: readonly R[]): ReadonlyMap<number, readonly R[]> {
	return Map.groupBy(rows, ({ comparisonId }) => comparisonId);
}

/** Summaries for the list, newest first. Checks only which measurements exist, without reading them. */
export function listSummaries(database: ReadableDatabase): readonly ComparisonSummary[] {
	const candidates = byComparison(
		all<Row & { id: number; produce: number }>(
			database,
			'SELECT comparison_id AS comparisonId, id, produce FROM comparison_candidates WHERE dropped = 0 ORDER BY comparison_id, position',
		),
	);
	const texts = byComparison(
		all<Row & { position: number; category: string; path: string }>(
			database,
			'SELECT comparison_id AS comparisonId, position, category, path FROM comparison_texts',
		),
	);
	const done = byComparison(
		all<Row & { candidateId: number; step: string }>(
			database,
			`SELECT c.comparison_id AS comparisonId, m.candidate_id AS candidateId, m.step FROM measurements m
			 JOIN comparison_candidates c ON c.id = m.candidate_id`,
		),
	);
	return listComparisons(database).map((comparison: StoredComparison) => {
		const { id, title, status, taskRunId, createdAt, endedAt, imported } = comparison;
		// It was validated on import.
		const body = imported === null ? null : (JSON.parse(imported) as Comparison);
		if (body !== null) {
			const { done, total, conditions } = body;
			return { id, title, status, runId: null, createdAt, endedAt, done, total, importedFrom: machineOf(conditions) };
		}
		const files = (candidates.get(id) ?? []).map((file) => ({ id: file.id, produce: file.produce === 1 }));
		const steps = stepsOf(files, extentOf({ comparison, texts: texts.get(id) ?? [] }));
		const measured = doneIn(done.get(id) ?? []);
		return {
			id,
			title,
			status,
			runId: taskRunId,
			createdAt,
			endedAt,
			importedFrom: null,
			done: steps.filter(measured).length,
			total: steps.length,
		};
	});
}
