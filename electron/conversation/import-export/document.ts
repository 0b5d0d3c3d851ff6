import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { samplingSchema } from '../../../models/contract/sampling.ts';
import { generationSchema, messageStatusSchema } from '../../contract/conversation/schema.ts';

/** How an exported answer was made. Ids of this computer's rows stay here; names travel. */
export const exportedGenerationSchema = generationSchema.omit({ id: true, modelFileId: true }).extend({
	sampling: samplingSchema,
});

const exportedAttachmentSchema = z.object({
	name: z.string(),
	mediaType: z.string(),
	sizeBytes: z.int(),
	pages: z.int().nullable(),
	/** What the model was given of it. */
	text: z.string(),
});

const exportedMessageSchema = z.object({
	/** Counts from 1 within the document. */
	id: z.int().min(1),
	/** An earlier message of the same conversation; null: a first message. */
	parentId: z.int().min(1).nullable(),
	/** The earlier message whose text this one begins with. */
	continuesId: z.int().min(1).nullable().default(null),
	role: z.enum(['user', 'assistant']),
	status: messageStatusSchema.exclude(['streaming']),
	content: z.string(),
	reasoning: z.string().nullable(),
	reasoningMs: z.number().nullable(),
	createdAt: z.int(),
	completedAt: z.int().nullable(),
	failure: failureSchema.nullable(),
	/** The model that wrote it, in the words of the program that it was first imported from. */
	importedModel: z.string().nullable().default(null),
	generation: exportedGenerationSchema.nullable(),
	attachments: z.array(exportedAttachmentSchema).default([]),
});

export const exportedConversationSchema = z.object({
	title: z.string().min(1),
	titleSource: z.enum(['automatic', 'user']),
	systemPrompt: z.string(),
	createdAt: z.int(),
	updatedAt: z.int(),
	pinnedAt: z.int().nullable().default(null),
	archivedAt: z.int().nullable().default(null),
	folder: z.string().nullable().default(null),
	tags: z.array(z.string()).default([]),
	/** Another program that it first came from, and what it is called there. */
	importedFrom: z.string().max(100).nullable().default(null),
	importedKey: z.string().max(1000).nullable().default(null),
	/** Last message of the current branch. */
	headId: z.int().min(1).nullable(),
	/** Every branch; parents before children. */
	messages: z.array(exportedMessageSchema),
});

/** Raised by one when an older Assay could no longer read it. */
export const documentVersion = 1;

/** Outside of an exported file. Its conversations are checked one by one, so that one bad one spoils no others. */
export const documentSchema = z.object({
	format: z.literal('assay-conversations'),
	version: z.literal(documentVersion),
	conversations: z.array(z.unknown()),
});

export type ExportedConversation = z.infer<typeof exportedConversationSchema>;
