import type { Capabilities, LoadProgress } from '../contract/load.ts';

/** What an engine tells while it opens and runs. */
export interface EngineHooks {
	progress(progress: LoadProgress): void;
	/** The engine changed its thread count. */
	capabilities(capabilities: Capabilities): void;
	log(level: 'info' | 'warn' | 'error', text: string): void;
}
