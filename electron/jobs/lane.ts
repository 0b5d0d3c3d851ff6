import { type Said, said } from '../../models/contract/said.ts';

/** Runs work that must not overlap with other work of its kind: one at a time, in the order of the calls. */
export interface Lane {
	/** `name` says what it is, for those who wait: "a comparison". */
	(work: () => Promise<void>, name?: Said): Promise<void>;
	/** The name of the work that runs now; null: none. */
	readonly holder: () => Said | null;
}

/** A failure rejects for its caller and does not hold up the next in line. */
export function createLane(): Lane {
	let last: Promise<void> = Promise.resolve();
	let holder: Said | null = null;
	const lane = (work: () => Promise<void>, name = said`another measurement`): Promise<void> => {
		const run = last.then(async () => {
			holder = name;
			try {
				await work();
			} finally {
				holder = null;
			}
		});
		last = run.catch(() => {});
		return run;
	};
	return Object.assign(lane, { holder: () => holder });
}
