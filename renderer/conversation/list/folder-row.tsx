import {
	ArrowDown,
	ArrowUp,
	ChevronDown,
	ChevronRight,
	Ellipsis,
	Folder as FolderIcon,
	FolderOpen,
	Pencil,
	Trash2,
} from 'lucide-react';
import { useState } from 'react';
import type { Folder } from '../../../electron/contract/conversation/schema.ts';
import { formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { moveConversations } from '../organise/change-conversations.ts';
import { removeFolder, reorderFolder } from '../organise/change-folders-and-tags.ts';
import { carriesConversations, readDroppedIds } from './drag-data.ts';

/** One folder: opens and closes, and accepts dropped conversations. */
export function FolderRow({
	folder,
	open,
	focusable,
	onContextMenu,
}: {
	folder: Folder;
	open: boolean;
	focusable: boolean;
	onContextMenu: () => void;
}) {
	const services = useServices();
	const { organisation } = services;
	const [over, setOver] = useState(false);
	return (
		<div className="group relative">
			<button
				type="button"
				data-row
				tabIndex={focusable ? 0 : -1}
				aria-expanded={open}
				data-over={over || undefined}
				onClick={() => organisation.setFolderOpen(folder.id, !open)}
				onContextMenu={onContextMenu}
				onKeyDown={(event) => {
					if (event.key === 'ArrowRight') organisation.setFolderOpen(folder.id, true);
					else if (event.key === 'ArrowLeft') organisation.setFolderOpen(folder.id, false);
					else if (event.key === 'F2')
						organisation.ask({ what: 'folder', for: 'rename', id: folder.id, name: folder.name });
					else if (event.key === 'Delete') void removeFolder(services, folder);
				}}
				onDragOver={(event) => {
					if (!carriesConversations(event.dataTransfer)) return;
					event.preventDefault();
					setOver(true);
				}}
				onDragLeave={() => setOver(false)}
				onDrop={(event) => {
					event.preventDefault();
					setOver(false);
					const ids = readDroppedIds(event.dataTransfer);
					if (ids.length > 0) void moveConversations(services, ids, folder);
				}}
				className="flex h-7.5 w-full items-center gap-2 rounded-[6px] px-2 text-ink-2 hover:bg-hover focus-visible:-outline-offset-2 data-over:bg-accent-soft data-over:text-ink"
			>
				<Icon of={open ? FolderOpen : FolderIcon} size={14} className="text-ink-3" />
				<span className="min-w-0 truncate" title={folder.name}>
					{folder.name}
				</span>
				<Icon of={open ? ChevronDown : ChevronRight} size={12} className="-ml-1 text-ink-3" />
				<span className="flex-1" />
				<span className="text-2xs text-ink-3 tabular-nums group-focus-within:invisible group-hover:invisible group-has-data-popup-open:invisible">
					{formatCount(folder.conversations)}
				</span>
			</button>
			<Menu
				trigger={
					<button
						type="button"
						tabIndex={-1}
						aria-label={t('Actions for the folder {name}', { name: folder.name })}
						className="absolute top-[3px] right-1 grid size-6 place-items-center rounded-sm text-ink-2 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-hover data-popup-open:bg-hover data-popup-open:opacity-100"
					>
						<Icon of={Ellipsis} size={14} />
					</button>
				}
			>
				<FolderMenuItems folder={folder} />
			</Menu>
		</div>
	);
}

/** Actions on a folder. */
export function FolderMenuItems({ folder }: { folder: Folder }) {
	const services = useServices();
	return (
		<>
			<MenuItem
				icon={Pencil}
				keys="F2"
				onSelect={() => services.organisation.ask({ what: 'folder', for: 'rename', id: folder.id, name: folder.name })}
			>
				{t('Rename')}
			</MenuItem>
			<MenuItem icon={ArrowUp} onSelect={() => void reorderFolder(services, folder.id, -1)}>
				{t('Move up')}
			</MenuItem>
			<MenuItem icon={ArrowDown} onSelect={() => void reorderFolder(services, folder.id, 1)}>
				{t('Move down')}
			</MenuItem>
			<MenuLine />
			<MenuItem icon={Trash2} keys="Del" danger onSelect={() => void removeFolder(services, folder)}>
				{t('Remove folder')}
			</MenuItem>
		</>
	);
}
