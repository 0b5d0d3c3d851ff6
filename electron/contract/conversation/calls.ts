import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { renderedPromptSchema } from '../../../models/contract/generation.ts';
import { samplingChoicesSchema } from '../../../models/contract/sampling.ts';
import { adapterUsesSchema } from '../adapters/schema.ts';
import { answerFormatSchema } from '../answer-format.ts';
import { byId, call } from '../call.ts';
import { textEncodingSchema } from '../text-encoding.ts';
import { documentChoiceSchema, sentPromptSchema, sentSourceSchema } from './ledger.ts';
import { maxSummaryCharacters, overflowPolicySchema, summariesSchema } from './overflow.ts';
import {
	answerOptionsSchema,
	attachedTextSchema,
	attachmentSchema,
	contextSizeChoiceSchema,
	conversationSchema,
	countTokensInputSchema,
	draftSchema,
	folderSchema,
	generationStartSchema,
	generationUpdateSchema,
	keepInputSchema,
	listInputSchema,
	maxAtOnce,
	messagePromptSchema,
	messageSchema,
	nameSchema,
	organisationSchema,
	presetInputSchema,
	presetSchema,
	promptTokensSchema,
	sendInputSchema,
	tagSchema,
	temporaryInputSchema,
	threadSchema,
	trashedSchema,
	trashPreviewSchema,
} from './schema.ts';
import { callDecisionSchema } from './steps.ts';

const byMessage = z.object({ messageId: z.int() });

const changedOptionsSchema = z.object({ conversation: conversationSchema, options: answerOptionsSchema });

/** Messages in one reply. */
const messageLimitSchema = z.int().min(1).max(1_000);

export const conversationCalls = {
	list: call.input(listInputSchema).output(z.object({ conversations: z.array(conversationSchema) })),
	/** With `limit`, only the last messages of the branch; `earlier` returns those before them. */
	get: call.input(byId.extend({ limit: messageLimitSchema.optional() })).output(threadSchema),
	/** The messages before one of a branch, first to last; none before the first. Fails with `message-unknown`. */
	earlier: call
		.input(z.object({ before: z.int(), limit: messageLimitSchema.default(500) }))
		.output(z.object({ messages: z.array(messageSchema) })),
	rename: call.input(byId.extend({ title: z.string().min(1).max(500) })).output(conversationSchema),
	setSystemPrompt: call.input(byId.extend({ systemPrompt: z.string().max(1_000_000) })).output(conversationSchema),
	setModel: call.input(byId.extend({ modelFileId: z.int() })).output(conversationSchema),
	/** Moves the conversation to the trash. */
	remove: call.input(byId).output(conversationSchema),
	restore: call.input(byId).output(conversationSchema),
	/** Makes `messageId` and its descendants the current branch. */
	selectBranch: call
		.input(byId.extend({ messageId: z.int(), limit: messageLimitSchema.optional() }))
		.output(threadSchema),
	send: call.input(sendInputSchema).output(generationStartSchema),
	/** Stores a temporary conversation with all of its branches, as a conversation like others. */
	keep: call.input(keepInputSchema).output(conversationSchema),
	/** Starts a new conversation as a copy of the branch up to this message. The original is unchanged. */
	branch: call.input(byMessage).output(conversationSchema),
	/** Starts a sibling of this answer that begins with its text and continues it. */
	continue: call.input(byMessage).output(generationStartSchema),
	/** Returns every message with the same parent, in full, oldest first. */
	versions: call.input(byMessage).output(z.object({ messages: z.array(messageSchema) })),
	/** Never loads a model. Fails like `send` if there is no model to count with. */
	measure: call.input(countTokensInputSchema).output(promptTokensSchema),
	/**
	 * Replaces the conversation's own choices; omitted ones come from its preset, then from the settings. Fails with
	 * `schema-invalid`, `schema-unsupported`.
	 */
	setOptions: call
		.input(
			byId.extend({
				sampling: samplingChoicesSchema,
				contextSize: contextSizeChoiceSchema,
				answerFormat: answerFormatSchema,
			}),
		)
		.output(changedOptionsSchema),
	/**
	 * Copies the preset's system prompt, if it has one, and drops the conversation's own choices. null removes the
	 * preset.
	 */
	applyPreset: call.input(byId.extend({ presetId: z.int().nullable() })).output(changedOptionsSchema),
	/** Replaces the prompt that is applied to each message; null: none. Fails with `prompt-not-for-chat`. */
	setPrompt: call.input(byId.extend({ prompt: messagePromptSchema.nullable() })).output(changedOptionsSchema),
	/** Replaces the collections and documents that answers may use; earlier answers keep what they were given. */
	setDocuments: call
		.input(byId.extend({ documents: z.array(documentChoiceSchema).max(100) }))
		.output(changedOptionsSchema),
	/** Sets whether answers use facts about the person, and messages propose some. */
	setMemory: call.input(byId.extend({ memory: z.boolean() })).output(changedOptionsSchema),
	/** Replaces the LoRA adapters of later answers; null: those of the model's load settings. Fails with `adapter-unknown`. */
	setAdapters: call.input(byId.extend({ adapters: adapterUsesSchema.nullable() })).output(changedOptionsSchema),
	/** Chooses what happens once the context is full; null: what the preset says, else the settings. */
	setOverflow: call.input(byId.extend({ overflow: overflowPolicySchema.nullable() })).output(changedOptionsSchema),
	/** Generates another answer next to `messageId`; the old one stays. */
	regenerate: call
		.input(z.object({ messageId: z.int(), modelFileId: z.int().optional() }))
		.output(generationStartSchema),
	/** The prompt of an answer. Loads its model only with `load`. Fails with `not-an-answer`. */
	sentPrompt: call.input(byMessage.extend({ load: z.boolean().default(false) })).output(sentPromptSchema),
	/** Answers again with the same prompt, context, parameters and seed: a sibling. Fails with `not-an-answer`. */
	replay: call.input(byMessage).output(generationStartSchema),
	/** The source that an answer names by this number, as it was sent. null: it was deleted. */
	source: call
		.input(byMessage.extend({ number: z.int().min(1) }))
		.output(z.object({ source: sentSourceSchema.nullable() })),
	/** Returns exactly what the model would receive next in this conversation. */
	prompt: call.input(byId).output(renderedPromptSchema),
};

export const generationCalls = {
	/**
	 * Answers without storing anything. The answer can be subscribed to and stopped by its id like any other, for a
	 * minute.
	 */
	startTemporary: call.input(temporaryInputSchema).output(byId),
	/** Sends a snapshot, then updates, then `end`. A reloaded page subscribes again. */
	subscribe: call.input(byId).output(eventIterator(generationUpdateSchema)),
	/** Answers the question about a call that waits for permission. false: it no longer waits. */
	decide: call
		.input(byId.extend({ callId: z.string(), decision: callDecisionSchema }))
		.output(z.object({ decided: z.boolean() })),
	/** Returns once the engine is idle again. */
	stop: call.input(byId).output(z.object({ stopped: z.boolean() })),
};

/** Versions of the summary of a conversation's beginning. Each call returns what is there afterwards. */
export const summaryCalls = {
	list: call.input(byId).output(summariesSchema),
	/** Stores a person's text as a new version, which is used from now on. Fails with `summary-unknown`. */
	edit: call
		.input(z.object({ summaryId: z.int(), text: z.string().trim().min(1).max(maxSummaryCharacters) }))
		.output(summariesSchema),
	/** Uses this version again instead of those made or written since. Fails with `summary-unknown`. */
	use: call.input(z.object({ summaryId: z.int() })).output(summariesSchema),
	/**
	 * Has a new version written from the messages themselves, now rather than in idle time; loads the model if necessary.
	 * Fails with `nothing-to-summarise`, `no-model`.
	 */
	make: call.input(byId).output(summariesSchema),
	/** Gives up the version that is being made. */
	cancel: call.input(byId).output(summariesSchema),
};

/** null: a conversation without messages yet. */
const byConversation = z.object({ conversationId: z.int().nullable() });

const readable = { file: z.file(), encoding: textEncodingSchema.optional() };

export const attachmentCalls = {
	/**
	 * Reads a text file or PDF and stores its text with the draft of that conversation. Fails with
	 * `text-encoding-unknown` for a text that is neither UTF-8 nor UTF-16; with `encoding` it is read as that.
	 */
	add: call.input(byConversation.extend(readable)).output(attachmentSchema),
	/** Reads a file without storing it. */
	read: call.input(z.object(readable)).output(attachedTextSchema),
	/** Attachments of a conversation's draft, in the order they were added. */
	waiting: call.input(byConversation).output(z.object({ attachments: z.array(attachmentSchema) })),
	/** Removes only unsent attachments; sent ones stay. */
	remove: call.input(byId).output(z.object({ removed: z.boolean() })),
	/** Replaces an unsent attachment by a part of it, such as some pages. Fails with `attachment-unknown` once sent. */
	setText: call
		.input(byId.extend(attachedTextSchema.pick({ name: true, pages: true, text: true }).shape))
		.output(attachmentSchema),
	/** The text, with page breaks (form feeds) where the file has pages. */
	text: call.input(byId).output(attachedTextSchema),
};

export const presetCalls = {
	/** Sorted by name. */
	list: call.output(z.object({ presets: z.array(presetSchema) })),
	/** Fails with `preset-name-taken`. */
	create: call.input(presetInputSchema).output(presetSchema),
	/** Replaces all fields. */
	update: call.input(byId.extend(presetInputSchema.shape)).output(presetSchema),
	/** Conversations that use the preset keep its numbers as their own; returns how many there are. */
	remove: call.input(byId).output(z.object({ conversations: z.int() })),
};

export const byIds = z.object({ ids: z.array(z.int()).min(1).max(maxAtOnce) });

/** Number of conversations that were not in the requested state before. */
export const changed = z.object({ changed: z.int() });

/** Each call takes several conversations and ignores unknown ids. */
export const organiseCalls = {
	overview: call.output(organisationSchema),
	pin: call.input(byIds.extend({ pinned: z.boolean() })).output(changed),
	archive: call.input(byIds.extend({ archived: z.boolean() })).output(changed),
	/** null: takes them out of their folder. */
	move: call.input(byIds.extend({ folderId: z.int().nullable() })).output(changed),
	/** Sets tags by name: creates new ones and deletes those that are no longer in use. */
	tag: call
		.input(
			byIds.extend({ add: z.array(nameSchema).max(50).default([]), remove: z.array(nameSchema).max(50).default([]) }),
		)
		.output(changed),
	/** Moves conversations to the trash. Answers being written are first stopped and stored. */
	remove: call.input(byIds).output(changed),
	/** Takes conversations out of the trash. */
	restore: call.input(byIds).output(changed),
};

export const folderCalls = {
	create: call.input(z.object({ name: nameSchema })).output(folderSchema),
	rename: call.input(byId.extend({ name: nameSchema })).output(folderSchema),
	/** Moves the folder before `beforeId`; null: to the end. */
	place: call.input(byId.extend({ beforeId: z.int().nullable() })).output(organisationSchema),
	/** Keeps the conversations, and the facts, which are used nowhere then. Undo needs the ids of both. */
	remove: call.input(byId).output(z.object({ conversationIds: z.array(z.int()), factIds: z.array(z.int()) })),
};

export const tagCalls = {
	rename: call.input(byId.extend({ name: nameSchema })).output(tagSchema),
	/** Removes the tag from every conversation. */
	remove: call.input(byId).output(z.object({ conversationIds: z.array(z.int()) })),
};

export const trashCalls = {
	/** Most recently deleted first; `before` is `deletedAt` and id of the last one received. */
	list: call
		.input(
			z.object({
				limit: z.int().min(1).max(500).default(50),
				before: z.object({ deletedAt: z.int(), id: z.int() }).optional(),
			}),
		)
		.output(z.object({ conversations: z.array(trashedSchema) })),
	/** Previews what emptying would delete and how long backups would keep it. */
	preview: call.output(trashPreviewSchema),
	/**
	 * Permanently deletes everything in the trash, or only `ids`. When it returns, the text is gone from every table,
	 * index and log; with `backups`, a fresh backup has also replaced all others.
	 */
	empty: call
		.input(z.object({ ids: z.array(z.int()).min(1).max(maxAtOnce).optional(), backups: z.boolean().default(false) }))
		.output(z.object({ conversations: z.int(), messages: z.int(), backupsRemoved: z.int() })),
};

export const draftCalls = {
	/** Returns all drafts. */
	list: call.output(z.object({ drafts: z.array(draftSchema) })),
	/** Returns once the draft is on disk. An empty text removes it. */
	set: call.input(draftSchema.omit({ updatedAt: true })).output(z.object({ kept: z.boolean() })),
};
