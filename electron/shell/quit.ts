import { app } from 'electron';

/** How long running answers, workers and the database may take to close, ms; after that the process ends anyway. */
const closeTimeoutMs = 10_000;

/**
 * Quits in order: closes the windows, then the application (stops answers and keeps their text, ends workers, closes
 * the database), then the process. Signals, and the end of the parent process, quit too.
 */
export function quitInOrder(close: () => Promise<void>, log: (line: string) => void): void {
	let state: 'running' | 'closing' | 'closed' = 'running';
	app.on('will-quit', (event) => {
		if (state === 'closed') return;
		event.preventDefault();
		if (state === 'closing') return;
		state = 'closing';
		const late = new Promise<string>((resolve) => {
			setTimeout(() => resolve(`not closed after ${closeTimeoutMs / 1000} s`), closeTimeoutMs).unref();
		});
		const closed = close().then(
			() => null,
			(error: unknown) => String(error instanceof Error ? error.stack : error),
		);
		void Promise.race([closed, late]).then((problem) => {
			if (problem !== null) log(`quitting: ${problem}`);
			state = 'closed';
			app.quit();
		});
	});
	app.on('window-all-closed', () => {
		if (process.platform !== 'darwin') app.quit();
	});
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
	// Set if `npm start` opened the window: when it ends, this process ends.
	process.on('disconnect', () => app.quit());
}
