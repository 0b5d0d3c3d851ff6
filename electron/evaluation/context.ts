import type { MeasurementOptions, MeasurementSession } from '../../models/native/measurement/session.ts';
import type { Dataset, DatasetVersion } from '../contract/dataset/schema.ts';
import type { ContextSource } from '../conversation/context-builder.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { Reader } from '../database/reader.ts';
import type { EventBus } from '../events.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Lane } from '../jobs/lane.ts';
import type { ModelLibrary } from '../library/model-service.ts';
import type { ScoringWorker } from './scorers/scoring-worker-client.ts';

/** The used part of a measuring process; tests pass a scripted one. */
export interface Session
	extends Pick<MeasurementSession, 'processId' | 'generate' | 'likelihood' | 'usage' | 'hold' | 'close'> {
	readonly facts: Pick<MeasurementSession['facts'], 'engineBuild' | 'systemInfo' | 'chat' | 'contextSize'> &
		Partial<Pick<MeasurementSession['facts'], 'devices' | 'gpuLayers'>>;
}

export type OpenSession = (options: MeasurementOptions) => Promise<Session>;

export interface EvaluationContext {
	readonly database: WritableDatabase;
	/** For queries over all rows of a run. */
	readonly reader: Pick<Reader, 'all'>;
	readonly events: EventBus;
	readonly library: Pick<
		ModelLibrary,
		'modelFile' | 'all' | 'unloadAll' | 'engineBuild' | 'options' | 'chatTemplate' | 'measuringObstacle'
	>;
	readonly jobs: Jobs;
	/** The datasets of the library, with those that come with Assay. */
	readonly listDatasets: () => readonly Dataset[];
	/** Freezes the dataset version to test, if it is a draft; it never changes from then on. */
	readonly freezeVersion: (versionId: number) => Promise<Pick<DatasetVersion, 'id' | 'sha256'>>;
	/** The queue that lets one measurement run at a time. */
	readonly lane: Lane;
	/** Whether a chat answer is being written: it goes before a measurement. */
	readonly answering: () => boolean;
	/** What goes into prompts besides the samples: the sources that chats use. */
	readonly contextSources: readonly ContextSource[];
	/** Holds a model in its own process. */
	readonly openSession: OpenSession;
	/** The worker that scores answers; it starts with the first one. */
	readonly scoring: ScoringWorker;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}
