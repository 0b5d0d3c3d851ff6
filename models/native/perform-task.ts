import { exportAdapter } from '../adapters/export-peft.ts';
import { importAdapter } from '../adapters/import-adapter.ts';
import { gpuBackends } from '../contract/gpu.ts';
import type { NativeProgress, NativeResults, NativeTask } from '../contract/native/tasks.ts';
import { bench } from './bench.ts';
import { convertBert } from './convert/convert-bert.ts';
import { backendObstacle } from './libllama/choose-backend.ts';
import { hasBuildFor } from './libllama/find-library.ts';
import { openNativeLibrary } from './libllama/open-library.ts';
import { scoreLikelihoods } from './log-likelihood.ts';
import { mergeAdapters } from './merge/merge-adapters.ts';
import { dropFromPageCache } from './page-cache.ts';
import { scorePerplexity } from './perplexity/perplexity.ts';
import { computeImatrix } from './quantize/compute-imatrix.ts';
import { quantize } from './quantize/quantize.ts';
import { planTraining } from './training-run/plan-training.ts';

/** Returns the obstacles of every GPU back-end that llama.cpp is built with for this kind of computer. */
function obstacles(): NativeResults['check']['obstacles'] {
	return gpuBackends
		.filter((backend) => hasBuildFor(backend, process.platform, process.arch))
		.map((backend) => ({ backend, failure: backendObstacle(backend) }));
}

/** Performs one task in this process. */
export async function performTask(
	task: NativeTask,
	report: (progress: NativeProgress) => void,
	signal: AbortSignal,
): Promise<NativeResults[NativeTask['kind']]> {
	if (task.kind === 'forget') return { forgotten: await dropFromPageCache(task.path) };
	if (task.kind === 'import-adapter') return await importAdapter(task);
	if (task.kind === 'export-adapter') return await exportAdapter(task);
	const library = openNativeLibrary('gpu' in task ? task.gpu : 'cpu');
	switch (task.kind) {
		case 'check': {
			const { version, systemInfo, devices, gpus, gpuFailure } = library;
			return {
				engine: `llama.cpp ${version}`,
				systemInfo,
				devices,
				gpus: [...gpus],
				gpuFailure,
				obstacles: obstacles(),
			};
		}
		case 'quantize':
			return await quantize(library, task, (progress) => report({ kind: 'quantize', ...progress }));
		case 'perplexity':
			return await scorePerplexity(library, task, (progress) => report({ kind: 'perplexity', ...progress }), signal);
		case 'loglikelihood':
			return await scoreLikelihoods(
				library,
				task,
				(progress) => report({ kind: 'loglikelihood', ...progress }),
				signal,
			);
		case 'bench':
			return await bench(library, task, (progress) => report({ kind: 'bench', ...progress }), signal);
		case 'merge':
			return await mergeAdapters(library, task, (progress) => report({ kind: 'merge', ...progress }), signal);
		case 'imatrix':
			return await computeImatrix(library, task, (progress) => report({ kind: 'imatrix', ...progress }), signal);
		case 'training-plan':
			return await planTraining(library, task);
		case 'convert':
			return await convertBert(library, task);
	}
}
