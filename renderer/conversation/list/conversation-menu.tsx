import {
	Archive,
	ArchiveRestore,
	FileOutput,
	FolderInput,
	Pencil,
	Pin,
	PinOff,
	RotateCcw,
	SquareCheck,
	Tag,
	Trash2,
} from 'lucide-react';
import type { Conversation } from '../../../electron/contract/conversation/schema.ts';
import { MenuItem, MenuLine, MenuSub } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { archiveConversations, pinConversations, trashConversations } from '../organise/change-conversations.ts';
import { FolderItems, TagItems } from '../organise/folder-and-tag-menu.tsx';
import { restoreConversations } from '../trash-actions.ts';

/** Actions on a conversation: in the row's menu, its context menu and the thread's header. */
export function ConversationMenuItems({
	conversation,
	inList = false,
}: {
	conversation: Conversation;
	inList?: boolean;
}) {
	const services = useServices();
	const { id } = conversation;
	const pinned = conversation.pinnedAt !== null;
	const archived = conversation.archivedAt !== null;
	// Keys apply to the focused row.
	const key = (name: string) => (inList ? name : undefined);
	if (conversation.deletedAt !== null) {
		return (
			<MenuItem icon={RotateCcw} onSelect={() => void restoreConversations(services, [id])}>
				{t('Restore')}
			</MenuItem>
		);
	}
	return (
		<>
			<MenuItem
				icon={pinned ? PinOff : Pin}
				keys={key('P')}
				onSelect={() => void pinConversations(services, [id], !pinned)}
			>
				{pinned ? t('Unpin') : t('Pin')}
			</MenuItem>
			<MenuItem icon={Pencil} keys={key('F2')} onSelect={() => services.layout.set({ renaming: id })}>
				{t('Rename')}
			</MenuItem>
			<MenuSub icon={FolderInput} label={t('Move to folder')}>
				<FolderItems ids={[id]} />
			</MenuSub>
			<MenuSub icon={Tag} label={t('Tags')}>
				<TagItems ids={[id]} />
			</MenuSub>
			<MenuItem
				icon={archived ? ArchiveRestore : Archive}
				keys={key('E')}
				onSelect={() => void archiveConversations(services, [id], !archived)}
			>
				{archived ? t('Unarchive') : t('Archive')}
			</MenuItem>
			{inList ? (
				<MenuItem icon={SquareCheck} keys="Space" onSelect={() => services.selection.toggle(id)}>
					{t('Select')}
				</MenuItem>
			) : null}
			<MenuLine />
			<MenuItem icon={FileOutput} onSelect={() => services.importExport.showExport([id])}>
				{t('Export')}
			</MenuItem>
			<MenuLine />
			<MenuItem icon={Trash2} keys={key('Del')} danger onSelect={() => void trashConversations(services, [id])}>
				{t('Move to trash')}
			</MenuItem>
		</>
	);
}
