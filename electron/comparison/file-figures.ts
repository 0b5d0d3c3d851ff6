import { z } from 'zod';
import type { FileFigures } from '../contract/comparison/file-figures.ts';
import { overallQuality } from '../contract/comparison/overall-quality.ts';
import type { Comparison } from '../contract/comparison/schema.ts';
import { manifestSchema } from '../contract/evaluation/manifest.ts';
import type { ScorerKind } from '../contract/evaluation/scorer.ts';
import { scorerName } from '../contract/evaluation/scorer-name.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { all } from '../database/sql.ts';
import { armSummarySchema } from '../evaluation/arm-summary.ts';
import { viewOf } from './view.ts';

/** Comparisons that are read, the newest; a file has its figures from one of its last few. */
const mostComparisons = 30;
/** Arms that are read, the newest. */
const mostArms = 500;

/** Repetitions that differ by more than this share were disturbed; on an idle computer they differ by 1 to 3 %. */
const disturbedSpread = 0.15;

/** The part of a manifest that names the dataset and the scorers. */
const testedDataset = z.object({
	dataset: manifestSchema.shape.dataset.pick({ name: true, number: true }),
	scorers: manifestSchema.shape.scorers.optional(),
});

/** These score the retrieval or the calls, not whether answers are right. */
const scoresNoAnswers: ReadonlySet<ScorerKind> = new Set(['sources', 'quotes', 'tool-calls']);

type Figures = { -readonly [Key in keyof FileFigures]: FileFigures[Key] };

/** Collects what comparisons and runs have measured of the library's files. */
export interface FigureReader {
	read(): readonly FileFigures[];
}

export function createFigureReader(database: ReadableDatabase): FigureReader {
	/** A comparison is read again only after it has measured more. */
	const known = new Map<number, { readonly mark: string; readonly comparison: Comparison }>();

	function comparisons(): readonly Comparison[] {
		const rows = all<{ id: number; mark: string }>(
			database,
			`SELECT c.id, c.text_extent || ' ' || count(m.step) || ' ' || coalesce(max(m.measured_at), 0) || ' ' || sum(p.dropped)
			  AS mark
			 FROM comparisons c JOIN comparison_candidates p ON p.comparison_id = c.id JOIN measurements m ON m.candidate_id = p.id
			 WHERE c.imported IS NULL AND p.model_file_id IS NOT NULL
			 GROUP BY c.id ORDER BY c.created_at DESC, c.id DESC LIMIT ${mostComparisons}`,
		);
		const ids = new Set(rows.map(({ id }) => id));
		for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
		return rows.map(({ id, mark }) => {
			const before = known.get(id);
			if (before?.mark === mark) return before.comparison;
			const comparison = viewOf(database, id, null);
			known.set(id, { mark, comparison });
			return comparison;
		});
	}

	return {
		read() {
			const files = new Map<number, Figures>();
			const of = (modelFileId: number): Figures => {
				const found = files.get(modelFileId) ?? { modelFileId, divergences: [], accuracies: [], speed: null };
				files.set(modelFileId, found);
				return found;
			};
			for (const comparison of comparisons()) takeComparison(comparison, of);
			takeRuns(database, of);
			return [...files.values()];
		},
	};
}

function takeComparison({ id, rows, createdAt, endedAt }: Comparison, of: (modelFileId: number) => Figures): void {
	const reference = rows.find((row) => row.reference);
	const at = endedAt ?? createdAt;
	for (const row of rows) {
		const { modelFileId, generation, adapters } = row;
		if (modelFileId === null || adapters.length > 0) continue;
		const figures = of(modelFileId);
		const quality = overallQuality(row);
		const referenceId = reference?.modelFileId ?? null;
		const isKnown = figures.divergences.some((one) => one.referenceId === referenceId);
		if (quality !== undefined && reference !== undefined && referenceId !== null && !isKnown) {
			figures.divergences.push({
				comparisonId: id,
				at,
				referenceId,
				reference: reference.quantization,
				value: quality.klDivergence,
				standardError: quality.klDivergenceError,
				sameTop: quality.sameTop,
			});
		}
		if (generation !== null && figures.speed === null) {
			const { median, sd, samples } = generation;
			figures.speed = {
				comparisonId: id,
				at,
				tokensPerSecond: median,
				sd,
				n: samples.length,
				varied: sd / median > disturbedSpread,
			};
		}
	}
}

function takeRuns(database: ReadableDatabase, of: (modelFileId: number) => Figures): void {
	const arms = all<{ modelFileId: number; summary: string; runId: number; manifest: string; at: number }>(
		database,
		// With several prompts or techniques, no arm alone says what the file can do.
		`SELECT a.model_file_id AS modelFileId, a.summary, r.id AS runId, r.manifest,
		  coalesce(r.ended_at, r.created_at) AS at
		 FROM eval_arms a JOIN eval_runs r ON r.id = a.run_id
		 WHERE a.model_file_id IS NOT NULL AND a.adapters = '' AND a.context = '' AND a.summary IS NOT NULL AND r.status = 'done' AND r.deleted_at IS NULL
		  AND (SELECT count(*) FROM eval_arms b WHERE b.run_id = a.run_id AND b.model_file_id = a.model_file_id
		   AND b.adapters = '' AND b.context = '') = 1
		 ORDER BY r.id DESC LIMIT ${mostArms}`,
	);
	const tested = new Map<number, z.infer<typeof testedDataset> | null>();
	for (const { modelFileId, summary, runId, manifest, at } of arms) {
		if (!tested.has(runId)) tested.set(runId, testedDataset.safeParse(JSON.parse(manifest)).data ?? null);
		const { dataset, scorers = [] } = tested.get(runId) ?? {};
		const others = new Set(scorers.filter(({ kind }) => scoresNoAnswers.has(kind)).map(scorerName));
		const parsed = armSummarySchema.safeParse(JSON.parse(summary));
		const [scorer, metric] =
			Object.entries(parsed.success ? parsed.data.metrics : {}).find(([name]) => !others.has(name)) ?? [];
		// Some judges rate from 1 to 10: no share of right answers.
		if (scorer === undefined || metric === undefined || metric.high > 1 || metric.low < 0) continue;
		if (dataset === undefined) continue;
		const figures = of(modelFileId);
		const isKnown = figures.accuracies.some(
			(one) => one.datasetName === dataset.name && one.versionNumber === dataset.number && one.scorer === scorer,
		);
		if (isKnown) continue;
		const { value, low, high, n } = metric;
		figures.accuracies.push({
			runId,
			at,
			datasetName: dataset.name,
			versionNumber: dataset.number,
			scorer,
			value,
			low,
			high,
			n,
		});
	}
}
