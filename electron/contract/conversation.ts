import { z } from 'zod';
import { failureSchema } from '../../models/contract/failure.ts';
import { generationResultSchema } from '../../models/contract/generation.ts';
import { gpuLayersSchema, gpuSchema } from '../../models/contract/gpu.ts';
import { samplingSchema } from '../../models/contract/sampling.ts';
import { attachedTextSchema, attachmentSchema, temporaryTurnSchema } from './conversation/attachment.ts';
import { maxAttachments } from './conversation/attachment-limits.ts';
import { answerOptionsSchema, originSchema } from './conversation/options.ts';

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
