import type { Capabilities } from '../../contract/load.ts';
import { nameOf } from '../../native/library/open.ts';
import type { NativeModel } from '../../native/model.ts';

/** What a loaded model runs on, and why not on the GPU that was asked for. */
export function gpuFacts(
	{ library: { gpus, gpuFailure }, gpuLayers, facts }: Pick<NativeModel, 'library' | 'gpuLayers' | 'facts'>,
	usedBytes: number,
): Pick<Capabilities, 'backend' | 'gpu' | 'gpuFailure'> {
	const [first] = gpus;
	const failed = gpuFailure === null ? {} : { gpuFailure };
	if (first === undefined || first.backend === null || gpuLayers === 0) return { backend: 'cpu', ...failed };
	return {
		backend: first.backend,
		gpu: { device: gpus.map(nameOf).join(', '), layers: gpuLayers, ofLayers: facts.layers + 1, usedBytes },
	};
}
