import { Failure, type FailureFacts } from '../contract/failure.ts';
import type { Gpu } from '../contract/gpu.ts';
import { said, spoken } from '../contract/said.ts';
import { engineBuild } from '../engine-build.ts';
import type { EngineCheck } from '../runtime/protocol.ts';

/**
 * Returns why llama.cpp's C API can't be called here; null if it can. It is called only if every struct has the layout
 * that Assay was written for; koffi, which calls it, has no build for some platforms.
 */
export async function cApiFailure(gpu: Gpu): Promise<FailureFacts | null> {
	try {
		const { openNativeLibrary } = await import('../native/libllama/open-library.ts');
		openNativeLibrary(gpu);
		return null;
	} catch (error) {
		if (error instanceof Failure) return error.facts();
		return spoken({
			code: 'native-library-unusable',
			message: said`llama.cpp’s C API can’t be called on this computer: ${error instanceof Error ? error.message : String(error)}.`,
			next: [said`Reinstall Assay`, said`Update the operating system`],
		});
	}
}

/** Explains that no engine runs here; `reason` is that of the C API. */
export function engineUnavailable({ message, next, detail, code }: FailureFacts): Failure {
	return new Failure({
		code: 'engine-unavailable',
		message: said`llama.cpp can’t run on this computer: ${message}`,
		next: [...next, said`Find the cause: assay doctor`],
		detail: detail ?? code,
	});
}

/** Finds the engine for models whose settings leave it open, as a load would. */
export async function checkEngine(): Promise<EngineCheck> {
	const failure = await cApiFailure('cpu');
	if (failure === null) return { name: 'c-api', build: engineBuild, failure: null };
	const { openNodeLlamaCpp } = await import('./node-llama-cpp/library.ts');
	try {
		const { build } = await openNodeLlamaCpp('cpu', 1);
		return { name: 'node-llama-cpp', build, failure };
	} catch {
		return { name: null, build: engineBuild, failure: engineUnavailable(failure).facts() };
	}
}
