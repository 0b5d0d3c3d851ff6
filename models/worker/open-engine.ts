import { Failure, type FailureFacts } from '../contract/failure.ts';
import type { Engine } from '../engine.ts';
import type { LoadRequest } from '../runtime/protocol.ts';
import { cApiFailure, engineUnavailable } from './choose-engine.ts';
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
	const failure = await cApiFailure(request.options.gpu ?? 'auto');
	if (failure === null) {
		const { openLlamaEngine } = await import('./llama/open-llama-engine.ts');
		return await openLlamaEngine(request, hooks);
	}
	hooks.log('warn', `node-llama-cpp answers instead of llama.cpp's C API: ${failure.message}`);
	return await openNodeLlamaCpp(request, hooks, failure).catch((error: unknown) => {
		// Neither engine runs here: the reason of the first is the better one.
		throw error instanceof Failure && error.code === 'engine-unavailable' ? engineUnavailable(failure) : error;
	});
}

async function openNodeLlamaCpp(
	request: LoadRequest,
	hooks: EngineHooks,
	instead: FailureFacts | null,
): Promise<Engine> {
	const { openNodeLlamaCppEngine } = await import('./node-llama-cpp/open-node-llama-cpp-engine.ts');
	return await openNodeLlamaCppEngine(request, hooks, instead);
}
