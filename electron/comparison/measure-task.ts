import { Failure } from '../../models/contract/failure.ts';
import { said, type Words } from '../../models/contract/said.ts';
import type { ComparisonContext } from './context.ts';
import { runConfigOf, type TaskKind, taskFiles, taskOf, taskScorerName } from './plan-task.ts';
import type { Step, StepResults } from './steps.ts';
import { setTaskRun } from './store.ts';
import type { ComparisonSubject } from './subject.ts';

/** The user paused or ended the run under Evaluate, so the comparison pauses too. */
export class TaskPaused extends Error {}

export interface TaskControl {
	readonly signal: AbortSignal;
	now(now: { readonly doing: Words; readonly share: number }): void;
}

type Scored = readonly { readonly step: Extract<Step, { kind: TaskKind }>; readonly result: StepResults[TaskKind] }[];

/**
 * Has every file answer the samples in one evaluation run with an arm per file. Resumes the run that it started before,
 * unless that is in the trash or its files have changed; then it starts a new one.
 */
export async function measureTask(
	context: ComparisonContext,
	subject: ComparisonSubject,
	kind: TaskKind,
	control: TaskControl,
): Promise<Scored> {
	const { evaluations } = context;
	const task = taskOf(subject.comparison, kind);
	if (task === null) throw new Error(`comparison ${subject.comparison.id} has no ${kind}`);
	const runId = findResumableRun(context, subject, kind) ?? (await beginRun(context, subject, kind));
	const before = evaluations.get(runId);
	if (before.status !== 'done') {
		const { total } = before.progress;
		await evaluations.measure(runId, {
			signal: control.signal,
			now({ doing, done }) {
				control.now({ doing: said`${task.datasetName}: ${doing}`, share: total === 0 ? 0 : done / total });
			},
		});
	}
	const run = evaluations.get(runId);
	control.signal.throwIfAborted();
	if (run.failure !== null) {
		// Its files were quantised or added again, so the earlier answers came from other files.
		if (run.failure.code === 'run-model-changed') setTaskRun(context.database, subject.comparison.id, kind, null);
		throw new Failure(run.failure);
	}
	if (run.status !== 'done') throw new TaskPaused(`run ${runId} is ${run.status}`);
	const scored: Scored[number][] = [];
	for (const [index, candidate] of subject.candidates.entries()) {
		const arm = run.arms.find(({ position }) => position === index);
		if (arm === undefined) throw new Error(`run ${runId} has no arm for ${candidate.name}`);
		const scores = await evaluations.scores(runId, arm.id, taskScorerName(task));
		const clustered = scores.some(({ cluster }) => cluster !== null);
		scored.push({
			step:
				kind === 'task'
					? { kind, candidateId: candidate.id, extent: subject.comparison.taskExtent }
					: { kind, candidateId: candidate.id },
			result: {
				armId: arm.id,
				values: scores.map(({ value }) => value),
				clusters: clustered ? scores.map(({ cluster }) => cluster) : null,
			},
		});
	}
	return scored;
}

/** The run that it started, if that can continue. */
function findResumableRun(
	{ evaluations }: ComparisonContext,
	{ comparison }: ComparisonSubject,
	kind: TaskKind,
): number | null {
	const runId = kind === 'task' ? comparison.taskRunId : comparison.toolsRunId;
	return runId === null || evaluations.get(runId).deletedAt !== null ? null : runId;
}

async function beginRun(
	context: ComparisonContext,
	{ comparison, candidates }: ComparisonSubject,
	kind: TaskKind,
): Promise<number> {
	const task = taskOf(comparison, kind);
	if (task === null) throw new Error(`comparison ${comparison.id} has no ${kind}`);
	for (const { name, modelFileId } of candidates) {
		if (modelFileId !== null) continue;
		throw new Failure({
			code: 'model-unknown',
			message: said`${name} is no longer in the library, so it can’t answer the samples.`,
			next: [said`Add the file to the library again and start a comparison`],
		});
	}
	const config = runConfigOf(task, comparison.title, taskFiles(candidates), comparison.threads);
	const runId = await context.evaluations.create(config);
	setTaskRun(context.database, comparison.id, kind, runId);
	return runId;
}
