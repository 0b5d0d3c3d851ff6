/** Work that waits for a pause after the last change, such as storing what a slider was dragged to. */
export interface Debounce {
	/** Runs `work` after `ms` instead of any work that waits, or at once when the page is left. */
	start(work: () => void, ms: number): void;
	/** Forgets the work that waits. */
	cancel(): void;
}

/** Creates one. When the page is reloaded or closed, work that waits runs at once. */
export function createDebounce(): Debounce {
	let waiting: (() => void) | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;

	function cancel(): void {
		clearTimeout(timer);
		globalThis.removeEventListener?.('pagehide', run);
		waiting = null;
	}

	function run(): void {
		const work = waiting;
		cancel();
		work?.();
	}

	return {
		start(work, ms) {
			cancel();
			waiting = work;
			timer = setTimeout(run, ms);
			globalThis.addEventListener?.('pagehide', run);
		},
		cancel,
	};
}
