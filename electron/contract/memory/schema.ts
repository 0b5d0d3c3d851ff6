import { z } from 'zod';

/** Longest fact. It is sent with every prompt, so it should be a sentence. */
export const maxFactCharacters = 1_000;

/**
 * `proposed`: waits for the person. `accepted`: used in answers. `superseded`: another fact took its place; `expired`: its
 * time is over; `rejected`: the person dismissed the proposal. Only accepted facts reach a prompt.
 */
export const factStateSchema = z.enum(['proposed', 'accepted', 'superseded', 'expired', 'rejected']);

/** About the person, for all conversations; or for the conversations of one folder. */
export const factScopeSchema = z.enum(['person', 'folder']);

/** One line, as the person put it. */
export const factTextSchema = z.string().trim().min(1).max(maxFactCharacters);

export const factSchema = z.object({
	id: z.int(),
	text: z.string(),
	scope: factScopeSchema,
	/** Only for `folder`; null there: the folder was removed, so the fact is used nowhere. */
	folderId: z.int().nullable(),
	state: factStateSchema,
	/** Who brought it up: written by the person, found by a rule, or chosen by a model. */
	origin: z.enum(['person', 'rule', 'model']),
	/** Where it was said; null: nowhere, or the message was deleted. */
	source: z.object({ messageId: z.int(), conversationId: z.int(), title: z.string(), quote: z.string() }).nullable(),
	/** The fact whose place it takes, or would take if it were accepted. */
	supersedes: z.object({ id: z.int(), text: z.string() }).nullable(),
	createdAt: z.int(),
	changedAt: z.int(),
	/** null: never. */
	expiresAt: z.int().nullable(),
	/** When it was forgotten, and when it is deleted for good; null: it wasn't; only by hand. */
	forgottenAt: z.int().nullable(),
	goneAt: z.int().nullable(),
});

export const factCountsSchema = z.record(factStateSchema, z.int());

export type Fact = z.infer<typeof factSchema>;
export type FactState = z.infer<typeof factStateSchema>;
export type FactScope = z.infer<typeof factScopeSchema>;
export type FactCounts = z.infer<typeof factCountsSchema>;
