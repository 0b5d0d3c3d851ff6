import type { WritableDatabase } from '../database/handle.ts';
import type { EventBus } from '../events.ts';

/** What every use case of prompts works with. */
export interface PromptContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
}
