import { failureSchema } from '../../models/contract/failure.ts';
import type { QuantizeType } from '../../models/contract/native/tasks.ts';
import { spoken, type Words } from '../../models/contract/said.ts';
import { type Comparison, comparisonTaskSchema } from '../contract/comparison/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { importedView, readImported } from './import.ts';
import { type TaskKind, taskOf, taskScorerName } from './plan-task.ts';
import { describeProvisional } from './provisional.ts';
import { buildRows } from './rows.ts';
import { sharedMeasurements } from './shared-measurements.ts';
import { stepsOf } from './steps.ts';
import { candidatesOf, measurementsOf, type StoredComparison } from './store.ts';
import { depthsOf, deviceOf, extentOf, guideOf, promptLengthsOf, promptsOf, stepsLeft, subjectOf } from './subject.ts';
import { warningsOf } from './warnings.ts';

/** The current step of a running comparison. */
export interface StepProgress {
	readonly doing: Words;
	/** Completed share of the step, 0 to 1. */
	readonly share: number;
	/** It waits for something else, and nothing is measured. */
	readonly waiting?: boolean;
}

function runOf(comparison: StoredComparison, kind: TaskKind): Comparison['run'] {
	const task = taskOf(comparison, kind);
	if (task === null) return null;
	const { datasetName, versionNumber } = task;
	const runId = kind === 'task' ? comparison.taskRunId : comparison.toolsRunId;
	return { runId, datasetName, versionNumber, scorer: taskScorerName(task) };
}

/** A comparison as pages and commands see it, without the time left. */
export function viewOf(database: ReadableDatabase, id: number, now: StepProgress | null): Comparison {
	const subject = subjectOf(database, id);
	const { comparison, candidates, texts } = subject;
	if (comparison.imported !== null) return importedView(id, readImported(comparison.imported));
	const measurements = measurementsOf(database, id);
	const left = stepsLeft(subject, measurements);
	const total = stepsOf(candidates, extentOf(subject)).length;
	const { rows, decision } = buildRows(subject, sharedMeasurements(measurements, candidates));
	const conditions = JSON.parse(comparison.conditions) as Comparison['conditions'];
	const [reference, ...others] = candidates;
	return spoken({
		id,
		title: comparison.title,
		status: comparison.status,
		plan: {
			referenceId: reference?.modelFileId ?? 0,
			candidateIds: others
				.filter(({ produce, adapters }) => !produce && adapters.length === 0)
				.map(({ modelFileId }) => modelFileId ?? 0),
			adapted: others
				.filter(({ adapters }) => adapters.length > 0)
				.map(({ modelFileId, adapters }) => ({
					modelFileId: modelFileId ?? 0,
					adapters: adapters.map(({ id: adapterId, scale }) => ({ id: adapterId ?? 0, scale })),
				})),
			quantize: others.filter(({ produce }) => produce).map(({ quantization }) => quantization as QuantizeType),
			imatrixText: guideOf(comparison)?.text ?? null,
			texts: texts.map(({ path }) => path),
			contextSize: comparison.contextSize,
			chunks: comparison.chunks,
			promptTokens: comparison.promptTokens,
			generatedTokens: comparison.generatedTokens,
			repetitions: comparison.repetitions,
			depths: [...depthsOf(comparison)],
			prompts: [...promptsOf(comparison)],
			task: comparison.task === null ? null : comparisonTaskSchema.parse(JSON.parse(comparison.task)),
			tools: comparison.tools === null ? null : comparisonTaskSchema.parse(JSON.parse(comparison.tools)),
			threads: comparison.threads,
			klLimit: comparison.klLimit,
			store: comparison.store,
			felt: promptLengthsOf(comparison).length > 0,
			gpu: deviceOf(comparison).gpu ?? null,
			gpuLayers: deviceOf(comparison).gpuLayers ?? 'auto',
		},
		done: total - left.length,
		total,
		secondsLeft: null,
		secondsLeftLearned: true,
		waiting: now?.waiting ?? false,
		doing: now?.doing ?? null,
		rows,
		verdict: decision?.verdict ?? describeProvisional(rows),
		dropped: candidatesOf(database, id, { dropped: true }).map(({ id: candidateId, name }) => ({ candidateId, name })),
		run: runOf(comparison, 'task'),
		toolsRun: runOf(comparison, 'tools'),
		conditions,
		warnings: warningsOf({ rows, conditions }),
		failure: comparison.failure === null ? null : failureSchema.parse(JSON.parse(comparison.failure)),
		createdAt: comparison.createdAt,
		endedAt: comparison.endedAt,
		importedFrom: null,
	});
}
