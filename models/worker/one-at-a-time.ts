/** Lets callers through one after the other, in the order they came. Resolves to what hands the turn on. */
export function createQueue(): { enter(): Promise<() => void> } {
	let last: Promise<void> = Promise.resolve();
	return {
		async enter() {
			const { promise, resolve } = Promise.withResolvers<void>();
			const before = last;
			last = promise;
			await before;
			return resolve;
		},
	};
}
