import type { Trainings } from '../adaptation/trainings.ts';
import type { Comparisons } from '../comparison/comparisons.ts';
import type { Sweeps } from '../comparison/sweeps.ts';
import type { ConversationSummaries } from '../context/overflow/conversation-summaries.ts';
import type { Tools } from '../context/tools/tools.ts';
import type { ConversationContext } from '../conversation/context.ts';
import type { ImportExport } from '../conversation/import-export/import-export.ts';
import type { TrashRetention } from '../conversation/organise/trash-retention.ts';
import type { Reader } from '../database/reader.ts';
import type { Datasets } from '../dataset/datasets.ts';
import type { Evaluations } from '../evaluation/evaluations.ts';
import type { JudgeCheckContext } from '../evaluation/judge-check.ts';
import type { FeedbackContext } from '../feedback/context.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Adapters } from '../library/adapters/adapters.ts';
import type { AdapterConversion } from '../library/adapters/convert-adapters.ts';
import type { Quantizer } from '../library/quantize-model.ts';
import type { PromptTrashContext } from '../prompt/prompts.ts';
import type { SearchContext } from '../search/find-conversations.ts';
import type { Updates } from '../updates/updates.ts';
import type { WritingContext } from '../writing/context.ts';
import type { PageTrash } from '../writing/page-trash.ts';
import { type ActivityContext, activityHandlers } from './activity.ts';
import { adapterHandlers } from './adapters.ts';
import { comparisonHandlers, sweepHandlers } from './comparison.ts';
import {
	attachmentHandlers,
	conversationHandlers,
	draftHandlers,
	folderHandlers,
	generationHandlers,
	organiseHandlers,
	presetHandlers,
	tagHandlers,
	trashHandlers,
} from './conversation.ts';
import { type DataContext, dataHandlers } from './database.ts';
import { datasetHandlers } from './dataset.ts';
import { runDoctor } from './doctor.ts';
import { type DocumentHandlersContext, documentHandlers } from './documents.ts';
import { evaluationHandlers, judgeHandlers } from './evaluation.ts';
import { feedbackHandlers } from './feedback.ts';
import type { Implementer } from './implementer.ts';
import { importExportHandlers } from './import-export.ts';
import { jobHandlers } from './jobs.ts';
import { quantizeHandlers } from './library.ts';
import { type MemoryHandlersContext, memoryHandlers } from './memory.ts';
import { promptHandlers } from './prompt.ts';
import { searchHandlers } from './search.ts';
import { type ServerHandlersContext, serverHandlers } from './server.ts';
import { type SettingContext, settingHandlers } from './settings.ts';
import { summaryHandlers } from './summaries.ts';
import { type SystemContext, systemHandlers } from './system.ts';
import { toolHandlers } from './tools.ts';
import { trainingHandlers } from './training.ts';
import { updateHandlers } from './updates.ts';
import { writingHandlers } from './writing.ts';

/** Handlers for the calls that a library answers; `open-models.ts` creates them. */
export type ModelHandlers = Pick<Parameters<Implementer['router']>[0], 'models' | 'hub' | 'downloads'>;

export interface RouterContext {
	readonly conversation: ConversationContext;
	readonly feedback: FeedbackContext;
	readonly reader: Reader;
	readonly trash: TrashRetention;
	readonly search: SearchContext;
	readonly importExport: ImportExport;
	readonly comparisons: Comparisons;
	readonly datasets: Datasets;
	readonly evaluations: Evaluations;
	readonly trainings: Trainings;
	readonly prompts: PromptTrashContext;
	readonly judges: JudgeCheckContext;
	readonly jobs: Jobs;
	readonly settings: SettingContext;
	readonly system: SystemContext;
	readonly activity: ActivityContext;
	readonly data: DataContext;
	readonly models: ModelHandlers;
	readonly quantizer: Quantizer;
	readonly adapters: Adapters;
	readonly conversion: AdapterConversion;
	readonly sweeps: Sweeps;
	readonly tools: Tools;
	readonly updates: Updates;
	readonly server: ServerHandlersContext;
	readonly summaries: ConversationSummaries;
	readonly writing: WritingContext;
	readonly pageTrash: PageTrash;
	readonly documents: DocumentHandlersContext;
	readonly memory: MemoryHandlersContext;
}

/** Implements every call of the contract. */
export function createRouter(os: Implementer, context: RouterContext) {
	return os.router({
		system: systemHandlers(os, context.system),
		activity: activityHandlers(os, context.activity),
		...context.models,
		tools: toolHandlers(os, context.tools),
		updates: updateHandlers(os, context.updates),
		making: quantizeHandlers(os, context.quantizer),
		adapters: adapterHandlers(os, context),
		sweeps: sweepHandlers(os, context.sweeps),
		conversations: conversationHandlers(os, context.conversation, context.reader),
		organise: organiseHandlers(os, context.conversation, context.reader),
		folders: folderHandlers(os, context.conversation),
		tags: tagHandlers(os, context.conversation),
		trash: trashHandlers(os, context.trash),
		drafts: draftHandlers(os, context.conversation),
		summaries: summaryHandlers(os, context.summaries),
		search: searchHandlers(os, context.search),
		generations: generationHandlers(os, context.conversation),
		writing: writingHandlers(os, context.writing, context.pageTrash),
		memory: memoryHandlers(os, context.memory),
		feedback: feedbackHandlers(os, context.feedback, context.reader),
		attachments: attachmentHandlers(os, context.conversation),
		presets: presetHandlers(os, context.conversation),
		exchange: importExportHandlers(os, context.importExport),
		jobs: jobHandlers(os, context.jobs),
		comparisons: comparisonHandlers(os, context.comparisons),
		datasets: datasetHandlers(os, context.datasets),
		...documentHandlers(os, context.documents),
		evaluations: evaluationHandlers(os, context.evaluations),
		training: trainingHandlers(os, context.trainings),
		prompts: promptHandlers(os, context.prompts),
		judges: judgeHandlers(os, context.judges),
		server: serverHandlers(os, context.server, {
			...context.feedback,
			reader: context.reader,
			datasets: context.datasets,
		}),
		settings: settingHandlers(os, context.settings),
		...dataHandlers(os, context.data, () => runDoctor(context.system)),
	});
}

export type Router = ReturnType<typeof createRouter>;
