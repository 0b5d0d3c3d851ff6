import type { Settings } from '../../contract/settings/schema.ts';
import type { WritableDatabase } from '../../database/database.ts';
import type { EventBus } from '../../events.ts';
import type { ModelLibrary } from '../../library/model-service.ts';
import type { SearchThread } from './search-thread.ts';

/** Dependencies of every use case of collections and documents. */
export interface RetrievalContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly library: Pick<ModelLibrary, 'all' | 'modelFile' | 'acquire' | 'loaded'>;
	/** Holds vectors and searches, so that nothing else waits for it. */
	readonly thread: SearchThread;
	readonly settings: () => Settings;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}
