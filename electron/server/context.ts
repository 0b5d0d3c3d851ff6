import type { Settings } from '../contract/settings/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { EventBus } from '../events.ts';
import type { ModelLibrary } from '../library/model-service.ts';

/** What the server needs of the application. */
export interface ServerContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly library: Pick<ModelLibrary, 'all' | 'acquire' | 'loaded' | 'defaultModelFile'>;
	readonly settings: () => Settings;
	/** Counts an answer as being written, until the returned function is called. */
	readonly beginAnswer: () => () => void;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
	/** Checks a finished text on the scoring thread; returns what is wrong with it, or null. */
	readonly checkSchema: (schema: Readonly<Record<string, unknown>>, text: string) => Promise<string | null>;
}
