/** A page in the background gets no frames: there it is flushed this often, ms. */
const hiddenPauseMs = 500;

/** At most this share of the time goes into flushing; the rest stays for input and scrolling. */
const maxShare = 0.5;

/**
 * Calls `flush` at most once per animation frame however often it is requested, and less often where a flush (with the
 * rendering it causes) takes so long that frames would be nothing but flushes.
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
		// A macrotask queued here runs after the frame has been rendered: the difference is what the flush cost.
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
