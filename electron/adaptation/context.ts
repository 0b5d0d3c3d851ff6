import type { runNativeTask } from '../../models/native/run-task.ts';
import type { OpenTraining } from '../../models/native/training-run/session.ts';
import type { Comparisons } from '../comparison/comparisons.ts';
import type { Adapter } from '../contract/adapters/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { Reader } from '../database/reader.ts';
import type { Datasets } from '../dataset/datasets.ts';
import type { OpenSession } from '../evaluation/context.ts';
import type { Evaluations } from '../evaluation/evaluations.ts';
import type { EventBus } from '../events.ts';
import type { Lane } from '../jobs/lane.ts';
import type { NewAdapter } from '../library/adapters/adapters.ts';
import type { ModelLibrary } from '../library/model-service.ts';
import type { PromptContext } from '../prompt/prompts.ts';

/** What training needs of the application. */
export interface AdaptationContext {
	readonly database: WritableDatabase;
	readonly reader: Reader;
	readonly events: EventBus;
	readonly library: Pick<
		ModelLibrary,
		'modelFile' | 'all' | 'unloadAll' | 'chatTemplate' | 'engineBuild' | 'measuringObstacle'
	>;
	readonly adapters: {
		/** Where files of adapters belong. */
		readonly folder: string;
		register(adapter: NewAdapter): Promise<Adapter>;
	};
	readonly datasets: Pick<Datasets, 'manage' | 'edit' | 'fromConversations' | 'facets' | 'list'>;
	readonly evaluations: Evaluations;
	/** Measure divergence on texts, speed and size of base and adapter. */
	readonly comparisons: Pick<Comparisons, 'get' | 'presets' | 'start' | 'resume'>;
	readonly prompts: PromptContext;
	/** The queue that lets one measurement or training run at a time. */
	readonly lane: Lane;
	/** Whether a chat answer is being written: it goes first. */
	readonly answering: () => boolean;
	readonly openTraining: OpenTraining;
	readonly openSession: OpenSession;
	readonly native: typeof runNativeTask;
	/** Holds a folder for each run: samples, checkpoints, the adapter. */
	readonly folder: string;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}
