import { z } from 'zod';
import { turnSchema } from '../../../models/contract/generation.ts';
import { saidSchema } from '../../../models/contract/said-schema.ts';
import { overflowUseSchema } from './overflow.ts';

/**
 * What the prompt of an answer consists of, in the order of the prompt. `prompt`: a prompt with its examples. `past`:
 * passages of messages that are no longer sent.
 */
export const ledgerKinds = [
	'template',
	'system',
	'prompt',
	'tools',
	'memory',
	'summary',
	'history',
	'past',
	'documents',
	'message',
] as const;

export const ledgerKindSchema = z.enum(ledgerKinds);

/** What can be put into a prompt besides the conversation's own texts. */
export const contextKindSchema = ledgerKindSchema.extract([
	'system',
	'tools',
	'memory',
	'summary',
	'past',
	'documents',
]);

/** Where a piece of context comes from. */
export const sourceReferenceSchema = z.object({
	/** By which answers name it: [1]. Passages keep their number for the whole branch. */
	number: z.int(),
	/** Name of the document, or of what else it is. */
	title: z.string(),
	documentId: z.int().nullable(),
	/** The message that it was said in; null for documents. */
	messageId: z.int().nullable(),
	page: z.int().nullable(),
	/** Headings above it, outermost first. */
	heading: z.array(z.string()),
	/** Offsets in the document's text, in UTF-16 units; null if there is nothing to point into. */
	start: z.int().nullable(),
	end: z.int().nullable(),
	/** The whole document, not a passage of it. */
	whole: z.boolean(),
});

export const ledgerPartSchema = z.object({
	kind: ledgerKindSchema,
	tokens: z.int(),
	/** Of these, the tokens whose state was reused. */
	cached: z.int(),
	/** Time to find and build it, such as a search; 0 if there was nothing to find. */
	buildMs: z.number(),
	/** Its share of the time in which the model read the prompt. */
	readMs: z.number(),
});

export const leftOutSchema = z.object({
	kind: ledgerKindSchema,
	/** A document's name, or for example "12 messages". */
	title: z.string(),
	reason: z.string(),
	/** null if unknown. */
	tokens: z.int().nullable(),
	said: z.array(saidSchema).optional(),
});

/** What an answer's prompt consisted of, what that cost, and what was left out. */
export const ledgerSchema = z.object({
	/** Without those of no tokens and no time. */
	parts: z.array(ledgerPartSchema),
	leftOut: z.array(leftOutSchema),
	/** Sources that were sent for this answer; those sent for earlier answers of the branch are with them. */
	sources: z.array(sourceReferenceSchema),
	/** Numbers from 1 to this one name a source of this answer or of an earlier one. */
	knownSources: z.int(),
	/** Quotes in the answer that are in none of its sources: UTF-16 offsets in its text. */
	unfoundQuotes: z.array(z.object({ start: z.int(), end: z.int() })),
	/** What became of the oldest messages; absent: all of them were sent. */
	overflow: overflowUseSchema.optional(),
});

/** How an answer uses the documents of its conversation. */
export const documentUseSchema = z.object({
	/**
	 * `whole`: all of them, in full. `passages`: the best passages of them for the message. `sent`: they were sent in full
	 * with an earlier message. `none`: none of them can be used now.
	 */
	mode: z.enum(['whole', 'passages', 'sent', 'none']),
	/** Documents that can be used. */
	documents: z.int(),
	/** Those of them that are still being read. */
	waiting: z.int(),
	/** Nothing in them is about the message. */
	nothingRelevant: z.boolean(),
});

export type DocumentUse = z.infer<typeof documentUseSchema>;
export type LedgerKind = z.infer<typeof ledgerKindSchema>;
export type ContextKind = z.infer<typeof contextKindSchema>;
export type SourceReference = z.infer<typeof sourceReferenceSchema>;
export type LedgerPart = z.infer<typeof ledgerPartSchema>;
export type LeftOut = z.infer<typeof leftOutSchema>;
export type Ledger = z.infer<typeof ledgerSchema>;

/** The prompt of an answer. */
export const sentPromptSchema = z.object({
	/** Before the chat template. */
	turns: z.array(turnSchema.extend({ role: z.enum(['system', 'user', 'assistant', 'tool']) })),
	/** As the model reads it, with special tokens shown; null: its model isn't in memory. */
	rendered: z
		.object({
			text: z.string(),
			tokens: z.int(),
			/** Whether it has as many tokens as were sent; else the template or the context changed since. */
			same: z.boolean(),
		})
		.nullable(),
	/** Tokens that were sent. */
	tokens: z.int(),
});

export type SentPrompt = z.infer<typeof sentPromptSchema>;

/** A source of an answer, with its text as it was sent. */
export const sentSourceSchema = sourceReferenceSchema.extend({ text: z.string(), answerId: z.int() });

export type SentSource = z.infer<typeof sentSourceSchema>;

/** A collection or one document that a conversation's answers may use. */
export const documentChoiceSchema = z.union([
	z.object({ collectionId: z.int() }).strict(),
	z.object({ documentId: z.int() }).strict(),
]);

export type DocumentChoice = z.infer<typeof documentChoiceSchema>;
