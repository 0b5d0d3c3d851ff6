import type { MeasureFacts } from '../../models/contract/native/tasks.ts';
import type { MeasurementOptions, MeasurementSession } from '../../models/native/measurement/session.ts';
import type { runNativeTask } from '../../models/native/run-task.ts';
import type { Facets } from '../contract/dataset/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { Datasets } from '../dataset/datasets.ts';
import type { Evaluations } from '../evaluation/evaluations.ts';
import type { EventBus } from '../events.ts';
import type { Lane } from '../jobs/lane.ts';
import type { ModelLibrary } from '../library/model-service.ts';
import type { QuantizedSizes } from '../library/quantized-sizes.ts';
import type { ParserPool } from '../parsing/parser-pool.ts';
import type { waitUntilQuiet } from './quiet.ts';

export interface ComparisonContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly library: Pick<
		ModelLibrary,
		'modelFile' | 'add' | 'unloadAll' | 'acquire' | 'options' | 'chatTemplate' | 'measuringObstacle'
	>;
	/** Predicted sizes of files to quantise. */
	readonly sizes: QuantizedSizes;
	/** Folder for the files that a comparison quantises. */
	readonly modelsFolder: string;
	/** Folder for the texts that come with Assay. */
	readonly textsFolder: string;
	/** Folder for the reference's distributions between two passes, until a comparison ends. */
	readonly storesFolder: string;
	/** Whether both files fit into memory together, with contexts of this many tokens. */
	readonly fitTogether: (paths: readonly [string, string], contextSize: number) => Promise<boolean>;
	/** Whether a chat answer is being written: it goes before a measurement. */
	readonly answering: () => boolean;
	/** The queue that lets one measurement run at a time. */
	readonly lane: Lane;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
	/** Runs a measurement in its own process; tests pass one that doesn't. */
	readonly native: typeof runNativeTask;
	/** Evaluation runs that provide the task accuracy. */
	readonly evaluations: Pick<Evaluations, 'estimate' | 'create' | 'measure' | 'get' | 'scores'>;
	readonly datasets: { facets(versionId: number): Promise<Facets> } & Pick<Datasets['manage'], 'freezeVersion'>;
	/** Waits for a quiet computer; if omitted, by the use of the processor. */
	readonly waitUntilQuiet?: typeof waitUntilQuiet;
	/** Processes that read comparisons of other computers; if omitted, each file starts a new process. */
	readonly parsers?: ParserPool;
	readonly openMeasurement: (
		options: MeasurementOptions,
	) => Promise<Pick<MeasurementSession, 'generate' | 'close'> & { readonly facts: Pick<MeasureFacts, 'chat'> }>;
}
