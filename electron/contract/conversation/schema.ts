import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { generationResultSchema, turnSchema } from '../../../models/contract/generation.ts';
import { gpuLayersSchema, gpuSchema } from '../../../models/contract/gpu.ts';
import { samplingSchema } from '../../../models/contract/sampling.ts';
import { maxAttachmentCharacters, maxAttachments } from './attachment-limits.ts';

/** What a page shows of an attached text file; its text is asked for. */
export const attachmentSchema = z.object({
	id: z.int(),
	/** Of the file, without a folder. */
	name: z.string(),
	/** 'text/markdown', 'application/pdf', …; of unknown text 'text/plain'. */
	mediaType: z.string(),
	/** Of the file, not of its text. */
	sizeBytes: z.int(),
	/** Characters of its text. */
	characters: z.int(),
	/** Of a PDF; null for everything else. */
	pages: z.int().nullable(),
	createdAt: z.int(),
});

/** An attachment that is stored nowhere, with its text. */
export const attachedTextSchema = attachmentSchema
	.pick({ name: true, mediaType: true, sizeBytes: true, pages: true })
	.extend({ text: z.string().max(maxAttachmentCharacters) });

/** One turn of a conversation that is stored nowhere. */
const temporaryTurnSchema = turnSchema.extend({
	role: z.enum(['user', 'assistant']),
	attachments: z.array(attachedTextSchema).max(maxAttachments).optional(),
});

export type Attachment = z.infer<typeof attachmentSchema>;
export type AttachedText = z.infer<typeof attachedTextSchema>;

/** Sampling as far as it was chosen. What is left out comes from the next in line: conversation, preset, settings. */
export const samplingChoicesSchema = samplingSchema.partial();

/** Tokens; null leaves it to the next in line, at last to what fits in memory. */
export const contextSizeChoiceSchema = z.int().min(128).max(16_777_216).nullable();

/** What answers are held to: any JSON, or a JSON Schema as its text; left out: anything. */
export const answerFormatSchema = z.string().min(1).max(200_000).optional();

/** How the answers of one conversation are made, beside its system prompt and its model. */
export const answerOptionsSchema = z.object({
	presetId: z.int().nullable(),
	sampling: samplingChoicesSchema,
	contextSize: contextSizeChoiceSchema,
	answerFormat: answerFormatSchema,
});

/** A named way to answer. Its numbers hold where a conversation has none of its own; its system prompt is copied. */
export const presetSchema = z.object({
	id: z.int(),
	name: z.string(),
	systemPrompt: z.string(),
	sampling: samplingChoicesSchema,
	contextSize: contextSizeChoiceSchema,
	createdAt: z.int(),
	updatedAt: z.int(),
});

export const presetInputSchema = z.object({
	name: z.string().trim().min(1).max(80),
	systemPrompt: z.string().max(1_000_000).default(''),
	sampling: samplingChoicesSchema.default({}),
	contextSize: contextSizeChoiceSchema.default(null),
});

/** The message of another conversation that a conversation began as a copy up to. */
const originSchema = z.object({ conversationId: z.int(), messageId: z.int(), title: z.string() });

export type SamplingChoices = z.infer<typeof samplingChoicesSchema>;
export type AnswerOptions = z.infer<typeof answerOptionsSchema>;
export type Preset = z.infer<typeof presetSchema>;
export type PresetInput = z.infer<typeof presetInputSchema>;

export const messageStatusSchema = z.enum(['streaming', 'complete', 'stopped', 'interrupted', 'failed']);

/** What is kept of how an answer was made: enough to make it again. */
export const generationSchema = generationResultSchema.omit({ tokenIds: true, stopReason: true }).extend({
	id: z.int(),
	modelFileId: z.int().nullable(),
	modelName: z.string(),
	quantization: z.string(),
	engineBuild: z.string(),
	sampling: samplingSchema,
	contextSize: z.int(),
	/** null while it runs or where it was cut off. */
	stopReason: generationResultSchema.shape.stopReason.nullable(),
	tokensPerSecond: z.number().nullable(),
	promptTokensPerSecond: z.number().nullable(),
});

export const messageSchema = z.object({
	id: z.int(),
	conversationId: z.int(),
	parentId: z.int().nullable(),
	role: z.enum(['user', 'assistant']),
	status: messageStatusSchema,
	content: z.string(),
	/** Text the model wrote inside its thinking tags; null where there was none. */
	reasoning: z.string().nullable(),
	reasoningMs: z.number().nullable(),
	createdAt: z.int(),
	completedAt: z.int().nullable(),
	failure: failureSchema.nullable(),
	generation: generationSchema.nullable(),
	/** The answer that this one goes on from; its text begins with that one's. */
	continuesId: z.int().nullable(),
	/** Of an answer that was imported: the model that wrote it, in the other program's words. */
	importedModel: z.string().optional(),
	/** Position among the messages that share its parent, and the ids of all of them, oldest first. */
	siblings: z.array(z.int()),
	/** Text files that were sent with it; in the prompt they stand before its own text. */
	attachments: z.array(attachmentSchema),
});

export const conversationSchema = z.object({
	id: z.int(),
	title: z.string(),
	/** 'automatic' titles may still be replaced by a better automatic one; a 'user' title never is. */
	titleSource: z.enum(['automatic', 'user']),
	systemPrompt: z.string(),
	modelFileId: z.int().nullable(),
	createdAt: z.int(),
	updatedAt: z.int(),
	deletedAt: z.int().nullable(),
	/** null: not pinned. */
	pinnedAt: z.int().nullable(),
	/** null: not in the archive. */
	archivedAt: z.int().nullable(),
	folderId: z.int().nullable(),
	tagIds: z.array(z.int()),
	/** Id of the answer being written, if any. */
	generatingMessageId: z.int().nullable(),
});

/** Which page of the conversations. Newest first, the pinned ones by when they were pinned. */
export const listInputSchema = z.object({
	limit: z.int().min(1).max(500).default(50),
	/** `updatedAt` (of a pinned one `pinnedAt`) and id of the last one seen. */
	before: z.object({ updatedAt: z.int(), id: z.int() }).optional(),
	/** 'all' but archived ones; 'loose': of these, neither pinned nor in a folder. */
	place: z.enum(['all', 'loose', 'pinned', 'archived']).default('all'),
	folderId: z.int().optional(),
	/** Archived ones, too. */
	tagId: z.int().optional(),
});

/** A conversation with the messages of its current branch, first to last. */
export const threadSchema = z.object({
	conversation: conversationSchema,
	options: answerOptionsSchema,
	/** Where it was branched from; null where it was not, or where that is gone. */
	origin: originSchema.nullable(),
	messages: z.array(messageSchema),
});

export const sendInputSchema = z.object({
	/** null starts a new conversation. */
	conversationId: z.int().nullable(),
	/** Message the new one answers; undefined: the end of the current branch; null: the start. */
	parentId: z.int().nullable().optional(),
	/** May be empty where something is attached. */
	text: z.string().max(4_000_000),
	/** Those that wait become part of the message; those of an earlier message are copied. */
	attachmentIds: z.array(z.int()).max(maxAttachments).optional(),
	/** Further ones, stored nowhere yet. */
	attachments: z.array(attachedTextSchema).max(maxAttachments).optional(),
	modelFileId: z.int().nullable().optional(),
	/** Further models that answer the same message, one after the other, each beside the others. */
	alsoModelFileIds: z.array(z.int()).max(7).optional(),
	systemPrompt: z.string().optional(),
	/** How the conversation that begins with this message is answered; left out: the default preset. */
	options: answerOptionsSchema.optional(),
	/** For this one answer, before all other choices. */
	sampling: samplingSchema.partial().optional(),
	contextSize: z.int().min(128).optional(),
	threads: z.int().min(1).optional(),
	/** What the model runs on, and its layers there, in place of its own settings. */
	gpu: gpuSchema.optional(),
	gpuLayers: gpuLayersSchema.optional(),
});

/** A conversation that is kept nowhere: the caller sends all of it each time. */
export const temporaryInputSchema = sendInputSchema
	.omit({
		conversationId: true,
		parentId: true,
		text: true,
		attachmentIds: true,
		attachments: true,
		alsoModelFileIds: true,
	})
	.extend({
		turns: z.array(temporaryTurnSchema).min(1).max(10_000),
	});

export const generationStartSchema = z.object({
	conversationId: z.int(),
	userMessageId: z.int().nullable(),
	messageId: z.int(),
	/** What to subscribe to; survives a reload of the page. */
	generationId: z.int(),
});

/** What a subscriber of a generation receives; `sequence` counts batches from 1, a snapshot carries the last one in it. */
export const generationUpdateSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('snapshot'), sequence: z.int(), message: messageSchema }),
	z.object({
		type: z.literal('loading'),
		modelName: z.string(),
		/** A stage of loading ('starting', 'weights', …), or 'queued': the model writes other answers first. */
		stage: z.string(),
		fraction: z.number().nullable(),
	}),
	z.object({ type: z.literal('prompt'), processed: z.int(), total: z.int(), cached: z.int(), droppedTurns: z.int() }),
	z.object({
		type: z.literal('tokens'),
		sequence: z.int(),
		/** To be appended to the content. */
		text: z.string(),
		/** To be appended to the reasoning; left out where this batch has none. */
		reasoning: z.string().optional(),
		/** Tokens generated so far in this answer. */
		completionTokens: z.int(),
		tokensPerSecond: z.number().nullable(),
		ttftMs: z.number(),
	}),
	z.object({ type: z.literal('end'), message: messageSchema }),
]);

export type Message = z.infer<typeof messageSchema>;
export type MessageStatus = z.infer<typeof messageStatusSchema>;
export type Generation = z.infer<typeof generationSchema>;
export type Conversation = z.infer<typeof conversationSchema>;
export type ListInput = z.infer<typeof listInputSchema>;
export type Thread = z.infer<typeof threadSchema>;
export type TemporaryInput = z.infer<typeof temporaryInputSchema>;
export type SendInput = z.infer<typeof sendInputSchema>;
export type GenerationStart = z.infer<typeof generationStartSchema>;
export type GenerationUpdate = z.infer<typeof generationUpdateSchema>;

/** Of a folder or a tag: one line; a name that differs only in case is the same. */
export const nameSchema = z.string().trim().min(1).max(80);

export const folderSchema = z.object({
	id: z.int(),
	name: z.string(),
	/** Conversations in it that are neither archived nor in the trash. */
	conversations: z.int(),
});

export const tagSchema = z.object({
	id: z.int(),
	name: z.string(),
	/** Conversations that carry it, without those in the trash. */
	conversations: z.int(),
});

/** What there is beside the conversations themselves, with how many are where. */
export const organisationSchema = z.object({
	/** In the order that people gave them. */
	folders: z.array(folderSchema),
	/** By name. */
	tags: z.array(tagSchema),
	archived: z.int(),
	inTrash: z.int(),
});

/** So many at a time: what is changed together is changed in one transaction. */
export const maxAtOnce = 1_000;

export const trashedSchema = conversationSchema.extend({
	messages: z.int(),
	/** When it is deleted for good; null: only by hand. */
	goneAt: z.int().nullable(),
});

export const trashPreviewSchema = z.object({
	conversations: z.int(),
	messages: z.int(),
	/** Backups made so far: they may hold what is in the trash. */
	backups: z.int(),
	/** When the last of them is removed at the latest, if the trash is emptied now. */
	backupsGoneAt: z.int(),
});

export type Folder = z.infer<typeof folderSchema>;
export type Tag = z.infer<typeof tagSchema>;
export type Organisation = z.infer<typeof organisationSchema>;
export type Trashed = z.infer<typeof trashedSchema>;
export type TrashPreview = z.infer<typeof trashPreviewSchema>;

/** What the next message would take of the context, counted before it is sent. All numbers are tokens. */
export const promptTokensSchema = z.object({
	/** false: the model is not loaded, and all numbers are estimates from the length of the texts. */
	exact: z.boolean(),
	contextSize: z.int(),
	/** Kept free for the answer; the prompt may fill the rest. */
	answerRoom: z.int(),
	system: z.int(),
	/** Messages before this one, those that would be left out included. */
	history: z.int(),
	/** Of this message. */
	attachments: z.int(),
	/** Its own text. */
	draft: z.int(),
	/** What the model's chat template writes around all of it. */
	template: z.int(),
	/** The sum: the prompt if nothing were left out. */
	total: z.int(),
	/** The prompt as it would be sent. */
	sent: z.int(),
	/** Messages that would be left out because the context is too small, by id, oldest first. */
	dropped: z.array(z.int()),
	/** By how much even the last message alone is too long; 0: it fits. */
	excess: z.int(),
	attachmentTokens: z.array(z.object({ id: z.int(), tokens: z.int() })),
});

export const countTokensInputSchema = z.object({
	/** null: a conversation that has not begun. */
	conversationId: z.int().nullable(),
	/** As in `send`: what the message stands after. */
	parentId: z.int().nullable().optional(),
	text: z.string().max(4_000_000),
	attachmentIds: z.array(z.int()).max(maxAttachments).default([]),
	/** Further ones, stored nowhere; `id` comes back with their tokens. */
	attachments: z
		.array(attachedTextSchema.extend({ id: z.int() }))
		.max(maxAttachments)
		.default([]),
	/** What was said before in a conversation that is stored nowhere; `dropped` counts in it from 0. */
	before: z.array(temporaryTurnSchema).max(10_000).optional(),
	modelFileId: z.int().nullable().optional(),
	systemPrompt: z.string().optional(),
	/** Of a conversation that has not begun. */
	options: answerOptionsSchema.optional(),
	contextSize: z.int().min(128).optional(),
});

export type PromptTokens = z.infer<typeof promptTokensSchema>;
export type CountTokensInput = z.infer<typeof countTokensInputSchema>;
/** The same as a client gives it. */
export type CountTokensRequest = z.input<typeof countTokensInputSchema>;

/** Text that is typed and not sent yet. */
export const draftSchema = z.object({
	/** null: of a conversation that has not begun. */
	conversationId: z.int().nullable(),
	text: z.string().max(4_000_000),
	updatedAt: z.int(),
});

export type Draft = z.infer<typeof draftSchema>;
