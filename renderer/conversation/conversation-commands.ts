import {
	Archive,
	ArchiveRestore,
	ArrowRightToLine,
	Copy,
	FolderInput,
	FolderPlus,
	Pin,
	PinOff,
	RefreshCw,
	Split,
	Trash,
	Trash2,
} from 'lucide-react';
import type { Conversation, Message } from '../../electron/contract/conversation/schema.ts';
import { copyText } from '../app/clipboard.ts';
import type { Command } from '../app/command.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { hasRoomForList } from '../app/use-window-width.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { branchConversation, findBlockedReason } from './actions.ts';
import { isCutOff } from './answer/answer-wording.ts';
import { archiveConversations, pinConversations, trashConversations } from './organise/change-conversations.ts';
import { isStored, isWriting, shownMessages } from './thread/thread-state.ts';

/** Lists commands for the newest answer. */
export function listAnswerCommands(services: Services, answer: Message): Command[] {
	const { thread } = services;
	const answerable = !isWriting(thread.state.getState()) && findBlockedReason(services) === null;
	const commands: (Command | null)[] = [
		answerable
			? {
					id: 'answer-again',
					label: t('Answer again'),
					icon: RefreshCw,
					shortcut: 'answer-again',
					run: () => void thread.regenerate(answer.id),
				}
			: null,
		answerable && isCutOff(answer) && isStored(answer)
			? {
					id: 'continue-answer',
					label: t('Continue answer'),
					icon: ArrowRightToLine,
					shortcut: 'continue-answer',
					run: () => void thread.continue(answer.id),
				}
			: null,
		isStored(answer)
			? {
					id: 'branch',
					label: t('Branch into a new conversation'),
					icon: Split,
					run: () => void branchConversation(services, answer.id),
				}
			: null,
		{
			id: 'copy-answer',
			label: t('Copy the last answer'),
			icon: Copy,
			shortcut: 'copy-answer',
			run: () => copyAnswer(services, answer),
		},
	];
	return commands.filter((command) => command !== null);
}

function copyAnswer({ toasts }: Services, answer: Message): void {
	void copyText(answer.content).then((done) => {
		if (done) toasts.show({ text: t('Answer copied'), icon: Copy });
	});
}

/** Switches the newest message that has versions to the previous or next one. */
export function switchBranch(services: Services, step: 1 | -1): void {
	const messages = shownMessages(services.thread.state.getState());
	const message = messages.findLast(({ siblings }) => siblings.length > 1);
	const next = message?.siblings[message.siblings.indexOf(message.id) + step];
	if (next !== undefined) void runOrToast(services, () => services.thread.selectBranch(next));
}

/** Lists the palette's commands for organising conversations. `open` is the conversation on the screen. */
export function listOrganiseCommands(services: Services, open: Conversation | null): Command[] {
	const { layout, organisation } = services;
	const places: Command[] = [
		{
			id: 'new-folder',
			label: t('New folder'),
			icon: FolderPlus,
			run: () => organisation.ask({ what: 'folder', for: 'new', ids: [] }),
		},
		{ id: 'archive', label: t('Go to the archive'), icon: Archive, run: () => showArchive(services) },
		{ id: 'trash', label: t('Go to the trash'), icon: Trash, run: () => layout.go({ section: 'trash' }) },
	];
	if (open === null || open.deletedAt !== null) return places;
	const pinned = open.pinnedAt !== null;
	const archived = open.archivedAt !== null;
	return [
		{
			id: 'pin-conversation',
			label: pinned ? t('Unpin this conversation') : t('Pin this conversation'),
			icon: pinned ? PinOff : Pin,
			run: () => void pinConversations(services, [open.id], !pinned),
		},
		{
			id: 'file-conversation',
			label: t('Move this conversation to a new folder'),
			icon: FolderInput,
			run: () => organisation.ask({ what: 'folder', for: 'new', ids: [open.id] }),
		},
		{
			id: 'archive-conversation',
			label: archived ? t('Unarchive this conversation') : t('Archive this conversation'),
			icon: archived ? ArchiveRestore : Archive,
			run: () => void archiveConversations(services, [open.id], !archived),
		},
		...places,
		{
			id: 'trash-conversation',
			label: t('Move this conversation to the trash'),
			icon: Trash2,
			run: () => void trashConversations(services, [open.id]),
		},
	];
}

/** Opens the list and shows the archive in it. */
export function showArchive({ layout, organisation, search }: Services): void {
	search.type('');
	organisation.show({ kind: 'archive' });
	const { route } = layout.state.getState();
	if (route.section !== 'chat' && route.section !== 'trash') layout.go({ section: 'chat', conversationId: null });
	layout.set(hasRoomForList() ? { listOpen: true } : { listOverlay: true });
}
