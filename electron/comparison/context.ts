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

export interface ComparisonContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly library: Pick<ModelLibrary, 'modelFile' | 'add' | 'unloadAll' | 'acquire' | 'options'>;
	/** Where files that a comparison makes are kept. */
	readonly modelsFolder: string;
	/** Where the texts that come with Assay are put. */
	readonly textsFolder: string;
	/** Where the reference's distributions are kept between two passes, until a comparison ends. */
	readonly storesFolder: string;
	/** Whether both files fit into memory side by side, with contexts of so many tokens. */
	readonly fitTogether: (paths: readonly [string, string], contextSize: number) => Promise<boolean>;
	/** Whether a chat answer is being written: it goes before a measurement. */
	readonly answering: () => boolean;
	/** Where its turn comes among all that measures. */
	readonly lane: Lane;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
	/** Measures in a process of its own; tests hand in one that doesn't. */
	readonly native: typeof runNativeTask;
	/** Runs that task accuracy comes from. */
	readonly evaluations: Pick<Evaluations, 'estimate' | 'create' | 'measure' | 'get' | 'scores'>;
	readonly datasets: { facets(versionId: number): Promise<Facets> } & Pick<Datasets['manage'], 'freezeVersion'>;
	readonly openMeasurement: (
		options: MeasurementOptions,
	) => Promise<Pick<MeasurementSession, 'generate' | 'close'> & { readonly facts: Pick<MeasureFacts, 'chat'> }>;
}
