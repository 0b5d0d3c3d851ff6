import { type FailureFacts, failureSchema } from '../../../models/contract/failure.ts';
import { withoutMessages } from '../../../models/contract/said.ts';
import type { Sample } from '../../contract/dataset/schema.ts';
import type { Arm, Run } from '../../contract/evaluation/schema.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import { readSamplesById } from '../../dataset/read-version.ts';
import type { AnswerDetail } from '../shard/unit-outcome.ts';
import { type ArmScoreSum, resultsAfter, type StoredScore, scoresOfResults } from '../store/results.ts';

/** An answer with everything that exports include. */
export interface ExportedRow {
	readonly arm: Arm;
	readonly sample: Sample;
	/** Position of the sample in the run, from 0. */
	readonly position: number;
	readonly epoch: number;
	readonly failure: FailureFacts | null;
	readonly output: string;
	readonly answer: string | null;
	readonly detail: AnswerDetail;
	readonly scores: readonly StoredScore[];
	readonly promptTokens: number;
	readonly completionTokens: number;
	readonly stopReason: string | null;
	readonly ms: number | null;
}

/** Rows per piece: texts of a few MB at most. */
const pieceSize = 100;

/** Reads the next rows, arm by arm, from `cursor` on. Returns the cursor for the rows after them, null at the end. */
export function nextRows(
	database: ReadableDatabase,
	run: Run,
	arms: readonly Arm[],
	cursor: number,
): { rows: readonly ExportedRow[]; next: number | null } {
	const { samples } = run.manifest.dataset;
	const units = samples * run.manifest.epochs;
	const arm = arms[Math.floor(cursor / units)];
	if (arm === undefined) return { rows: [], next: null };
	const unit = (cursor % units) - 1;
	const after = unit < 0 ? { epoch: -1, position: 0 } : { epoch: Math.floor(unit / samples), position: unit % samples };
	const results = resultsAfter(database, arm.id, after, pieceSize);
	const last = results.at(-1);
	const armEnd = (Math.floor(cursor / units) + 1) * units;
	const next =
		last === undefined || results.length < pieceSize
			? armEnd
			: cursor - unit - 1 + last.epoch * samples + last.position + 1;
	const byId = new Map(
		readSamplesById(database, run.dataset.versionId, [...new Set(results.map(({ sampleId }) => sampleId))]).map(
			(sample) => [sample.id, sample],
		),
	);
	const scores = scoresOfResults(
		database,
		results.map(({ id }) => id),
	);
	const rows = results.flatMap(({ id, sampleId, failure, detail, ...result }) => {
		const sample = byId.get(sampleId);
		if (sample === undefined) return [];
		return {
			...result,
			arm,
			sample,
			scores: scores.get(id) ?? [],
			failure: failure === null ? null : failureSchema.parse(JSON.parse(failure)),
			detail: JSON.parse(detail) as AnswerDetail,
		};
	});
	return { rows, next: next >= arms.length * units ? null : next };
}

/** Reads all rows, so only for a writer that needs it. */
export type ArmScoreSums = () => ReadonlyMap<number, ArmScoreSum>;

/** Writes a run in pieces; joined in order, they are the document. */
export interface ExportWriter {
	readonly extension: string;
	/** The part before all rows. */
	head(run: Run, arms: readonly Arm[], outcomes: ArmScoreSums): string;
	/** Formats rows in order; `first`: whether these are the first rows. */
	rows(rows: readonly ExportedRow[], place: { run: Run; first: boolean }): string;
	/** The part after all rows. */
	tail(run: Run, arms: readonly Arm[], outcomes: ArmScoreSums): string;
}

/** Formats elements of an array that spans several pieces. */
export function elements(values: readonly unknown[], first: boolean): string {
	return values
		.map((value, index) => `${first && index === 0 ? '' : ',\n'}${JSON.stringify(value, withoutMessages)}`)
		.join('');
}

/** Opens an object whose last property is an array yet to be written: "{…, \"name\": [". */
export function openWith(object: Record<string, unknown>, name: string): string {
	return `${JSON.stringify(object, withoutMessages).slice(0, -1)},${JSON.stringify(name)}:[\n`;
}

/** "SmolLM2 135M Instruct Q8_0". */
export function modelName({ model }: Pick<Arm, 'model'>): string {
	return `${model.name} ${model.quantization}`.trim();
}
