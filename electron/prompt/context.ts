import type { WritableDatabase } from '../database/handle.ts';
import type { EventBus } from '../events.ts';

/** What every use case of prompts works with. */
export interface PromptContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
}

/** Deleting for good also asks who needs a prompt. */
export interface PromptTrashContext extends PromptContext {
	/** Names of the evaluation runs made with one of these versions. */
	readonly runsWith: (versionIds: readonly number[]) => readonly string[];
}
