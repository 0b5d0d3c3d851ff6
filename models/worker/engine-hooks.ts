import type { Capabilities, LoadProgress } from '../contract/load.ts';

/** Reports of an engine while it opens and runs. */
export interface EngineHooks {
	progress(progress: LoadProgress): void;
	/** Called after the engine changed its thread count. */
	capabilities(capabilities: Capabilities): void;
	log(level: 'info' | 'warn' | 'error', text: string): void;
}
