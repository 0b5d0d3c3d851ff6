import type { Staging } from '../conversation/import-export/staging.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { Reader } from '../database/reader.ts';
import type { EventBus } from '../events.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { ModelService } from '../library/model-service.ts';

/** What everything in this folder works with. */
export interface DatasetContext {
	readonly database: WritableDatabase;
	readonly databasePath: string;
	/** A thread of its own: lists of millions of samples are read there. */
	readonly reader: Reader;
	readonly jobs: Jobs;
	readonly staging: Staging;
	readonly events: EventBus;
	readonly models: Pick<ModelService, 'modelFile' | 'loaded'>;
	/** Code of the thread. */
	readonly entry: URL;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
	/** Whether an answer is being written right now. */
	readonly answering: () => boolean;
	/** Names of the runs that were made with any of these versions: what they were made with stays. */
	readonly runsWith: (versionIds: readonly number[]) => readonly string[];
}
