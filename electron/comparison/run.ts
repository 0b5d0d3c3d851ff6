import { loadavg } from 'node:os';
import { failureFacts } from '../../models/contract/failure.ts';
import { type Said, said, type Words } from '../../models/contract/said.ts';
import { transaction } from '../database/sql.ts';
import { runWhileChatIdle } from '../jobs/yield-to-chat.ts';
import { recordOrigin } from '../library/quantized-files.ts';
import { noteConditions } from './conditions.ts';
import type { ComparisonContext } from './context.ts';
import { removeStores } from './distribution-stores.ts';
import { measureStep } from './measure-step.ts';
import { measureTask, TaskPaused } from './measure-task.ts';
import type { TaskKind } from './plan-task.ts';
import { waitUntilQuiet } from './quiet.ts';
import type { Step, StepResults } from './steps.ts';
import { insertMeasurement, measurementsOf, setProduced, setStatus } from './store.ts';
import { type ComparisonSubject, stepsLeft, subjectOf } from './subject.ts';
import type { StepProgress } from './view.ts';

export interface RunControl {
	/** Aborts when the run is paused or the application quits. */
	readonly signal: AbortSignal;
	/** Waits until the computer is quiet before speeds are measured. */
	readonly whenQuiet: boolean;
	now(now: StepProgress): void;
}

function nameOf(subject: ComparisonSubject, step: Step): Said {
	const candidate = subject.candidates.find(({ id }) => id === step.candidateId);
	const name = candidate?.name ?? '';
	switch (step.kind) {
		case 'imatrix':
			return said`Computing the importance matrix`;
		case 'produce':
			return said`Quantising to ${name}`;
		case 'quality':
			return said`Quality of ${name} on ${categoryWords(subject.texts.find(({ position }) => position === step.text)?.category)}`;
		case 'answers':
			return said`Answers of ${name}`;
		case 'task':
			return said`Accuracy on the samples`;
		case 'tools':
			return said`Tool calls`;
		case 'felt':
			return said`Chat latency of ${name}`;
		case 'speed':
			return said`Speed of ${name}, round ${step.round + 1} of ${subject.comparison.repetitions}`;
	}
}

/** "structured-data" as "structured data". */
const categoryWords = (category?: string): Words => category?.replaceAll('-', ' ') ?? said`a text`;

/** Measures one step with the computer to itself: no chat answer is written meanwhile. */
async function measureAlone(
	context: ComparisonContext,
	subject: ComparisonSubject,
	step: Exclude<Step, { kind: TaskKind }>,
	control: RunControl,
): Promise<{ result: StepResults[Step['kind']]; elapsedMs: number }> {
	const doing = nameOf(subject, step);
	const onWait = (): void =>
		control.now({ doing: said`Waiting until the chat answer is complete`, share: 0, waiting: true });
	const work = async (signal: AbortSignal) => {
		// A model left in memory would count as used memory, and its threads could wake.
		await context.library.unloadAll();
		const began = performance.now();
		control.now({ doing, share: 0 });
		const result = await measureStep(context, subject, step, {
			signal,
			progress: (share) => control.now({ doing, share }),
		});
		return { result, elapsedMs: performance.now() - began };
	};
	return runWhileChatIdle(context, control.signal, work, onWait);
}

async function keep(
	context: ComparisonContext,
	subject: ComparisonSubject,
	step: Step,
	{ result, elapsedMs }: { result: StepResults[Step['kind']]; elapsedMs: number },
): Promise<void> {
	const { database, clock } = context;
	if (step.kind !== 'produce') {
		insertMeasurement(database, step, result, { elapsedMs, measuredAt: clock() });
		return;
	}
	const output = result as StepResults['produce'];
	const file = await context.library.add(output.path);
	transaction(database, () => {
		setProduced(database, step.candidateId, {
			modelFileId: file.id,
			sizeBytes: output.sizeBytes,
			bitsPerWeight: output.bitsPerWeight,
			fallbacks: output.fallbacks.length,
		});
		const reference = subject.candidates[0]?.modelFileId ?? null;
		if (reference !== null)
			recordOrigin(database, file.id, context.library.modelFile(reference), output, output, clock());
		insertMeasurement(database, step, result, { elapsedMs, measuredAt: clock() });
	});
	context.log(`comparison: ${subject.comparison.id} made ${output.path}`);
}

/** The run yields to chat by itself and is stored shard by shard. */
async function keepTask(
	context: ComparisonContext,
	subject: ComparisonSubject,
	kind: TaskKind,
	control: RunControl,
): Promise<void> {
	const { database, clock } = context;
	await context.library.unloadAll();
	const began = performance.now();
	const scored = await measureTask(context, subject, kind, control);
	const elapsedMs = performance.now() - began;
	transaction(database, () => {
		for (const { step, result } of scored)
			insertMeasurement(database, step, result, { elapsedMs, measuredAt: clock() });
	});
}

/**
 * Measures the remaining steps one by one. Each result is stored when its step ends, so a pause, a kill or a crash
 * loses at most one step. Never rejects: the database says how it ended.
 */
export async function runComparison(context: ComparisonContext, id: number, control: RunControl): Promise<void> {
	const { database, clock } = context;
	setStatus(database, id, 'running');
	let waits = control.whenQuiet;
	try {
		for (;;) {
			const subject = subjectOf(database, id);
			const [step] = stepsLeft(subject, measurementsOf(database, id));
			if (step === undefined) break;
			control.signal.throwIfAborted();
			if (waits && step.kind === 'speed') {
				waits = false;
				await (context.waitUntilQuiet ?? waitUntilQuiet)(control.signal, (share) =>
					control.now({
						doing: said`Waiting until the computer is quiet: ${Math.round(100 * share)} % of its processor is in use`,
						share: 0,
						waiting: true,
					}),
				);
			}
			const loadBefore = loadavg()[0] ?? 0;
			if (step.kind === 'task' || step.kind === 'tools') {
				await keepTask(context, subject, step.kind, control);
				continue;
			}
			const measured = await measureAlone(context, subject, step, control);
			// Before the result is stored: after a kill in between, the step is measured again under known conditions.
			await noteConditions(database, subject, step.kind, measured.result, loadBefore);
			await keep(context, subject, step, measured);
		}
		await removeStores(context.storesFolder, id);
		setStatus(database, id, 'done', { endedAt: clock() });
	} catch (error) {
		if (control.signal.aborted || error instanceof TaskPaused) setStatus(database, id, 'paused');
		else {
			const failure = failureFacts(error);
			if (failure.code === 'internal') context.log(`comparison: ${failure.detail ?? failure.message}`);
			setStatus(database, id, 'failed', { failure, endedAt: clock() });
		}
	}
}
