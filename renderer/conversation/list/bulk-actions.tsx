import { Archive, ArchiveRestore, FileOutput, FolderInput, type LucideIcon, Pin, Tag, Trash2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { IconButton, iconButtonClass } from '../../design/button.tsx';
import { formatCount, formatQuantity } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine, MenuSub } from '../../design/menu.tsx';
import { useServices } from '../../services.ts';
import { archiveConversations, pinConversations, trashConversations } from '../organise/change-conversations.ts';
import { FolderItems, TagItems } from '../organise/folder-and-tag-menu.tsx';

/** Bar below the list while conversations are selected: their number and actions on all of them. */
export function BulkBar() {
	const services = useServices();
	const selected = useStore(services.selection.state, (state) => state.ids);
	const inArchive = useStore(services.organisation.state, ({ view }) => view.kind === 'archive');
	const ids = [...selected];
	return (
		<section
			aria-label="Selected conversations"
			className="mb-2 flex flex-none flex-col rounded-lg border border-line bg-raised p-1 shadow-sheet"
		>
			<div className="flex items-center pl-2">
				<span role="status" className="flex-1 text-xs font-medium tabular-nums">
					{formatCount(ids.length)} selected
				</span>
				<IconButton
					icon={X}
					size="sm"
					side="top"
					label="Clear the selection"
					keys="Esc"
					onClick={services.selection.clear}
				/>
			</div>
			<div className="flex items-center justify-between">
				<BulkMenu icon={FolderInput} label="Move to folder">
					<FolderItems ids={ids} />
				</BulkMenu>
				<BulkMenu icon={Tag} label="Tags">
					<TagItems ids={ids} />
				</BulkMenu>
				<IconButton
					icon={inArchive ? ArchiveRestore : Archive}
					side="top"
					label={inArchive ? 'Unarchive' : 'Archive'}
					keys="E"
					onClick={() => void archiveConversations(services, ids, !inArchive)}
				/>
				<IconButton icon={FileOutput} side="top" label="Export" onClick={() => services.importExport.showExport(ids)} />
				<IconButton
					icon={Trash2}
					side="top"
					label="Move to trash"
					keys="Del"
					className="text-bad! hover:text-bad!"
					onClick={() => void trashConversations(services, ids)}
				/>
			</div>
		</section>
	);
}

function BulkMenu({ icon, label, children }: { icon: LucideIcon; label: string; children: ReactNode }) {
	return (
		<Menu
			side="top"
			align="start"
			trigger={
				<button type="button" aria-label={label} title={label} className={iconButtonClass()}>
					<Icon of={icon} />
				</button>
			}
		>
			{children}
		</Menu>
	);
}

/** Actions on several conversations at once. */
export function BulkMenuItems({ ids }: { ids: readonly number[] }) {
	const services = useServices();
	return (
		<>
			<p className="px-2 pt-1 pb-1.5 text-2xs font-medium text-ink-3">{formatQuantity(ids.length, 'conversation')}</p>
			<MenuItem icon={Pin} keys="P" onSelect={() => void pinConversations(services, ids, true)}>
				Pin
			</MenuItem>
			<MenuSub icon={FolderInput} label="Move to folder">
				<FolderItems ids={ids} />
			</MenuSub>
			<MenuSub icon={Tag} label="Tags">
				<TagItems ids={ids} />
			</MenuSub>
			<MenuItem icon={Archive} keys="E" onSelect={() => void archiveConversations(services, ids, true)}>
				Archive
			</MenuItem>
			<MenuItem icon={FileOutput} onSelect={() => services.importExport.showExport(ids)}>
				Export
			</MenuItem>
			<MenuItem icon={X} keys="Esc" onSelect={() => services.selection.clear()}>
				Clear the selection
			</MenuItem>
			<MenuLine />
			<MenuItem icon={Trash2} keys="Del" danger onSelect={() => void trashConversations(services, ids)}>
				Move to trash
			</MenuItem>
		</>
	);
}
