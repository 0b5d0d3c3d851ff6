import type { Now } from './pace.ts';
import type { Sessions } from './sessions.ts';
import type { RunArm, Subject, SubjectArm } from './subject.ts';
import type { Summaries } from './summaries.ts';
import type { Tally } from './tally.ts';

export interface RunControl {
	/** Aborts when it is paused, or the application ends. */
	readonly signal: AbortSignal;
	/** It is running from now on. */
	begun(): void;
	now(now: Now): void;
	/** Rows were written. */
	rows(): void;
}

/** A run while it is measured, or with arms of the plain kind, while it is marked. */
export interface Running<Arm extends RunArm = SubjectArm> {
	readonly subject: Subject<Arm>;
	readonly tallies: ReadonlyMap<number, Tally>;
	readonly summaries: Summaries;
	readonly sessions: Sessions;
	readonly control: RunControl;
}
