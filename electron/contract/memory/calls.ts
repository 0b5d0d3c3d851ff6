import { z } from 'zod';
import { byId, call } from '../call.ts';
import { factCountsSchema, factSchema, factScopeSchema, factStateSchema, factTextSchema } from './schema.ts';

const byIds = z.object({ ids: z.array(z.int()).min(1).max(10_000) });
const changed = z.object({ changed: z.int() });
/** null: about the person. */
const folderIdSchema = z.int().nullable();
/** ms since 1970; null: never. */
const expiresAtSchema = z.int().min(0).nullable();

const listFactsSchema = z.object({
	states: z.array(factStateSchema).max(5).optional(),
	scope: factScopeSchema.optional(),
	/** Only facts for this folder. */
	folderId: z.int().optional(),
	/** Only facts that were said in this conversation. */
	conversationId: z.int().optional(),
	/** Part of the text, or words that all occur in it, also as parts of longer ones; in any case. */
	text: z.string().max(1_000).default(''),
	/** Those in the trash, in place of the others. */
	forgotten: z.boolean().default(false),
	limit: z.int().min(1).max(1_000).default(200),
	offset: z.int().min(0).default(0),
});

/** Facts that the person wants remembered. `memory-changed` follows each change. */
export const memoryCalls = {
	/** Proposals first, then by the last change, newest first. `total` counts all that match, `counts` all facts by state. */
	list: call.input(listFactsSchema.default({ text: '', forgotten: false, limit: 200, offset: 0 })).output(
		z.object({
			facts: z.array(factSchema),
			total: z.int(),
			counts: factCountsSchema,
			inTrash: z.int(),
		}),
	),
	/** Adds an accepted fact. Fails with `folder-unknown`, `fact-known`. */
	add: call
		.input(
			z.object({
				text: factTextSchema,
				folderId: folderIdSchema.default(null),
				expiresAt: expiresAtSchema.default(null),
			}),
		)
		.output(factSchema),
	/** Accepts proposals, also dismissed ones; a fact that one of them supersedes is no longer used. */
	accept: call.input(byIds).output(z.object({ facts: z.array(factSchema) })),
	/** Takes `accept` back: they are proposals again, and facts that they superseded by that are used again. */
	unaccept: call.input(byIds).output(changed),
	/**
	 * Changes a fact. An accepted fact with another text or scope becomes a new one, which supersedes it: the old one stays
	 * readable. Fails with `fact-unknown`, `fact-not-current`, `folder-unknown`, `fact-known`.
	 */
	edit: call
		.input(
			byId.extend({
				text: factTextSchema.optional(),
				folderId: folderIdSchema.optional(),
				expiresAt: expiresAtSchema.optional(),
			}),
		)
		.output(factSchema),
	/** Moves facts to a folder as they are: none supersedes another. Fails with `folder-unknown`. */
	move: call.input(byIds.extend({ folderId: z.int() })).output(changed),
	/** Dismisses proposals: the same is not proposed again. */
	reject: call.input(byIds).output(changed),
	/**
	 * Moves facts to the trash, together with the earlier ones that they superseded. They leave every prompt at once.
	 * Returns the ids of all, which `restore` takes.
	 */
	forget: call.input(byIds).output(z.object({ ids: z.array(z.int()) })),
	/** Takes facts out of the trash; dismissed ones become proposals again. */
	restore: call.input(byIds).output(changed),
	/**
	 * Permanently deletes the facts in the trash, or only `ids` of them. When it returns, nothing of them is left in the
	 * database, its log, its indexes, the ledgers of answers and saved states; with `backups`, a fresh backup has also
	 * replaced all others.
	 */
	emptyTrash: call
		.input(
			z
				.object({ ids: z.array(z.int()).min(1).max(10_000).optional(), backups: z.boolean().default(false) })
				.default({ backups: false }),
		)
		.output(z.object({ facts: z.int(), backupsRemoved: z.int() })),
};
