import type { Settings } from '../../contract/settings/schema.ts';
import type { WritableDatabase } from '../../database/database.ts';
import type { EventBus } from '../../events.ts';

/** Dependencies of every use case of facts. */
export interface MemoryContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly settings: () => Settings;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}
