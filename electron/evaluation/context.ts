import type { MeasurementOptions, MeasurementSession } from '../../models/native/measurement/session.ts';
import type { DatasetVersion } from '../contract/dataset/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { Reader } from '../database/reader.ts';
import type { EventBus } from '../events.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Lane } from '../jobs/lane.ts';
import type { ModelLibrary } from '../library/model-service.ts';
import type { ScoringWorker } from './scorers/scoring-worker-client.ts';

/** What is used of a measuring process; tests hand in one that is scripted. */
export interface Session extends Pick<MeasurementSession, 'processId' | 'generate' | 'likelihood' | 'hold' | 'close'> {
	readonly facts: Pick<MeasurementSession['facts'], 'engineBuild' | 'systemInfo' | 'chat' | 'contextSize'> &
		Partial<Pick<MeasurementSession['facts'], 'devices' | 'gpuLayers'>>;
}

export type OpenSession = (options: MeasurementOptions) => Promise<Session>;

export interface EvaluationContext {
	readonly database: WritableDatabase;
	/** For queries over all rows of a run. */
	readonly reader: Pick<Reader, 'all'>;
	readonly events: EventBus;
	readonly library: Pick<ModelLibrary, 'modelFile' | 'all' | 'unloadAll' | 'engineBuild' | 'options'>;
	readonly jobs: Jobs;
	/** The version that is tested: a draft is frozen first, and never changes from then on. */
	readonly freezeVersion: (versionId: number) => Promise<Pick<DatasetVersion, 'id' | 'sha256'>>;
	/** Where its turn comes among all that measures. */
	readonly lane: Lane;
	/** Whether a chat answer is being written: it goes before a measurement. */
	readonly answering: () => boolean;
	/** Holds a model in a process of its own. */
	readonly openSession: OpenSession;
	/** The thread that marks answers; it starts with the first one. */
	readonly scoring: ScoringWorker;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}
