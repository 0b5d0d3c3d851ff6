import { isMainThread, workerData } from 'node:worker_threads';
import { runHeartbeat, startHeartbeat } from './heartbeat.ts';

// One file for both threads of the worker, so that it can be bundled into one.
if (isMainThread) {
	// Ctrl+C in a terminal reaches every process started from it. The parent process stops the answer and keeps its
	// text, which it could not do if this process were already gone. This process ends anyway when the channel closes.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
	startHeartbeat(new URL(import.meta.url));
	const { serve } = await import('./serve.ts');
	serve();
} else {
	runHeartbeat(workerData);
}
