import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { generationResultSchema, turnSchema } from '../../../models/contract/generation.ts';
import { gpuLayersSchema, gpuSchema } from '../../../models/contract/gpu.ts';
import { samplingChoicesSchema, samplingSchema } from '../../../models/contract/sampling.ts';
import { adapterUsesSchema, usedAdapterSchema } from '../adapters/schema.ts';
import { answerFormatSchema } from '../answer-format.ts';
import { techniqueSchema } from '../evaluation/technique.ts';
import { promptContentSchema, promptSampleSchema, promptVersionIdSchema } from '../prompt/schema.ts';
import { maxAttachmentCharacters, maxAttachments } from './attachment-limits.ts';
import { contextKindSchema, documentChoiceSchema, documentUseSchema, ledgerSchema, leftOutSchema } from './ledger.ts';
import { overflowPolicySchema, overflowUseSchema } from './overflow.ts';
import { answerRoundSchema } from './steps.ts';

/** An attached text file as the page lists it; the text is fetched separately. */
export const attachmentSchema = z.object({
	id: z.int(),
	/** File name without the folder. */
	name: z.string(),
	/** 'text/markdown', 'application/pdf', …; 'text/plain' for text of unknown type. */
	mediaType: z.string(),
	/** Size of the file, not of its text. */
	sizeBytes: z.int(),
	/** Length of its text in characters. */
	characters: z.int(),
	/** Pages of a PDF; null for other files. */
	pages: z.int().nullable(),
	createdAt: z.int(),
});

/** An attachment that is not stored, with its text. */
export const attachedTextSchema = attachmentSchema
	.pick({ name: true, mediaType: true, sizeBytes: true, pages: true })
	.extend({ text: z.string().max(maxAttachmentCharacters) });

/** One turn of a temporary conversation. */
const temporaryTurnSchema = turnSchema.extend({
	role: z.enum(['user', 'assistant']),
	attachments: z.array(attachedTextSchema).max(maxAttachments).optional(),
	/** Of an answer that called tools. */
	rounds: z.array(answerRoundSchema).optional(),
});

export type Attachment = z.infer<typeof attachmentSchema>;
export type AttachedText = z.infer<typeof attachedTextSchema>;

/** Tokens. null defers to the next level, and finally to what fits in memory. */
export const contextSizeChoiceSchema = z.int().min(128).max(16_777_216).nullable();

/**
 * A prompt that is applied to each message, with the technique and the examples that it was measured with. It is a copy:
 * it stays as it is when its prompt or dataset changes.
 */
export const messagePromptSchema = promptContentSchema.pick({ template: true, example: true }).extend({
	/** The prompt's name, and its version's id and number. */
	name: z.string().min(1).max(200),
	number: z.int(),
	versionId: promptVersionIdSchema,
	technique: techniqueSchema,
	examples: z.array(promptSampleSchema).max(64).default([]),
});

/** Options for the answers of one conversation, apart from its system prompt and model. */
export const answerOptionsSchema = z.object({
	presetId: z.int().nullable(),
	sampling: samplingChoicesSchema,
	contextSize: contextSizeChoiceSchema,
	answerFormat: answerFormatSchema,
	/** Omitted: that of the preset, for a conversation that starts; none, for a stored one. null: none. */
	prompt: messagePromptSchema.nullable().optional(),
	/** Collections and documents that answers may use; omitted: none. */
	documents: z.array(documentChoiceSchema).max(100).optional(),
	/** Whether answers use facts about the person; omitted: not in temporary conversations, yes in others. */
	memory: z.boolean().optional(),
	/**
	 * LoRA adapters on the model, where they fit it. Omitted: those of the preset, for a conversation that starts; those of
	 * the model's load settings, for a stored one.
	 */
	adapters: adapterUsesSchema.optional(),
	/** What happens once the context is full. Omitted: what the preset says, else the settings. */
	overflow: overflowPolicySchema.optional(),
});

/**
 * Named answer options. Its numbers apply unless the conversation has its own. Its system prompt and its prompt for
 * messages are copied. With such a prompt, an empty system prompt means none.
 */
export const presetSchema = z.object({
	id: z.int(),
	name: z.string(),
	systemPrompt: z.string(),
	sampling: samplingChoicesSchema,
	contextSize: contextSizeChoiceSchema,
	prompt: messagePromptSchema.optional(),
	adapters: adapterUsesSchema.optional(),
	overflow: overflowPolicySchema.optional(),
	createdAt: z.int(),
	updatedAt: z.int(),
});

export const presetInputSchema = z.object({
	name: z.string().trim().min(1).max(80),
	systemPrompt: z.string().max(1_000_000).default(''),
	sampling: samplingChoicesSchema.default({}),
	contextSize: contextSizeChoiceSchema.default(null),
	prompt: messagePromptSchema.optional(),
	adapters: adapterUsesSchema.optional(),
	overflow: overflowPolicySchema.optional(),
});

/** The message up to which a conversation was copied from another one. */
const originSchema = z.object({ conversationId: z.int(), messageId: z.int(), title: z.string() });

export type SamplingChoices = z.infer<typeof samplingChoicesSchema>;
export type MessagePrompt = z.infer<typeof messagePromptSchema>;
export type AnswerOptions = z.infer<typeof answerOptionsSchema>;
export type Preset = z.infer<typeof presetSchema>;
export type PresetInput = z.infer<typeof presetInputSchema>;

export const messageStatusSchema = z.enum(['streaming', 'complete', 'stopped', 'interrupted', 'failed']);

/** Record of how an answer was generated: enough to reproduce it. */
export const generationSchema = generationResultSchema.omit({ tokenIds: true, stopReason: true }).extend({
	id: z.int(),
	modelFileId: z.int().nullable(),
	modelName: z.string(),
	quantization: z.string(),
	engineBuild: z.string(),
	sampling: samplingSchema,
	contextSize: z.int(),
	/** null while the answer is running, or if it was cut off. */
	stopReason: generationResultSchema.shape.stopReason.nullable(),
	tokensPerSecond: z.number().nullable(),
	promptTokensPerSecond: z.number().nullable(),
	/** LoRA adapters that were on the model; absent: none. */
	adapters: z.array(usedAdapterSchema).optional(),
});

export const messageSchema = z.object({
	id: z.int(),
	conversationId: z.int(),
	parentId: z.int().nullable(),
	role: z.enum(['user', 'assistant']),
	status: messageStatusSchema,
	content: z.string(),
	/** Rounds that ended with calls of tools; omitted if there are none. */
	rounds: z.array(answerRoundSchema).optional(),
	/** Text inside the model's thinking tags; null if there was none. */
	reasoning: z.string().nullable(),
	reasoningMs: z.number().nullable(),
	createdAt: z.int(),
	completedAt: z.int().nullable(),
	failure: failureSchema.nullable(),
	generation: generationSchema.nullable(),
	/** The answer that this one continues; this text begins with that answer's text. */
	continuesId: z.int().nullable(),
	/** Imported answers only: the model that wrote it, as the other program names it. */
	importedModel: z.string().optional(),
	/** Ids of all messages with the same parent, oldest first, and this message's position among them. */
	siblings: z.array(z.int()),
	/** Text files sent with the message; the prompt places them before its own text. */
	attachments: z.array(attachmentSchema),
	/** Answers only: what the prompt consisted of. Absent while it is written, and for answers of older versions. */
	ledger: ledgerSchema.optional(),
});

export const conversationSchema = z.object({
	id: z.int(),
	title: z.string(),
	/** A better automatic title may replace an 'automatic' one; a 'user' title is never replaced. */
	titleSource: z.enum(['automatic', 'user']),
	systemPrompt: z.string(),
	modelFileId: z.int().nullable(),
	createdAt: z.int(),
	updatedAt: z.int(),
	deletedAt: z.int().nullable(),
	/** null: not pinned. */
	pinnedAt: z.int().nullable(),
	/** null: not archived. */
	archivedAt: z.int().nullable(),
	folderId: z.int().nullable(),
	tagIds: z.array(z.int()),
	/** Id of the answer being generated, if any. */
	generatingMessageId: z.int().nullable(),
});

/** Selects a page of conversations. Newest first; pinned ones by the time they were pinned. */
export const listInputSchema = z.object({
	limit: z.int().min(1).max(500).default(50),
	/** `updatedAt` (`pinnedAt` for pinned ones) and id of the last conversation received. */
	before: z.object({ updatedAt: z.int(), id: z.int() }).optional(),
	/** 'all': all but archived ones. 'loose': those of 'all' that are neither pinned nor in a folder. */
	place: z.enum(['all', 'loose', 'pinned', 'archived']).default('all'),
	folderId: z.int().optional(),
	/** Includes archived conversations. */
	tagId: z.int().optional(),
});

/** A conversation with the messages of its current branch, first to last. */
export const threadSchema = z.object({
	conversation: conversationSchema,
	options: answerOptionsSchema,
	/** Origin of a branched conversation; null if it was not branched or the origin is gone. */
	origin: originSchema.nullable(),
	messages: z.array(messageSchema),
});

export const sendInputSchema = z.object({
	/** null starts a new conversation. */
	conversationId: z.int().nullable(),
	/** Parent of the new message. undefined: the end of the current branch; null: the start. */
	parentId: z.int().nullable().optional(),
	/** May be empty if something is attached. */
	text: z.string().max(4_000_000),
	/** Attachments of the draft become part of the message; those of an earlier message are copied. */
	attachmentIds: z.array(z.int()).max(maxAttachments).optional(),
	/** Additional attachments that are not stored yet. */
	attachments: z.array(attachedTextSchema).max(maxAttachments).optional(),
	modelFileId: z.int().nullable().optional(),
	/** More models that answer the same message, one after the other; their answers are siblings. */
	alsoModelFileIds: z.array(z.int()).max(7).optional(),
	systemPrompt: z.string().optional(),
	/** Answer options for the conversation that this message starts; the default preset if omitted. */
	options: answerOptionsSchema.optional(),
	/** Applies to this answer only and overrides all other choices. */
	sampling: samplingChoicesSchema.optional(),
	contextSize: z.int().min(128).optional(),
	threads: z.int().min(1).optional(),
	/** GPU and number of layers on it; overrides the model's own load settings. */
	gpu: gpuSchema.optional(),
	gpuLayers: gpuLayersSchema.optional(),
	/** Ids of the tools that the conversation uses from now on; omitted: as before. */
	tools: z.array(z.int()).max(1_000).optional(),
});

/** A conversation that is never stored: the caller sends all of it each time. */
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
		/** A random name of the conversation: what a person allows in it holds for its next answers, and no others. */
		chat: z.string().min(1).max(100).optional(),
	});

/** A temporary conversation to store: all of its branches, parents before their children. */
export const keepInputSchema = sendInputSchema
	.pick({ modelFileId: true, systemPrompt: true, options: true, tools: true })
	.extend({
		/** Its name, as in `temporaryInputSchema`: what the person allowed in it then holds in the stored conversation. */
		chat: z.string().min(1).max(100).optional(),
		messages: z
			.array(
				messageSchema
					.pick({
						id: true,
						parentId: true,
						role: true,
						content: true,
						rounds: true,
						reasoning: true,
						reasoningMs: true,
						createdAt: true,
						completedAt: true,
						failure: true,
						generation: true,
					})
					.extend({
						status: messageStatusSchema.exclude(['streaming']),
						attachments: z.array(attachedTextSchema).max(maxAttachments),
					}),
			)
			.min(1)
			.max(10_000),
		/** The last message of the branch that is shown. */
		headId: z.int(),
	});

const generationIdsSchema = z.object({
	conversationId: z.int(),
	userMessageId: z.int().nullable(),
	messageId: z.int(),
	/** Id to subscribe to; remains valid when the page reloads. */
	generationId: z.int(),
});

/** A newly started answer, with everything that a page needs to show it below its parent. */
export const generationStartSchema = generationIdsSchema.extend({
	conversation: conversationSchema,
	options: answerOptionsSchema,
	/** The stored messages, parents first: the user's message if it is new, then all answers to it. */
	messages: z.array(messageSchema),
});

/**
 * Update that a subscriber of a generation receives. `sequence` counts batches from 1; a snapshot carries the number of
 * the last batch in it.
 */
export const generationUpdateSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('snapshot'), sequence: z.int(), message: messageSchema }),
	z.object({
		type: z.literal('loading'),
		modelName: z.string(),
		/** A loading stage ('starting', 'weights', …), or 'queued' while the model writes other answers first. */
		stage: z.string(),
		fraction: z.number().nullable(),
	}),
	z.object({ type: z.literal('prompt'), processed: z.int(), total: z.int(), cached: z.int(), droppedTurns: z.int() }),
	z.object({
		type: z.literal('tokens'),
		sequence: z.int(),
		/** Text to append to the content. */
		text: z.string(),
		/** Text to append to the reasoning; omitted if this batch has none. */
		reasoning: z.string().optional(),
		/** Tokens generated so far in this answer. */
		completionTokens: z.int(),
		tokensPerSecond: z.number().nullable(),
		ttftMs: z.number(),
	}),
	/** A round began, or one of its steps went on; replaces the round with this index. */
	z.object({ type: z.literal('round'), index: z.int(), round: answerRoundSchema }),
	z.object({ type: z.literal('end'), message: messageSchema }),
]);

export type Message = z.infer<typeof messageSchema>;
export type MessageStatus = z.infer<typeof messageStatusSchema>;
export type Generation = z.infer<typeof generationSchema>;
export type Conversation = z.infer<typeof conversationSchema>;
export type ListInput = z.infer<typeof listInputSchema>;
export type Thread = z.infer<typeof threadSchema>;
export type TemporaryInput = z.infer<typeof temporaryInputSchema>;
export type KeepInput = z.infer<typeof keepInputSchema>;
export type SendInput = z.infer<typeof sendInputSchema>;
export type GenerationIds = z.infer<typeof generationIdsSchema>;
export type GenerationStart = z.infer<typeof generationStartSchema>;
export type GenerationUpdate = z.infer<typeof generationUpdateSchema>;

/** Name of a folder or tag: one line, unique regardless of case. */
export const nameSchema = z.string().trim().min(1).max(80);

export const folderSchema = z.object({
	id: z.int(),
	name: z.string(),
	/** Number of its conversations that are neither archived nor in the trash. */
	conversations: z.int(),
});

export const tagSchema = z.object({
	id: z.int(),
	name: z.string(),
	/** Number of conversations with this tag, without those in the trash. */
	conversations: z.int(),
});

/** Folders, tags and the other places of conversations, with their counts. */
export const organisationSchema = z.object({
	/** In the user's order. */
	folders: z.array(folderSchema),
	/** Sorted by name. */
	tags: z.array(tagSchema),
	archived: z.int(),
	inTrash: z.int(),
});

/** Most conversations per call, because one call changes all of them in one transaction. */
export const maxAtOnce = 1_000;

export const trashedSchema = conversationSchema.extend({
	messages: z.int(),
	/** Time of permanent deletion; null: only by hand. */
	goneAt: z.int().nullable(),
});

export const trashPreviewSchema = z.object({
	conversations: z.int(),
	messages: z.int(),
	/** Number of existing backups: they may contain what is in the trash. */
	backups: z.int(),
	/** Latest time at which the last of them is removed if the trash is emptied now. */
	backupsGoneAt: z.int(),
});

export type Folder = z.infer<typeof folderSchema>;
export type Tag = z.infer<typeof tagSchema>;
export type Organisation = z.infer<typeof organisationSchema>;
export type Trashed = z.infer<typeof trashedSchema>;
export type TrashPreview = z.infer<typeof trashPreviewSchema>;

/** Context that the next message would use, counted before it is sent. All numbers are tokens. */
export const promptTokensSchema = z.object({
	/** false: the model is not loaded, and all numbers are estimated from the length of the texts. */
	exact: z.boolean(),
	contextSize: z.int(),
	/** Reserved for the answer; the prompt may fill the rest. */
	answerRoom: z.int(),
	system: z.int(),
	/** Earlier messages, including those that would be dropped. */
	history: z.int(),
	/** Attachments of this message. */
	attachments: z.int(),
	/** The message's own text. */
	draft: z.int(),
	/** Examples, and what the prompt that is applied to the message adds to it; absent without such a prompt. */
	prompt: z.int().optional(),
	/** What is added to the conversation's own texts, also what was sent with earlier messages; absent if there is none. */
	context: z.array(z.object({ kind: contextKindSchema, tokens: z.int() })).optional(),
	/** What was not added, and why. */
	leftOut: z.array(leftOutSchema).optional(),
	/** How the conversation's documents would be used; absent if there are none. */
	documentUse: documentUseSchema.optional(),
	/** Documents and passages that would be sent with this message. */
	documents: z
		.array(z.object({ title: z.string(), documentId: z.int().nullable(), whole: z.boolean(), tokens: z.int() }))
		.optional(),
	/** Tokens that the model's chat template adds. */
	template: z.int(),
	/** Sum of the above: the prompt if nothing were dropped. */
	total: z.int(),
	/** The prompt as it would be sent. */
	sent: z.int(),
	/** Ids of messages that would be dropped because the context is too small, oldest first. */
	dropped: z.array(z.int()),
	/** What would become of the oldest messages; absent: all of them would be sent. */
	overflow: overflowUseSchema.optional(),
	/** Tokens by which even the last message alone exceeds the context; 0 if it fits. */
	excess: z.int(),
	attachmentTokens: z.array(z.object({ id: z.int(), tokens: z.int() })),
});

export const countTokensInputSchema = z.object({
	/** null: a conversation without messages yet. */
	conversationId: z.int().nullable(),
	/** Parent of the message, as in `send`. */
	parentId: z.int().nullable().optional(),
	text: z.string().max(4_000_000),
	attachmentIds: z.array(z.int()).max(maxAttachments).default([]),
	/** Additional attachments that are not stored; `id` is returned with their tokens. */
	attachments: z
		.array(attachedTextSchema.extend({ id: z.int() }))
		.max(maxAttachments)
		.default([]),
	/** Earlier turns of a temporary conversation; `dropped` holds their indices from 0. */
	before: z.array(temporaryTurnSchema).max(10_000).optional(),
	modelFileId: z.int().nullable().optional(),
	systemPrompt: z.string().optional(),
	/** Options of a conversation without messages yet. */
	options: answerOptionsSchema.optional(),
	contextSize: z.int().min(128).optional(),
	/** Ids of the tools that are offered; omitted: those that the conversation uses. */
	tools: z.array(z.int()).max(1_000).optional(),
});

export type PromptTokens = z.infer<typeof promptTokensSchema>;
export type CountTokensInput = z.infer<typeof countTokensInputSchema>;
/** The same input before parsing, as a client sends it. */
export type CountTokensRequest = z.input<typeof countTokensInputSchema>;

/** Text that is typed but not sent yet. */
export const draftSchema = z.object({
	/** null: the draft of a conversation without messages yet. */
	conversationId: z.int().nullable(),
	text: z.string().max(4_000_000),
	updatedAt: z.int(),
});

export type Draft = z.infer<typeof draftSchema>;
