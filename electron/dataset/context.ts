import type { Staging } from '../conversation/import-export/staging.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { Reader } from '../database/reader.ts';
import type { EventBus } from '../events.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { ModelService } from '../library/model-service.ts';
import type { ParserLimits } from '../parsing/parser-stopped.ts';

/** Dependencies of everything in this folder. */
export interface DatasetContext {
	readonly database: WritableDatabase;
	readonly databasePath: string;
	/** Own reader thread: it reads lists of millions of samples. */
	readonly reader: Reader;
	readonly jobs: Jobs;
	readonly staging: Staging;
	readonly events: EventBus;
	readonly models: Pick<ModelService, 'modelFile' | 'loaded'>;
	/** Code of the worker. */
	readonly entry: URL;
	/** A real Node binary for parser processes; default: the one that runs this process. */
	readonly nodeBinary?: string | undefined;
	/** Limits of parser processes, if not the usual ones. */
	readonly parserLimits?: Partial<ParserLimits>;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
	/** Returns true while an answer is being generated. */
	readonly answering: () => boolean;
	/** Returns the names of runs that used any of these versions, which must therefore be kept. */
	readonly runsWith: (versionIds: readonly number[]) => readonly string[];
}
