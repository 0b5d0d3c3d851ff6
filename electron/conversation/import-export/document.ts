import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { samplingSchema } from '../../../models/contract/sampling.ts';
import { ledgerSchema, leftOutSchema, sourceReferenceSchema } from '../../contract/conversation/ledger.ts';
import { maxSummaryCharacters, overflowUseSchema, summarySchema } from '../../contract/conversation/overflow.ts';
import { generationSchema, messageStatusSchema } from '../../contract/conversation/schema.ts';
import { answerRoundSchema } from '../../contract/conversation/steps.ts';

/** Milliseconds since 1970, within what a Date can hold. */
const timeSchema = z.int().min(-8.64e15).max(8.64e15);

/** How an exported answer was generated: names of models are exported, ids of local rows are not. */
export const exportedGenerationSchema = generationSchema.omit({ id: true, modelFileId: true }).extend({
	sampling: samplingSchema,
});

const exportedAttachmentSchema = z.object({
	name: z.string(),
	mediaType: z.string(),
	sizeBytes: z.int(),
	pages: z.int().nullable(),
	/** The text that the model was given. */
	text: z.string(),
});

/** What the prompt of an answer consisted of. Documents are named; ids of local rows are not exported. */
const exportedLedgerSchema = ledgerSchema.omit({ overflow: true }).extend({
	leftOut: z.array(leftOutSchema.omit({ said: true })),
	sources: z.array(sourceReferenceSchema.omit({ documentId: true, messageId: true })),
	/** What became of the oldest messages; absent: all of them were sent. Ids are those of this document. */
	overflow: overflowUseSchema
		.pick({ policy: true, leftOut: true })
		.extend({
			firstSentId: z.int().min(1).nullable().optional(),
			summary: overflowUseSchema.shape.summary.unwrap().omit({ id: true }).optional(),
		})
		.optional(),
});

const exportedMessageSchema = z.object({
	/** Counts from 1 within the document. */
	id: z.int().min(1),
	/** Id of an earlier message in the conversation; null: a first message. */
	parentId: z.int().min(1).nullable(),
	/** Id of the earlier message that this one continues; its text begins with that one's. */
	continuesId: z.int().min(1).nullable().default(null),
	role: z.enum(['user', 'assistant']),
	status: messageStatusSchema.exclude(['streaming']),
	content: z.string(),
	/** Calls of tools in an answer, with their results. */
	rounds: z.array(answerRoundSchema).optional(),
	reasoning: z.string().nullable(),
	reasoningMs: z.number().nullable(),
	createdAt: timeSchema,
	completedAt: timeSchema.nullable(),
	failure: failureSchema.nullable(),
	/** The model that wrote it, as named by the program it was first imported from. */
	importedModel: z.string().nullable().default(null),
	generation: exportedGenerationSchema.nullable(),
	ledger: exportedLedgerSchema.optional(),
	attachments: z.array(exportedAttachmentSchema).default([]),
});

const exportedSummarySchema = summarySchema.pick({ writtenBy: true, modelName: true }).extend({
	/** Version, from 1. */
	number: z.int().min(1).max(1_000_000),
	text: z.string().max(maxSummaryCharacters),
	/** The last message that it covers; it holds for every branch with this message. */
	untilId: z.int().min(1),
	/** Number of messages that it covers. */
	messages: z.int().min(1),
	createdAt: timeSchema,
	/** A person wrote or chose it: it is used from the next answer on. */
	atOnce: z.boolean(),
	/** Whether it stands for the beginning of the current branch. */
	active: z.boolean(),
});

export const exportedConversationSchema = z.object({
	title: z.string().min(1),
	titleSource: z.enum(['automatic', 'user']),
	systemPrompt: z.string(),
	createdAt: timeSchema,
	updatedAt: timeSchema,
	pinnedAt: timeSchema.nullable().default(null),
	archivedAt: timeSchema.nullable().default(null),
	folder: z.string().nullable().default(null),
	tags: z.array(z.string()).default([]),
	/** The program that it was first imported from, and its id there. */
	importedFrom: z.string().max(100).nullable().default(null),
	importedKey: z.string().max(1000).nullable().default(null),
	/** Last message of the current branch. */
	headId: z.int().min(1).nullable(),
	/** All branches; parents precede their children. */
	messages: z.array(exportedMessageSchema),
	/** Versions of summaries. Of those that hold for a branch, the last one is used. */
	summaries: z.array(exportedSummarySchema).optional(),
});

/** Incremented when older versions of Assay can no longer read the document. */
export const documentVersion = 1;

/**
 * Envelope of an exported file. Its conversations are validated one by one, so that a bad one does not affect the
 * others.
 */
export const documentSchema = z.object({
	format: z.literal('assay-conversations'),
	version: z.literal(documentVersion),
	conversations: z.array(z.unknown()),
});

export type ExportedConversation = z.infer<typeof exportedConversationSchema>;
