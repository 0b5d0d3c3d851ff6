import type { Settings } from '../contract/settings/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { EventBus } from '../events.ts';
import type { ModelService } from '../library/model-service.ts';
import type { LiveContinuations } from './live-continuation.ts';

/** Dependencies of every use case of pages. */
export interface WritingContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly models: ModelService;
	readonly live: LiveContinuations;
	readonly settings: () => Settings;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}
