/** Work that must not run beside other work of its kind: one after the other, in the order it was asked for. */
export type Lane = (work: () => Promise<void>) => Promise<void>;

/** What fails is rejected to who asked for it and does not keep the next from its turn. */
export function createLane(): Lane {
	let last: Promise<void> = Promise.resolve();
	return (work) => {
		const run = last.then(work);
		last = run.catch(() => {});
		return run;
	};
}
