import { Split } from 'lucide-react';
import { useStore } from 'zustand';
import type { Attachment, Message } from '../../electron/contract/conversation/schema.ts';
import type { SearchHit } from '../../electron/contract/search/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { chooseModel } from '../library/library-store.ts';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';
import { findAttachmentPlace } from './composer/attachment-store.ts';
import { shownDraftKey, toDraftKey } from './composer/draft-store.ts';
import type { EditedFile } from './composer/token-count-store.ts';
import { chosenModelId, shownConversationId } from './thread/thread-state.ts';

/** Focuses the message field; returns false if there is none on the screen. */
export function focusComposer(): boolean {
	const composer = document.querySelector<HTMLElement>('[data-composer]');
	composer?.focus();
	return composer !== null;
}

export function openNewConversation({ layout }: Services): void {
	layout.go({ section: 'chat', conversationId: null });
	requestAnimationFrame(focusComposer);
}

/** Opens a conversation that is never stored and disappears when the user leaves it. */
export function openTemporaryConversation({ layout }: Services): void {
	layout.go({ section: 'chat', conversationId: null, temporary: true });
	requestAnimationFrame(focusComposer);
}

/** Stores the temporary conversation on the screen and continues there, with what was typed but not sent. */
export async function keepTemporaryConversation(services: Services): Promise<void> {
	const { attachments, drafts, layout, thread, toasts } = services;
	await runOrToast(services, async () => {
		const draft = drafts.state.getState()[shownDraftKey(thread.state.getState())] ?? '';
		const kept = await thread.keep();
		if (kept === null) return;
		if (draft !== '') {
			drafts.set(toDraftKey(kept.id), draft);
			drafts.set(shownDraftKey(thread.state.getState()), '');
		}
		const waiting = attachments.ready('temporary').flatMap(({ id }) => attachments.ownText(id) ?? []);
		void attachments.add(
			kept.id,
			waiting.map(({ name, text }) => new File([text], name)),
		);
		layout.go({ section: 'chat', conversationId: kept.id });
		requestAnimationFrame(focusComposer);
		toasts.show({ text: t('Conversation saved') });
	});
}

/** Opens a new conversation that starts as a copy up to this message. */
export async function branchConversation(services: Services, messageId: number): Promise<void> {
	await runOrToast(services, async () => {
		const { id } = await services.thread.branch(messageId);
		services.layout.go({ section: 'chat', conversationId: id });
		services.toasts.show({ text: t('Branched into a new conversation'), icon: Split });
	});
}

/**
 * Sends a text to the conversation on the screen and opens the new conversation if there was none. Returns the id of the
 * one that it opened, or null if there was one; undefined: it was not accepted.
 */
export async function sendText(
	services: Services,
	text: string,
	attachments: readonly Attachment[] = [],
): Promise<number | null | undefined> {
	if (!(await services.thread.send({ text, attachments }))) return undefined;
	const { route } = services.layout.state.getState();
	const id = shownConversationId(services.thread.state.getState());
	if (route.section !== 'chat' || route.conversationId !== null || id === null) return null;
	services.layout.go({ section: 'chat', conversationId: id });
	// Results of an earlier search would hide the new conversation.
	services.search.type('');
	return id;
}

/** Returns the draft that the composer shows. */
export function shownDraft({ drafts, thread }: Pick<Services, 'drafts' | 'thread'>): string {
	return drafts.state.getState()[shownDraftKey(thread.state.getState())] ?? '';
}

/**
 * Sends the draft of the conversation on the screen with its attachments; keeps both if sending fails. `text` is the draft
 * when the person pressed Enter: anything typed after that becomes the next draft.
 */
export async function sendDraft(services: Services, text = shownDraft(services)): Promise<void> {
	const { attachments, drafts, thread } = services;
	const state = thread.state.getState();
	const place = findAttachmentPlace(state);
	if (place === null || attachments.isReading(place) || thread.outgoing.getState().status === 'sending') return;
	const key = shownDraftKey(state);
	const files = attachments.ready(place);
	if (text.trim() === '' && files.length === 0) return;
	const opened = await sendText(services, text, files);
	if (opened === undefined) return;
	attachments.clear(place, files);
	const now = drafts.state.getState()[key] ?? '';
	const typed = now.startsWith(text) ? now.slice(text.length) : now;
	if (opened === null) return drafts.set(key, typed);
	drafts.set(key, '');
	const next = toDraftKey(opened);
	if (typed !== '') drafts.set(next, `${typed}${drafts.state.getState()[next] ?? ''}`);
}

/** Sends an edited text and files next to the user's message as a new branch; the old one stays. */
export async function sendEdited(
	{ attachments, thread }: Services,
	{ parentId }: Message,
	{ text, files }: { readonly text: string; readonly files: readonly EditedFile[] },
): Promise<boolean> {
	const temporary = thread.state.getState().status === 'temporary';
	const kept = files.flatMap(({ attachment, part }) => {
		if (part === undefined) return attachment;
		return temporary ? attachments.keepOwn(part) : [];
	});
	const parts = temporary ? [] : files.flatMap(({ part }) => part ?? []);
	return thread.send({ text, parentId, attachments: kept, parts });
}

/** Shown until the library's first answer. */
export const modelsBeingRead = t('The model list is still loading');

/** Returns the reason why a message can't be sent now; null if it can. */
export function findBlockedReason(services: Pick<Services, 'models' | 'thread'>): string | null {
	const { models, status } = services.models.state.getState();
	const chosen = chosenModelId(services.thread.state.getState());
	if (status === 'loading') return modelsBeingRead;
	const model = chooseModel(models, chosen);
	if (model === undefined) return t('No model on this computer yet');
	if (model.problem !== null) return model.problem.message;
	if (!model.chat) return t('{name} has no chat template', { name: model.name });
	return null;
}

/** Returns the reason why a message can't be sent now; follows the models and the conversation on the screen. */
export function useBlockedReason(): string | null {
	const services = useServices();
	useStore(services.thread.state, () => findBlockedReason(services));
	return useStore(services.models.state, () => findBlockedReason(services));
}

/** Opens the conversation at this message, on whichever branch it is. */
export function openMessage(
	{ layout }: Pick<Services, 'layout'>,
	{ conversationId, messageId }: Pick<SearchHit, 'conversationId' | 'messageId'>,
): void {
	layout.set({ target: messageId });
	layout.go({ section: 'chat', conversationId });
}
