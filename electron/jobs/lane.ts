/** Runs work that must not overlap with other work of its kind: one at a time, in the order of the calls. */
export type Lane = (work: () => Promise<void>) => Promise<void>;

/** A failure rejects for its caller and does not hold up the next in line. */
export function createLane(): Lane {
	let last: Promise<void> = Promise.resolve();
	return (work) => {
		const run = last.then(work);
		last = run.catch(() => {});
		return run;
	};
}
