import { z } from 'zod';
import { byId, call } from '../call.ts';
import {
	answerFormatSchema,
	answerOptionsSchema,
	attachedTextSchema,
	attachmentSchema,
	contextSizeChoiceSchema,
	conversationSchema,
	countTokensInputSchema,
	draftSchema,
	folderSchema,
	generationStartSchema,
	maxAtOnce,
	messageSchema,
	nameSchema,
	organisationSchema,
	presetInputSchema,
	presetSchema,
	promptTokensSchema,
	samplingChoicesSchema,
	tagSchema,
	trashedSchema,
	trashPreviewSchema,
} from './schema.ts';

/** null: the conversation that has not begun. */
const byConversation = z.object({ conversationId: z.int().nullable() });

const file = z.file();

export const attachmentCalls = {
	/** Reads a text file or PDF, and keeps its text with what is being written in that conversation. */
	add: call.input(byConversation.extend({ file })).output(attachmentSchema),
	/** Reads one and keeps nothing. */
	read: call.input(z.object({ file })).output(attachedTextSchema),
	/** What waits to be sent in a conversation, in the order it was added. */
	waiting: call.input(byConversation).output(z.object({ attachments: z.array(attachmentSchema) })),
	/** Only while it waits: what was sent stays. */
	remove: call.input(byId).output(z.object({ removed: z.boolean() })),
	/** The text that the model is given. */
	text: call.input(byId).output(attachedTextSchema),
};

const byMessage = z.object({ messageId: z.int() });

/** Part of `conversations`. */
export const branchCalls = {
	/** A new conversation that begins as a copy of the branch up to this message. The old one stays as it is. */
	branch: call.input(byMessage).output(conversationSchema),
	/** A further answer beside this one that begins with its text and goes on. */
	continue: call.input(byMessage).output(generationStartSchema),
	/** Every message that shares its parent with this one, in full, oldest first. */
	versions: call.input(byMessage).output(z.object({ messages: z.array(messageSchema) })),
};

const changedOptionsSchema = z.object({ conversation: conversationSchema, options: answerOptionsSchema });

export const presetCalls = {
	/** By name. */
	list: call.output(z.object({ presets: z.array(presetSchema) })),
	/** Fails with `preset-name-taken`. */
	create: call.input(presetInputSchema).output(presetSchema),
	/** Replaces all of it. */
	update: call.input(byId.extend(presetInputSchema.shape)).output(presetSchema),
	/** Conversations that use it keep its numbers as their own; says how many. */
	remove: call.input(byId).output(z.object({ conversations: z.int() })),
};

/** Part of `conversations`. */
export const optionCalls = {
	/** Fails with `schema-invalid`, `schema-unsupported`. Replaces the conversation's own choices; what is left out comes from its preset, then from the settings. */
	setOptions: call
		.input(
			byId.extend({
				sampling: samplingChoicesSchema,
				contextSize: contextSizeChoiceSchema,
				answerFormat: answerFormatSchema,
			}),
		)
		.output(changedOptionsSchema),
	/** Copies the preset's system prompt, if it has one, and drops the conversation's own choices; null: no preset. */
	applyPreset: call.input(byId.extend({ presetId: z.int().nullable() })).output(changedOptionsSchema),
};

export const byIds = z.object({ ids: z.array(z.int()).min(1).max(maxAtOnce) });

/** How many were not as they were asked to be. */
export const changed = z.object({ changed: z.int() });

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

/** Part of `conversations`. */
export const countTokensCalls = {
	/** Never loads a model. Fails as `send` would where there is no model to count with. */
	measure: call.input(countTokensInputSchema).output(promptTokensSchema),
};

export const draftCalls = {
	/** Every draft there is. */
	list: call.output(z.object({ drafts: z.array(draftSchema) })),
	/** On the disk when it answers. An empty text is no draft. */
	set: call.input(draftSchema.omit({ updatedAt: true })).output(z.object({ kept: z.boolean() })),
};
