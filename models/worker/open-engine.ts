import type { Engine } from '../engine.ts';
import type { LoadRequest } from '../runtime/protocol.ts';
import type { EngineHooks } from './engine-hooks.ts';

/** Names a script (JSON) to play instead of loading the model, for tests of everything around an engine. */
const scriptVariable = 'ASSAY_ENGINE_SCRIPT';

/** Opens the engine for a file; the code of each kind is loaded only if needed. */
export async function openEngine(request: LoadRequest, hooks: EngineHooks): Promise<Engine> {
	const script = process.env[scriptVariable];
	if (script !== undefined) {
		const { openScriptedEngine } = await import('./scripted-process.ts');
		return await openScriptedEngine(script, hooks);
	}
	const { openLlamaEngine } = await import('./llama/open-engine.ts');
	return await openLlamaEngine(request, hooks);
}
