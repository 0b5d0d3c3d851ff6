import { isMainThread, workerData } from 'node:worker_threads';
import { beat, startBeat } from './beat.ts';

// One file for both threads of the worker, so that it can also be bundled into one.
if (isMainThread) {
	startBeat(new URL(import.meta.url));
	const { serve } = await import('./serve.ts');
	serve();
} else {
	beat(workerData);
}
