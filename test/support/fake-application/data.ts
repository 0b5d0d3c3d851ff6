import type { TrainingCheck, TrainingRun } from '../../../electron/contract/adaptation/schema.ts';
import type { Adapter } from '../../../electron/contract/adapters/schema.ts';
import type { SentSource } from '../../../electron/contract/conversation/ledger.ts';
import type { Summaries } from '../../../electron/contract/conversation/overflow.ts';
import type {
	AnswerOptions,
	Conversation,
	Message,
	Preset,
	Thread,
} from '../../../electron/contract/conversation/schema.ts';
import type { Backup } from '../../../electron/contract/database/schema.ts';
import type { FeedbackEntry, MessageFeedback } from '../../../electron/contract/feedback/schema.ts';
import type {
	CatalogueEntry,
	Download,
	HubFit,
	HubModel,
	HubRepository,
} from '../../../electron/contract/library/hub.ts';
import type { ModelFile, ModelState } from '../../../electron/contract/library/schema.ts';
import type { Fact } from '../../../electron/contract/memory/schema.ts';
import { defaultSettings } from '../../../electron/contract/settings/defaults.ts';
import type { Settings } from '../../../electron/contract/settings/schema.ts';
import type { Status } from '../../../electron/contract/system/schema.ts';
import type { UpdateStatus } from '../../../electron/contract/updates/schema.ts';
import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { buildConversation, buildMessage } from '../fixtures/conversation.ts';
import { type FakeActivity, fakeActivity } from './activity/handlers.ts';
import { type FakeComparisons, fakeComparisons } from './comparison-handlers.ts';
import type { FakeAttachment } from './composer-handlers.ts';
import { type FakeDatasets, fakeDatasets } from './dataset/data.ts';
import { emptyShelf, type FakeDocuments, type FakeShelf, fakeDocuments } from './document-handlers.ts';
import { type FakeEvaluations, fakeEvaluations } from './evaluation-handlers.ts';
import { type FakeExchange, fakeExchange } from './exchange-handlers.ts';
import { type FakeLibrary, fakeLibrary } from './library/data.ts';
import { type FakePrompts, fakePrompts } from './prompt/data.ts';
import { type FakeServer, fakeServer } from './server/handlers.ts';
import type { FakeSweeps } from './sweep/handlers.ts';
import { type FakeTools, fakeTools } from './tool-handlers.ts';
import { type FakeWriting, fakeWriting } from './writing-handlers.ts';

/** Everything the fake application holds; tests change it directly. */
export interface FakeData {
	conversations: Map<number, Conversation>;
	messages: Map<number, Message>;
	/** Last message of each conversation's current branch. */
	heads: Map<number, number>;
	/** Answer options by conversation; a missing one has none. */
	options: Map<number, AnswerOptions>;
	/** Origins of branched conversations. */
	origins: Map<number, NonNullable<Thread['origin']>>;
	presets: Preset[];
	models: ModelFile[];
	adapters: Adapter[];
	/** Newest first. */
	trainings: TrainingRun[];
	/** What the check of any config answers; null: that all is well. */
	trainingCheck: TrainingCheck | null;
	/** What a training was last exported for, and where to. */
	exportedTraining: { readonly format: string; readonly folder: string } | null;
	states: Map<number, ModelState>;
	library: FakeLibrary;
	sweeps: FakeSweeps;
	catalogue: CatalogueEntry[];
	downloads: Download[];
	/** Results of a search, or its failure. */
	hub: { models: HubModel[]; repositories: HubRepository[]; failure: FailureFacts | null };
	settings: Settings;
	exchange: FakeExchange;
	comparisons: FakeComparisons;
	datasets: FakeDatasets;
	prompts: FakePrompts;
	evaluations: FakeEvaluations;
	status: Status;
	activity: FakeActivity;
	server: FakeServer;
	tools: FakeTools;
	facts: Fact[];
	/** In the user's order. */
	folders: { id: number; name: string }[];
	tags: { id: number; name: string }[];
	/** By conversation; null for the new conversation. */
	drafts: Map<number | null, string>;
	summaries: Map<number, Summaries>;
	backups: Backup[];
	update: UpdateStatus;
	/** By message, with earlier feedback. */
	feedback: Map<number, MessageFeedback>;
	history: Map<number, FeedbackEntry[]>;
	attachments: Map<number, FakeAttachment>;
	shelf: FakeShelf;
	/** Sources of answers with their texts, by number; any answer may name them. */
	sources: Map<number, SentSource>;
	writing: FakeWriting;
	documents: FakeDocuments;
	/** The model list is answered once this settles. */
	modelsRead: Promise<void>;
	/** The list of conversations is answered once this settles. */
	conversationsRead: Promise<void>;
	/** A message is accepted once this settles. */
	accepting: Promise<void>;
	/** Files are read once this settles. */
	reading: Promise<void>;
}

export const minute = 60_000;

export function emptyData(): FakeData {
	return {
		conversations: new Map(),
		messages: new Map(),
		heads: new Map(),
		options: new Map(),
		origins: new Map(),
		presets: [],
		models: [],
		adapters: [],
		trainings: [],
		trainingCheck: null,
		exportedTraining: null,
		states: new Map(),
		library: fakeLibrary(),
		sweeps: { last: null, job: null },
		catalogue: [starterEntry(false)],
		downloads: [],
		hub: { models: [], repositories: [], failure: null },
		settings: defaultSettings,
		exchange: fakeExchange(),
		comparisons: fakeComparisons(),
		datasets: fakeDatasets(),
		prompts: fakePrompts(),
		evaluations: fakeEvaluations(),
		status: {
			engineBuild: 'node-llama-cpp 3.21.1 (llama.cpp v0.4.0)',
			networkBlocked: false,
			notice: null,
			interrupted: null,
		},
		activity: fakeActivity(),
		server: fakeServer(),
		tools: fakeTools(),
		facts: [],
		folders: [],
		tags: [],
		drafts: new Map(),
		summaries: new Map(),
		backups: [],
		update: {
			state: 'elsewhere',
			message:
				'Assay is running from its source code and doesn’t check for updates. To update, run git pull and npm ci in that folder.',
		},
		feedback: new Map(),
		history: new Map(),
		shelf: emptyShelf,
		sources: new Map(),
		attachments: new Map(),
		writing: fakeWriting(),
		documents: fakeDocuments(),
		modelsRead: Promise.resolve(),
		conversationsRead: Promise.resolve(),
		accepting: Promise.resolve(),
		reading: Promise.resolve(),
	};
}

/** Makes the fit badge of a model that is not downloaded: under 0.5 GB to spare is tight. */
export function fits(neededBytes: number): HubFit {
	const availableBytes = 6_900_000_000;
	const spare = availableBytes - neededBytes;
	return {
		verdict: spare < 0 ? 'wont-fit' : spare < 500_000_000 ? 'tight' : 'fits',
		neededBytes: Math.round(neededBytes),
		availableBytes,
		contextSize: 8192,
		basis: 'header',
	};
}

export function starterEntry(installed: boolean): CatalogueEntry {
	return {
		id: 'smollm2-135m-instruct-q4_1',
		name: 'SmolLM2 135M Instruct',
		description: 'A very small model for trying things out. Fast on any computer, often wrong about facts and sums.',
		license: 'Apache 2.0',
		parameters: 134_515_008,
		contextLength: 8192,
		repository: null,
		sizeExact: true,
		fit: fits(286_000_000),
		quantization: 'Q4_1',
		sizeBytes: 98_362_432,
		sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
		sources: ['huggingface.co', 'registry.example'],
		installed,
	};
}

let nextId = 1;

export function freshId(): number {
	nextId += 1;
	return nextId;
}

export function addConversation(data: FakeData, title: string, updatedAt: number): Conversation {
	const conversation = buildConversation(freshId(), { title, createdAt: updatedAt, updatedAt });
	data.conversations.set(conversation.id, conversation);
	return conversation;
}

/** Appends a message to the end of the current branch, or as a sibling if `parentId` is given. */
export function addMessage(data: FakeData, conversationId: number, changes: Partial<Message>): Message {
	const parentId = changes.parentId === undefined ? (data.heads.get(conversationId) ?? null) : changes.parentId;
	const message = buildMessage(freshId(), {
		conversationId,
		createdAt: Date.now(),
		completedAt: Date.now(),
		siblings: [],
		...changes,
		parentId,
	});
	data.messages.set(message.id, message);
	data.heads.set(conversationId, message.id);
	return message;
}

/** Makes facts of an answer as on the mock pages. */
export function generationFacts(
	changes: Partial<NonNullable<Message['generation']>> = {},
): NonNullable<Message['generation']> {
	return {
		id: freshId(),
		modelFileId: 1,
		modelName: 'SmolLM2 135M Instruct',
		quantization: 'Q4_1',
		engineBuild: 'node-llama-cpp 3.21.1 (llama.cpp v0.4.0)',
		sampling: { ...defaultSampling, seed: 7 },
		contextSize: 4096,
		stopReason: 'end',
		stopString: null,
		promptTokens: 2031,
		cachedTokens: 1904,
		completionTokens: 214,
		droppedTurns: 0,
		ttftMs: 92,
		promptMs: 80,
		generationMs: 3500,
		threads: 2,
		tokensPerSecond: 61,
		promptTokensPerSecond: 320,
		...changes,
	};
}
