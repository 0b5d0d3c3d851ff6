import { idsInFolder } from '../context/memory/store.ts';
import { continueAnswer } from '../conversation/answer/continue-answer.ts';
import { decideCall, followAnswer, stopAnswer } from '../conversation/answer/follow-answer.ts';
import { startTemporaryAnswer } from '../conversation/answer/start-temporary-answer.ts';
import { addAttachment, replaceAttachmentText } from '../conversation/attachment/add-attachment.ts';
import { readAttachmentFile } from '../conversation/attachment/read-file.ts';
import { branchConversation, versionsOf } from '../conversation/branch-conversation.ts';
import type { ConversationContext } from '../conversation/context.ts';
import { assertMessageFits, countPromptTokens } from '../conversation/count-tokens.ts';
import { listDrafts, setDraft } from '../conversation/drafts.ts';
import {
	changeModel,
	changeSystemPrompt,
	earlierMessages,
	nextPrompt,
	openConversation,
	renameConversation,
	restoreConversation,
	selectBranch,
	trashConversation,
} from '../conversation/edit-conversation.ts';
import { keepTemporaryConversation } from '../conversation/keep-temporary.ts';
import {
	addPreset,
	applyPreset,
	changePreset,
	removePreset,
	setAdapters,
	setDocuments,
	setMemory,
	setMessagePrompt,
	setOptions,
	setOverflow,
} from '../conversation/options.ts';
import { createFolder, placeFolder, removeFolder, renameFolder } from '../conversation/organise/folders.ts';
import { fetchOverview } from '../conversation/organise/folders-and-tags-overview.ts';
import {
	archiveConversations,
	moveConversations,
	pinConversations,
} from '../conversation/organise/pin-archive-move.ts';
import { removeTag, renameTag, tagConversations } from '../conversation/organise/tags.ts';
import { restoreConversations, trashConversations } from '../conversation/organise/trash.ts';
import type { TrashRetention } from '../conversation/organise/trash-retention.ts';
import { regenerate, sendMessage } from '../conversation/send-message.ts';
import { findSource, readSentPrompt, replayAnswer } from '../conversation/sent-prompt.ts';
import { attachedText, removeWaitingAttachment, waitingAttachments } from '../conversation/store/attachments.ts';
import { listConversations, listTagged } from '../conversation/store/list-conversations.ts';
import type { Reader } from '../database/reader.ts';
import { listPresets } from '../settings/presets.ts';
import type { Implementer } from './implementer.ts';

export function conversationHandlers(os: Implementer, context: ConversationContext, reader: Reader) {
	const { conversations } = os;
	return {
		list: conversations.list.handler(async ({ input: { tagId, ...page }, signal }) => ({
			conversations: [
				...(tagId === undefined
					? listConversations(context.database, page)
					: await listTagged(reader, { ...page, tagId }, signal)),
			],
		})),
		get: conversations.get.handler(({ input }) => openConversation(context, input.id, input.limit)),
		earlier: conversations.earlier.handler(({ input }) => ({
			messages: earlierMessages(context, input.before, input.limit),
		})),
		rename: conversations.rename.handler(({ input }) => renameConversation(context, input.id, input.title)),
		setSystemPrompt: conversations.setSystemPrompt.handler(({ input }) =>
			changeSystemPrompt(context, input.id, input.systemPrompt),
		),
		setModel: conversations.setModel.handler(({ input }) => changeModel(context, input.id, input.modelFileId)),
		remove: conversations.remove.handler(({ input }) => trashConversation(context, input.id)),
		restore: conversations.restore.handler(({ input }) => restoreConversation(context, input.id)),
		selectBranch: conversations.selectBranch.handler(({ input }) =>
			selectBranch(context, input.id, input.messageId, input.limit),
		),
		...branchHandlers(os, context),
		...countTokensHandlers(os, context),
		...optionHandlers(os, context),
		send: conversations.send.handler(async ({ input }) => {
			await assertMessageFits(context, input);
			return sendMessage(context, input);
		}),
		regenerate: conversations.regenerate.handler(({ input }) => regenerate(context, input)),
		sentPrompt: conversations.sentPrompt.handler(({ input, signal }) => readSentPrompt(context, input, signal)),
		replay: conversations.replay.handler(({ input }) => replayAnswer(context, input.messageId)),
		source: conversations.source.handler(async ({ input }) => ({ source: await findSource(context.database, input) })),
		prompt: conversations.prompt.handler(({ input, signal }) => nextPrompt(context, input.id, signal)),
	};
}

export function generationHandlers(os: Implementer, context: ConversationContext) {
	const { generations } = os;
	return {
		startTemporary: generations.startTemporary.handler(async ({ input }) => {
			await assertMessageFits(context, input);
			return { id: startTemporaryAnswer(context, input) };
		}),
		// A plain function that returns the stream, so that an unknown id fails the call and not the first read.
		subscribe: generations.subscribe.handler(({ input, signal }) => followAnswer(context, input.id, signal)),
		decide: generations.decide.handler(({ input: { id, callId, decision } }) => ({
			decided: decideCall(context, id, callId, decision),
		})),
		stop: generations.stop.handler(async ({ input }) => ({ stopped: await stopAnswer(context, input.id) })),
	};
}

export function attachmentHandlers(os: Implementer, context: ConversationContext) {
	const { attachments } = os;
	const { database } = context;
	return {
		add: attachments.add.handler(({ input, signal }) =>
			addAttachment(context, input.conversationId, input.file, { signal, encoding: input.encoding }),
		),
		read: attachments.read.handler(({ input, signal }) =>
			readAttachmentFile(input.file, { signal, encoding: input.encoding, pool: context.readingPool }),
		),
		waiting: attachments.waiting.handler(({ input }) => ({
			attachments: [...waitingAttachments(database, input.conversationId)],
		})),
		remove: attachments.remove.handler(({ input }) => ({ removed: removeWaitingAttachment(database, input.id) })),
		setText: attachments.setText.handler(({ input: { id, ...text } }) => replaceAttachmentText(context, id, text)),
		text: attachments.text.handler(({ input }) => attachedText(database, input.id)),
	};
}

/** Some of the `conversations` calls. */
function countTokensHandlers(os: Implementer, context: ConversationContext) {
	return {
		measure: os.conversations.measure.handler(({ input, signal }) => countPromptTokens(context, input, signal)),
	};
}

/** Some of the `conversations` calls. */
function branchHandlers(os: Implementer, context: ConversationContext) {
	const { conversations } = os;
	return {
		keep: conversations.keep.handler(({ input }) => keepTemporaryConversation(context, input)),
		branch: conversations.branch.handler(({ input }) => branchConversation(context, input.messageId)),
		continue: conversations.continue.handler(({ input }) => continueAnswer(context, input.messageId)),
		versions: conversations.versions.handler(({ input }) => ({
			messages: [...versionsOf(context, input.messageId)],
		})),
	};
}

export function organiseHandlers(os: Implementer, context: ConversationContext, reader: Reader) {
	const { organise } = os;
	return {
		overview: organise.overview.handler(({ signal }) => fetchOverview(reader, signal)),
		pin: organise.pin.handler(({ input }) => ({ changed: pinConversations(context, input.ids, input.pinned) })),
		archive: organise.archive.handler(({ input }) => ({
			changed: archiveConversations(context, input.ids, input.archived),
		})),
		move: organise.move.handler(({ input }) => ({ changed: moveConversations(context, input.ids, input.folderId) })),
		tag: organise.tag.handler(({ input }) => ({ changed: tagConversations(context, input.ids, input) })),
		remove: organise.remove.handler(async ({ input }) => ({ changed: await trashConversations(context, input.ids) })),
		restore: organise.restore.handler(({ input }) => ({ changed: restoreConversations(context, input.ids) })),
	};
}

export function folderHandlers(os: Implementer, context: ConversationContext) {
	const { folders } = os;
	return {
		create: folders.create.handler(({ input }) => createFolder(context, input.name)),
		rename: folders.rename.handler(({ input }) => renameFolder(context, input.id, input.name)),
		place: folders.place.handler(({ input }) => placeFolder(context, input.id, input.beforeId)),
		remove: folders.remove.handler(({ input: { id } }) => {
			const factIds = idsInFolder(context.database, id);
			const conversationIds = [...removeFolder(context, id)];
			if (factIds.length > 0) context.events.publish({ type: 'memory-changed' });
			return { conversationIds, factIds };
		}),
	};
}

export function tagHandlers(os: Implementer, context: ConversationContext) {
	const { tags } = os;
	return {
		rename: tags.rename.handler(({ input }) => renameTag(context, input.id, input.name)),
		remove: tags.remove.handler(({ input }) => ({ conversationIds: [...removeTag(context, input.id)] })),
	};
}

export function trashHandlers(os: Implementer, retention: TrashRetention) {
	const { trash } = os;
	return {
		list: trash.list.handler(({ input }) => ({ conversations: [...retention.list(input)] })),
		preview: trash.preview.handler(({ signal }) => retention.preview(signal)),
		empty: trash.empty.handler(({ input }) => retention.empty(input.ids ?? null, { backups: input.backups })),
	};
}

export function draftHandlers(os: Implementer, context: ConversationContext) {
	const { drafts } = os;
	return {
		list: drafts.list.handler(() => ({ drafts: [...listDrafts(context.database)] })),
		set: drafts.set.handler(({ input }) => ({ kept: setDraft(context, input.conversationId, input.text) })),
	};
}

export function presetHandlers(os: Implementer, context: ConversationContext) {
	const { presets } = os;
	return {
		list: presets.list.handler(() => ({ presets: [...listPresets(context.database)] })),
		create: presets.create.handler(({ input }) => addPreset(context, input)),
		update: presets.update.handler(({ input: { id, ...preset } }) => changePreset(context, id, preset)),
		remove: presets.remove.handler(({ input }) => ({ conversations: removePreset(context, input.id) })),
	};
}

/** Some of the `conversations` calls. */
function optionHandlers(os: Implementer, context: ConversationContext) {
	const { conversations } = os;
	return {
		setOptions: conversations.setOptions.handler(({ input: { id, ...choices } }) => setOptions(context, id, choices)),
		setPrompt: conversations.setPrompt.handler(({ input }) => setMessagePrompt(context, input.id, input.prompt)),
		setDocuments: conversations.setDocuments.handler(({ input }) => setDocuments(context, input.id, input.documents)),
		setOverflow: conversations.setOverflow.handler(({ input }) => setOverflow(context, input.id, input.overflow)),
		setMemory: conversations.setMemory.handler(({ input }) => setMemory(context, input.id, input.memory)),
		setAdapters: conversations.setAdapters.handler(({ input }) => setAdapters(context, input.id, input.adapters)),
		applyPreset: conversations.applyPreset.handler(({ input }) => applyPreset(context, input.id, input.presetId)),
	};
}
