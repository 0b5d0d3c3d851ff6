import type { Settings } from '../contract/settings/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { OpenSession } from '../evaluation/context.ts';
import type { EventBus } from '../events.ts';
import type { ModelLibrary } from '../library/model-service.ts';
import type { RequestRecord } from './log/request-record.ts';
import type { ServerMetrics } from './metrics.ts';
import type { ModelQueue } from './model-queue.ts';

/** What the server needs of the application. */
export interface ServerContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly library: Pick<
		ModelLibrary,
		| 'all'
		| 'acquire'
		| 'loaded'
		| 'hasRoom'
		| 'defaultModelFile'
		| 'modelFile'
		| 'options'
		| 'chatTemplate'
		| 'measuringObstacle'
		| 'unload'
	>;
	readonly settings: () => Settings;
	/** Holds a model in a process of its own. */
	readonly openSession: OpenSession;
	/** Counts an answer as being written, until the returned function is called. */
	readonly beginAnswer: () => () => void;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
	/** Checks a finished text on the scoring thread; returns what is wrong with it, or null. */
	readonly checkSchema: (schema: Readonly<Record<string, unknown>>, text: string) => Promise<string | null>;
	readonly queue: ModelQueue;
	readonly metrics: ServerMetrics;
	/** The request being answered. */
	readonly record: RequestRecord;
}

/** What the application gives to the server, which adds the rest. */
export type ServerOptions = Omit<ServerContext, 'beginAnswer' | 'queue' | 'metrics' | 'record'> & {
	/** The time by which kept texts expire, ms since 1970; default: `clock`. */
	readonly deletionClock?: () => number;
};
