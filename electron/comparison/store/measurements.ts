import type { ReadableDatabase, WritableDatabase } from '../../database/handle.ts';
import { all, run } from '../../database/sql.ts';
import { type Step, type StepResults, stepKey, stepResultSchemas } from '../steps.ts';

export function insertMeasurement(
	database: WritableDatabase,
	step: Step,
	result: object,
	{ elapsedMs, measuredAt }: { elapsedMs: number; measuredAt: number },
): void {
	run(
		database,
		`INSERT INTO measurements (candidate_id, step, result, elapsed_ms, measured_at)
		 VALUES (:candidateId, :step, :result, :elapsedMs, :measuredAt)
		 ON CONFLICT (candidate_id, step) DO UPDATE SET result = :result, elapsed_ms = :elapsedMs, measured_at = :measuredAt`,
		{ candidateId: step.candidateId, step: stepKey(step), result: JSON.stringify(result), elapsedMs, measuredAt },
	);
}

export interface Measurement {
	readonly candidateId: number;
	readonly step: string;
	readonly result: string;
	readonly elapsedMs: number;
}

export function measurementsOf(database: ReadableDatabase, comparisonId: number): readonly Measurement[] {
	return all<Measurement>(
		database,
		`SELECT m.candidate_id AS candidateId, m.step, m.result, m.elapsed_ms AS elapsedMs FROM measurements m
		 JOIN comparison_candidates c ON c.id = m.candidate_id WHERE c.comparison_id = :comparisonId`,
		{ comparisonId },
	);
}

/** The result of one step; null where it is still to be done, or was written by an Assay that measured something else. */
export function resultOf<Kind extends Step['kind']>(
	measurements: readonly Measurement[],
	step: Extract<Step, { kind: Kind }>,
): StepResults[Kind] | null {
	const found = measurements.find((one) => one.candidateId === step.candidateId && one.step === stepKey(step));
	if (found === undefined) return null;
	const parsed = stepResultSchemas[step.kind].safeParse(JSON.parse(found.result));
	return parsed.success ? (parsed.data as StepResults[Kind]) : null;
}
