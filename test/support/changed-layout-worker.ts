import { isMainThread, workerData } from 'node:worker_threads';
import { expectedLayout } from '../../models/native/libllama/struct-layout.ts';
import { runHeartbeat, startHeartbeat } from '../../models/worker/heartbeat.ts';
import { serve } from '../../models/worker/serve.ts';

/** A worker that finds llama.cpp's structs changed, as a later libllama would have them. */
if (isMainThread) {
	expectedLayout['llama_context_params.n_ubatch'] = 513;
	startHeartbeat(new URL(import.meta.url));
	serve();
} else {
	runHeartbeat(workerData);
}
