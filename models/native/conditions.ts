import type { NativeConditions } from '../contract/native/tasks.ts';
import type { NativeLibrary } from './libllama/open-library.ts';

/** Facts to store with every number, so that it can be repeated. */
export function conditionsOf(library: NativeLibrary, threads: number, gpuLayers = 0): NativeConditions {
	const { version, systemInfo, devices, gpuFailure } = library;
	return {
		engine: `llama.cpp ${version}`,
		systemInfo,
		devices,
		threads,
		...(gpuLayers === 0 ? {} : { gpuLayers }),
		...(gpuFailure === null ? {} : { gpuFailure }),
	};
}
