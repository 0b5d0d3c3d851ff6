import { Failure, type FailureFacts, failureFacts } from '../contract/failure.ts';
import type { Engine } from '../engine.ts';
import type { LoadRequest } from '../runtime/protocol.ts';
import type { EngineHooks } from './engine-hooks.ts';

/** Names a script (JSON) to play instead of loading the model, for tests of everything around an engine. */
const scriptVariable = 'ASSAY_ENGINE_SCRIPT';

/**
 * Opens the engine for a file; the code of each kind is loaded only if needed. Where llama.cpp's C API is not the one
 * that Assay was written for, node-llama-cpp's own API answers instead.
 */
export async function openEngine(request: LoadRequest, hooks: EngineHooks): Promise<Engine> {
	const script = process.env[scriptVariable];
	if (script !== undefined) {
		const { openScriptedEngine } = await import('./scripted-process.ts');
		return await openScriptedEngine(script, hooks);
	}
	if (request.options.engine === 'node-llama-cpp') return await openNodeLlamaCpp(request, hooks, null);
	try {
		return await openNative(request, hooks);
	} catch (error) {
		if (!(error instanceof Failure) || error.code !== 'engine-unavailable') throw error;
		const reason = failureFacts(error.cause instanceof Failure ? error.cause : error);
		hooks.log('warn', `node-llama-cpp answers instead of llama.cpp's C API: ${reason.message}`);
		// Speeds measured with the C API are not this engine's.
		const { knownThreadTrials: _, ...rest } = request;
		return await openNodeLlamaCpp(rest, hooks, reason).catch((second: unknown) => {
			// Neither runs here, so the first reason is the better one.
			throw second instanceof Failure && second.code === 'engine-unavailable' ? error : second;
		});
	}
}

async function openNative(request: LoadRequest, hooks: EngineHooks): Promise<Engine> {
	const { openLlamaEngine } = await import('./llama/open-engine.ts').catch((error: unknown) => {
		// koffi has no build for this platform.
		throw new Failure({
			code: 'engine-unavailable',
			message: `llama.cpp's C API can't be called on this computer: ${String(error)}`,
			next: ['Install Assay again', 'Look at what is wrong: assay doctor'],
		});
	});
	return await openLlamaEngine(request, hooks);
}

async function openNodeLlamaCpp(
	request: LoadRequest,
	hooks: EngineHooks,
	instead: FailureFacts | null,
): Promise<Engine> {
	const { openNodeLlamaCppEngine } = await import('./node-llama-cpp/open-engine.ts');
	return await openNodeLlamaCppEngine(request, hooks, instead);
}
