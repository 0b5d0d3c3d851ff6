import { Archive, ArchiveRestore, FolderInput, FolderPlus, Pin, PinOff, Trash, Trash2 } from 'lucide-react';
import type { Conversation } from '../../../electron/contract/conversation.ts';
import type { Command } from '../../app/command.ts';
import type { Services } from '../../services.ts';
import { archiveConversations, pinConversations, trashConversations } from './change.ts';

/** What the palette offers for keeping order. `open` is the conversation on the screen. */
export function listOrganiseCommands(services: Services, open: Conversation | null): Command[] {
	const { layout, organisation } = services;
	const places: Command[] = [
		{
			id: 'new-folder',
			label: 'New folder',
			icon: FolderPlus,
			run: () => organisation.ask({ what: 'folder', for: 'new', ids: [] }),
		},
		{ id: 'archive', label: 'Go to the archive', icon: Archive, run: () => showArchive(services) },
		{ id: 'trash', label: 'Go to the trash', icon: Trash, run: () => layout.go({ section: 'trash' }) },
	];
	if (open === null || open.deletedAt !== null) return places;
	const pinned = open.pinnedAt !== null;
	const archived = open.archivedAt !== null;
	return [
		{
			id: 'pin-conversation',
			label: pinned ? 'Unpin this conversation' : 'Pin this conversation',
			icon: pinned ? PinOff : Pin,
			run: () => void pinConversations(services, [open.id], !pinned),
		},
		{
			id: 'file-conversation',
			label: 'Put this conversation into a new folder',
			icon: FolderInput,
			run: () => organisation.ask({ what: 'folder', for: 'new', ids: [open.id] }),
		},
		{
			id: 'archive-conversation',
			label: archived ? 'Move this conversation out of the archive' : 'Archive this conversation',
			icon: archived ? ArchiveRestore : Archive,
			run: () => void archiveConversations(services, [open.id], !archived),
		},
		...places,
		{
			id: 'trash-conversation',
			label: 'Move this conversation to the trash',
			icon: Trash2,
			run: () => void trashConversations(services, [open.id]),
		},
	];
}

/** Shows the archive in the list, and the list. */
export function showArchive({ layout, organisation, search }: Services): void {
	search.type('');
	organisation.show({ kind: 'archive' });
	const { route } = layout.state.getState();
	if (route.section !== 'chat' && route.section !== 'trash') layout.go({ section: 'chat', conversationId: null });
	layout.set(matchMedia('(min-width: 820px)').matches ? { listOpen: true } : { listOverlay: true });
}
