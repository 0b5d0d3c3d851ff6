import type { Settings } from '../contract/settings/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { OpenSession } from '../evaluation/context.ts';
import type { EventBus } from '../events.ts';
import type { ModelLibrary } from '../library/model-service.ts';

/** What the server needs of the application. */
export interface ServerContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly library: Pick<
		ModelLibrary,
		'all' | 'acquire' | 'loaded' | 'defaultModelFile' | 'modelFile' | 'options' | 'chatTemplate' | 'measuringObstacle'
	>;
	readonly settings: () => Settings;
	/** Holds a model in a process of its own. */
	readonly openSession: OpenSession;
	/** Counts an answer as being written, until the returned function is called. */
	readonly beginAnswer: () => () => void;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}
