import { Archive, ArchiveRestore, FileOutput, FolderInput, type LucideIcon, Pin, Tag, Trash2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { IconButton, iconButtonClass } from '../../design/button.tsx';
import { formatCount } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine, MenuSub } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
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
			aria-label={t('Selected conversations')}
			className="mb-2 flex flex-none flex-col rounded-lg border border-line bg-raised p-1 shadow-sheet"
		>
			<div className="flex items-center pl-2">
				<span role="status" className="flex-1 text-xs font-medium tabular-nums">
					{t('{count} selected', { count: formatCount(ids.length) })}
				</span>
				<IconButton
					icon={X}
					size="sm"
					side="top"
					label={t('Clear the selection')}
					keys="Esc"
					onClick={services.selection.clear}
				/>
			</div>
			<div className="flex items-center justify-between">
				<BulkMenu icon={FolderInput} label={t('Move to folder')}>
					<FolderItems ids={ids} />
				</BulkMenu>
				<BulkMenu icon={Tag} label={t('Tags')}>
					<TagItems ids={ids} />
				</BulkMenu>
				<IconButton
					icon={inArchive ? ArchiveRestore : Archive}
					side="top"
					label={inArchive ? t('Unarchive') : t('Archive')}
					keys="E"
					onClick={() => void archiveConversations(services, ids, !inArchive)}
				/>
				<IconButton
					icon={FileOutput}
					side="top"
					label={t('Export')}
					onClick={() => services.importExport.showExport(ids)}
				/>
				<IconButton
					icon={Trash2}
					side="top"
					label={t('Move to trash')}
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
			<p className="px-2 pt-1 pb-1.5 text-2xs font-medium text-ink-3">
				{' '}
				{t('{count, plural, one {# conversation} other {# conversations}}', { count: ids.length })}
			</p>
			<MenuItem icon={Pin} keys="P" onSelect={() => void pinConversations(services, ids, true)}>
				{t('Pin')}
			</MenuItem>
			<MenuSub icon={FolderInput} label={t('Move to folder')}>
				<FolderItems ids={ids} />
			</MenuSub>
			<MenuSub icon={Tag} label={t('Tags')}>
				<TagItems ids={ids} />
			</MenuSub>
			<MenuItem icon={Archive} keys="E" onSelect={() => void archiveConversations(services, ids, true)}>
				{t('Archive')}
			</MenuItem>
			<MenuItem icon={FileOutput} onSelect={() => services.importExport.showExport(ids)}>
				{t('Export')}
			</MenuItem>
			<MenuItem icon={X} keys="Esc" onSelect={() => services.selection.clear()}>
				{t('Clear the selection')}
			</MenuItem>
			<MenuLine />
			<MenuItem icon={Trash2} keys="Del" danger onSelect={() => void trashConversations(services, ids)}>
				{t('Move to trash')}
			</MenuItem>
		</>
	);
}
