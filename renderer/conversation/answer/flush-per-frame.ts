/** A background page gets no frames; there it flushes at this interval, in ms. */
const hiddenPauseMs = 500;

/** Largest share of the time spent on flushing; the rest is for input and scrolling. */
const maxShare = 0.5;

/**
 * Calls `flush` at most once per animation frame, however often it is requested, and less often if flushing and the
 * rendering it causes would take up all frames.
 */
export function flushPerFrame(flush: () => void): { request(): void; cancel(): void } {
	let frame: number | undefined;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let earliest = 0;

	function request(): void {
		if (frame !== undefined || timer !== undefined) return;
		if (document.hidden) timer = setTimeout(run, hiddenPauseMs);
		else frame = requestAnimationFrame(tick);
	}

	function tick(now: number): void {
		frame = undefined;
		if (now < earliest) request();
		else run();
	}

	function run(): void {
		frame = undefined;
		timer = undefined;
		const start = performance.now();
		flush();
		// A macrotask queued here runs after the frame has been rendered, so the elapsed time is the cost of the flush.
		setTimeout(() => {
			const cost = performance.now() - start;
			earliest = start + cost / maxShare - 4;
		}, 0);
	}

	return {
		request,
		cancel() {
			if (frame !== undefined) cancelAnimationFrame(frame);
			clearTimeout(timer);
			frame = undefined;
			timer = undefined;
		},
	};
}
