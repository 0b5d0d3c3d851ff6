import { Split } from 'lucide-react';
import { useStore } from 'zustand';
import type { Attachment, Message } from '../../electron/contract/conversation/schema.ts';
import type { FeedbackItem } from '../../electron/contract/feedback/schema.ts';
import type { SearchHit } from '../../electron/contract/search/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { chooseModel } from '../library/library-store.ts';
import { type Services, useServices } from '../services.ts';
import { findAttachmentPlace } from './composer/attachment-store.ts';
import { shownDraftKey } from './composer/draft-store.ts';
import { chosenModelId, shownConversationId } from './thread/thread-state.ts';

/** Runs something that may fail and has no place of its own to say so. */
export async function runOrToast({ toasts }: Pick<Services, 'toasts'>, work: () => Promise<unknown>): Promise<void> {
	try {
		await work();
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Puts the focus where one writes; false where there is no such place on the screen. */
export function focusComposer(): boolean {
	const composer = document.querySelector<HTMLElement>('[data-composer]');
	composer?.focus();
	return composer !== null;
}

export function openNewConversation({ layout }: Services): void {
	layout.go({ section: 'chat', conversationId: null });
	requestAnimationFrame(focusComposer);
}

/** A conversation that is kept nowhere: gone when it is left. */
export function openTemporaryConversation({ layout }: Services): void {
	layout.go({ section: 'chat', conversationId: null, temporary: true });
	requestAnimationFrame(focusComposer);
}

/** Goes to a new conversation that begins as a copy up to this message. */
export async function branchConversation(services: Services, messageId: number): Promise<void> {
	await runOrToast(services, async () => {
		const { id } = await services.thread.branch(messageId);
		services.layout.go({ section: 'chat', conversationId: id });
		services.toasts.show({ text: 'Branched into a new conversation', icon: Split });
	});
}

/** Sends a text to the conversation on the screen, and goes to the new one if there was none. True when it was taken. */
export async function sendText(
	services: Services,
	text: string,
	attachments: readonly Attachment[] = [],
): Promise<boolean> {
	if (!(await services.thread.send({ text, attachments }))) return false;
	const { route } = services.layout.state.getState();
	const id = shownConversationId(services.thread.state.getState());
	if (route.section === 'chat' && route.conversationId === null && id !== null)
		services.layout.go({ section: 'chat', conversationId: id });
	return true;
}

/** Sends the draft of the conversation on the screen with what is attached; both are kept where sending fails. */
export async function sendDraft(services: Services): Promise<void> {
	const { attachments, drafts, thread } = services;
	const state = thread.state.getState();
	const place = findAttachmentPlace(state);
	if (place === null || attachments.isReading(place) || thread.outgoing.getState().status === 'sending') return;
	const key = shownDraftKey(state);
	const text = drafts.state.getState()[key] ?? '';
	const files = attachments.ready(place);
	if (text.trim() === '' && files.length === 0) return;
	if (!(await sendText(services, text, files))) return;
	attachments.clear(place, files);
	if (drafts.state.getState()[key] === text) drafts.set(key, '');
}

/** Sends a changed text beside an own message, with the same files: a new branch, the old one stays. */
export async function sendEdited(services: Services, message: Message, text: string): Promise<boolean> {
	return services.thread.send({ text, parentId: message.parentId, attachments: message.attachments });
}

/** Before the first answer of the library. */
export const modelsBeingRead = 'The model list is being read';

/** Why a message can't be sent now, in words for a person; null when it can. */
export function findBlockedReason(services: Pick<Services, 'models' | 'thread'>): string | null {
	const { models, status } = services.models.state.getState();
	const chosen = chosenModelId(services.thread.state.getState());
	if (status === 'loading') return modelsBeingRead;
	const model = chooseModel(models, chosen);
	if (model === undefined) return 'There is no model on this computer yet';
	if (model.problem !== null) return model.problem.message;
	if (!model.chat) return `${model.name} is a base model, not trained to chat`;
	return null;
}

/** Why a message can't be sent now; follows the models and the conversation on the screen. */
export function useBlockedReason(): string | null {
	const services = useServices();
	useStore(services.thread.state, () => findBlockedReason(services));
	return useStore(services.models.state, () => findBlockedReason(services));
}

/** Opens the conversation at the message that was found, on whichever branch it lies. */
export function openFoundMessage(
	{ layout }: Pick<Services, 'layout'>,
	hit: Pick<SearchHit, 'conversationId' | 'messageId'>,
): void {
	layout.set({ target: hit.messageId });
	layout.go({ section: 'chat', conversationId: hit.conversationId });
}

/** Opens the conversation at the answer, on whichever branch it stands. */
export function openRatedAnswer({ layout }: Services, { conversationId, messageId }: FeedbackItem): void {
	layout.set({ target: messageId });
	layout.go({ section: 'chat', conversationId });
}
