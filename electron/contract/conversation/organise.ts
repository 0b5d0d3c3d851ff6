import { z } from 'zod';
import { byId, call } from '../call.ts';
import { conversationSchema } from '../conversation.ts';

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

const byIds = z.object({ ids: z.array(z.int()).min(1).max(maxAtOnce) });

/** How many were not as they were asked to be. */
const changed = z.object({ changed: z.int() });

/** Each of these takes several conversations at once; ids that are not there are passed over. */
export const organiseCalls = {
	overview: call.output(organisationSchema),
	pin: call.input(byIds.extend({ pinned: z.boolean() })).output(changed),
	archive: call.input(byIds.extend({ archived: z.boolean() })).output(changed),
	/** null: out of its folder. */
	move: call.input(byIds.extend({ folderId: z.int().nullable() })).output(changed),
	/** Tags by their names: new ones are made, those that nothing carries any more go. */
	tag: call
		.input(
			byIds.extend({ add: z.array(nameSchema).max(50).default([]), remove: z.array(nameSchema).max(50).default([]) }),
		)
		.output(changed),
	/** Moves them to the trash; answers being written are stopped and kept first. */
	remove: call.input(byIds).output(changed),
	/** Takes them out of the trash. */
	restore: call.input(byIds).output(changed),
};

export const folderCalls = {
	create: call.input(z.object({ name: nameSchema })).output(folderSchema),
	rename: call.input(byId.extend({ name: nameSchema })).output(folderSchema),
	/** Moves it in the order, to before the folder `beforeId`; null: to the end. */
	place: call.input(byId.extend({ beforeId: z.int().nullable() })).output(organisationSchema),
	/** Its conversations stay; their ids are what an undo needs. */
	remove: call.input(byId).output(z.object({ conversationIds: z.array(z.int()) })),
};

export const tagCalls = {
	rename: call.input(byId.extend({ name: nameSchema })).output(tagSchema),
	/** Takes it off everything that carries it. */
	remove: call.input(byId).output(z.object({ conversationIds: z.array(z.int()) })),
};

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

export const trashCalls = {
	/** Deleted last comes first; `before` is `deletedAt` and id of the last one seen. */
	list: call
		.input(
			z.object({
				limit: z.int().min(1).max(500).default(50),
				before: z.object({ deletedAt: z.int(), id: z.int() }).optional(),
			}),
		)
		.output(z.object({ conversations: z.array(trashedSchema) })),
	/** What emptying would delete, and how long backups keep it then. */
	preview: call.output(trashPreviewSchema),
	/**
	 * Deletes for good: everything in the trash, or only `ids` of it. When it answers the text is in no table, no index
	 * and no log any more; with `backups` a fresh backup has taken the place of all others, too.
	 */
	empty: call
		.input(z.object({ ids: z.array(z.int()).min(1).max(maxAtOnce).optional(), backups: z.boolean().default(false) }))
		.output(z.object({ conversations: z.int(), messages: z.int(), backupsRemoved: z.int() })),
};

export type Folder = z.infer<typeof folderSchema>;
export type Tag = z.infer<typeof tagSchema>;
export type Organisation = z.infer<typeof organisationSchema>;
export type Trashed = z.infer<typeof trashedSchema>;
export type TrashPreview = z.infer<typeof trashPreviewSchema>;
