import { z } from 'zod';
import { saidSchema } from '../../../models/contract/said-schema.ts';

/** What the prompt of an answer consists of, in the order of the prompt. `prompt`: a prompt with its examples. */
export const ledgerKinds = [
	'template',
	'system',
	'prompt',
	'tools',
	'memory',
	'summary',
	'history',
	'documents',
	'message',
] as const;

export const ledgerKindSchema = z.enum(ledgerKinds);

/** What can be put into a prompt besides the conversation's own texts. */
export const contextKindSchema = ledgerKindSchema.extract(['system', 'tools', 'memory', 'summary', 'documents']);

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
});

export type LedgerKind = z.infer<typeof ledgerKindSchema>;
export type ContextKind = z.infer<typeof contextKindSchema>;
export type SourceReference = z.infer<typeof sourceReferenceSchema>;
export type LedgerPart = z.infer<typeof ledgerPartSchema>;
export type LeftOut = z.infer<typeof leftOutSchema>;
export type Ledger = z.infer<typeof ledgerSchema>;

/** A collection or one document that a conversation's answers may use. */
export const documentChoiceSchema = z.union([
	z.object({ collectionId: z.int() }).strict(),
	z.object({ documentId: z.int() }).strict(),
]);

export type DocumentChoice = z.infer<typeof documentChoiceSchema>;
