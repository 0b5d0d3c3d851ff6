import { Trash2 } from 'lucide-react';
import type { Conversation, Message } from '../../electron/contract/conversation.ts';
import { windowBridge } from '../connection/bridge.ts';
import { failureOf } from '../connection/failure.ts';
import { counted } from '../design/format.ts';
import { modelFor } from '../model/model-library.ts';
import type { Services } from '../services.ts';
import { draftKey } from './drafts.ts';
import { shownId } from './thread.ts';

/** Runs something that may fail and has no place of its own to say so. */
export async function orToast({ toasts }: Pick<Services, 'toasts'>, work: () => Promise<unknown>): Promise<void> {
	try {
		await work();
	} catch (error) {
		toasts.fail(failureOf(error).message);
	}
}

export function newConversation({ layout }: Services): void {
	layout.go({ section: 'chat', conversationId: null });
	requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-composer]')?.focus());
}

/** Sends a text to the conversation on the screen, and goes to the new one if there was none. True when it was taken. */
export async function send(services: Services, text: string): Promise<boolean> {
	const id = await services.thread.send({ text });
	if (id === null) return false;
	const { route } = services.layout.state.getState();
	if (route.section === 'chat' && route.conversationId === null)
		services.layout.go({ section: 'chat', conversationId: id });
	return true;
}

/** Sends the draft of the conversation on the screen; it is kept where sending fails. */
export async function sendDraft(services: Services): Promise<void> {
	const key = draftKey(shownId(services.thread.state.getState()));
	const text = services.drafts.state.getState()[key] ?? '';
	if (text.trim() === '' || services.thread.outgoing.getState().status === 'sending') return;
	const taken = await send(services, text);
	if (taken && services.drafts.state.getState()[key] === text) services.drafts.set(key, '');
}

/** Sends a changed text beside an own message: a new branch, the old one stays. */
export async function sendEdited(services: Services, message: Message, text: string): Promise<boolean> {
	return (await services.thread.send({ text, parentId: message.parentId })) !== null;
}

/** Why a message can't be sent now, in words for a person; null when it can. */
export function blockedReason(services: Pick<Services, 'models' | 'thread'>): string | null {
	const { models, status } = services.models.state.getState();
	const thread = services.thread.state.getState();
	const chosen =
		thread.status === 'ready' ? thread.conversation.modelFileId : thread.status === 'new' ? thread.modelFileId : null;
	if (status === 'loading') return 'The model list is being read';
	const model = modelFor(models, chosen);
	if (model === undefined) return 'There is no model on this computer yet';
	if (model.problem !== null) return model.problem.message;
	if (!model.chat) return `${model.name} is a base model, not trained to chat`;
	return null;
}

/** Moves a conversation to the trash and offers to take it back. */
export async function moveToTrash(services: Services, conversation: Pick<Conversation, 'id' | 'title'>): Promise<void> {
	const { conversations, layout, toasts } = services;
	await orToast(services, async () => {
		await conversations.remove(conversation.id);
		const { route } = layout.state.getState();
		const wasOpen = route.section === 'chat' && route.conversationId === conversation.id;
		if (wasOpen) layout.go({ section: 'chat', conversationId: null });
		toasts.show({
			text: 'Conversation moved to trash',
			icon: Trash2,
			action: {
				label: 'Undo',
				run: () =>
					void orToast(services, async () => {
						await conversations.restore(conversation.id);
						if (wasOpen) layout.go({ section: 'chat', conversationId: conversation.id });
					}),
			},
		});
	});
}

/** Writes a conversation to a file the person chooses (window) or downloads (browser). */
export async function exportConversation(services: Services, id: number, format: 'markdown' | 'json'): Promise<void> {
	await orToast(services, async () => {
		const file = await services.connection.client.conversations.export({ id, format });
		const bridge = windowBridge();
		if (bridge) {
			const path = await bridge.saveText(file);
			if (path !== null) services.toasts.show({ text: `Saved as ${path}` });
			return;
		}
		const address = URL.createObjectURL(new Blob([file.text], { type: 'text/plain' }));
		const link = document.createElement('a');
		link.href = address;
		link.download = file.fileName;
		link.click();
		setTimeout(() => URL.revokeObjectURL(address), 10_000);
	});
}

/** Reads exported conversations from a file of the person's choice. */
export function importConversations(services: Services): void {
	const input = document.createElement('input');
	input.type = 'file';
	input.accept = '.json,application/json';
	input.addEventListener('change', () => {
		const [file] = input.files ?? [];
		if (file === undefined) return;
		void orToast(services, async () => {
			const text = await file.text();
			const { conversations, skipped } = await services.connection.client.conversations.import({ text });
			await services.conversations.refresh();
			const [first] = skipped;
			const rest = first === undefined ? '' : `, ${skipped.length} skipped (${first.what}: ${first.why})`;
			services.toasts.show({ text: `${counted(conversations.length, 'conversation')} imported${rest}` });
		});
	});
	input.click();
}
