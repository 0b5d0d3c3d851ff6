import type { ArmSummaries } from './arm-summary.ts';
import type { ArmTotals } from './arm-totals.ts';
import type { Sessions } from './model-sessions.ts';
import type { RunArm, RunSubject, SubjectArm } from './run-subject.ts';
import type { RunProgress } from './time-left.ts';

export interface RunControl {
	/** Aborts when the run is paused or the application quits. */
	readonly signal: AbortSignal;
	/** Reports that the run has started. */
	started(): void;
	now(now: RunProgress): void;
	/** Reports that rows were written. */
	rows(): void;
}

/** A run while it is being measured, or re-scored (with arms of type `RunArm`). */
export interface ActiveRun<Arm extends RunArm = SubjectArm> {
	readonly subject: RunSubject<Arm>;
	readonly totals: ReadonlyMap<number, ArmTotals>;
	readonly summaries: ArmSummaries;
	readonly sessions: Sessions;
	readonly control: RunControl;
}
