import { isMainThread, workerData } from 'node:worker_threads';
import { runHeartbeat, startHeartbeat } from './heartbeat.ts';

// One file for both threads of the worker, so that it can also be bundled into one.
if (isMainThread) {
	// Ctrl+C at a terminal reaches every process started from it. The one that started this one stops the answer and
	// keeps its text; it could not if this one were gone already. The end of the channel ends this process in any case.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
	startHeartbeat(new URL(import.meta.url));
	const { serve } = await import('./serve.ts');
	serve();
} else {
	runHeartbeat(workerData);
}
