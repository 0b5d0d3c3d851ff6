import type { ArmSummaries } from './arm-summary.ts';
import type { ArmTotals } from './arm-totals.ts';
import type { Sessions } from './model-sessions.ts';
import type { RunArm, RunSubject, SubjectArm } from './run-subject.ts';
import type { RunProgress } from './time-left.ts';

export interface RunControl {
	/** Aborts when it is paused, or the application ends. */
	readonly signal: AbortSignal;
	/** It is running from now on. */
	begun(): void;
	now(now: RunProgress): void;
	/** Rows were written. */
	rows(): void;
}

/** A run while it is measured, or with arms of the plain kind, while it is marked. */
export interface ActiveRun<Arm extends RunArm = SubjectArm> {
	readonly subject: RunSubject<Arm>;
	readonly tallies: ReadonlyMap<number, ArmTotals>;
	readonly summaries: ArmSummaries;
	readonly sessions: Sessions;
	readonly control: RunControl;
}
