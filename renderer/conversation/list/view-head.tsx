import { ArrowLeft, Ellipsis, Pencil, Tag as TagIcon, Tags } from 'lucide-react';
import { useStore } from 'zustand';
import { IconButton, iconButtonClass } from '../../design/button.tsx';
import { formatCount, formatQuantity } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../../design/menu.tsx';
import { useServices } from '../../services.ts';
import { removeTag } from '../organise/change-names.ts';

/** Above the archive and the conversations with a tag: what is on view, and the way back. */
export function ViewHead() {
	const services = useServices();
	const { organisation } = services;
	const view = useStore(organisation.state, (state) => state.view);
	const overview = useStore(organisation.state, (state) => state.overview);
	if (view.kind === 'home' || overview === null) return null;
	const tag = view.kind === 'tag' ? overview.tags.find(({ id }) => id === view.tagId) : undefined;
	const total = view.kind === 'archive' ? overview.archived : (tag?.conversations ?? 0);
	return (
		<div className="mt-1 flex flex-none items-center gap-1">
			<IconButton
				icon={ArrowLeft}
				label="Back to all conversations"
				onClick={() => organisation.show({ kind: 'home' })}
			/>
			{tag === undefined ? null : <Icon of={TagIcon} size={14} className="text-ink-3" />}
			<h3 className="min-w-0 flex-1 truncate font-semibold" title={tag?.name}>
				{tag?.name ?? 'Archive'}
			</h3>
			<span
				role="img"
				aria-label={formatQuantity(total, 'conversation')}
				className={`text-2xs text-ink-3 tabular-nums ${tag === undefined ? 'pr-2' : ''}`}
			>
				{formatCount(total)}
			</span>
			{tag === undefined ? null : (
				<Menu
					trigger={
						<button type="button" aria-label={`Actions for the tag ${tag.name}`} className={iconButtonClass()}>
							<Icon of={Ellipsis} />
						</button>
					}
				>
					<MenuItem
						icon={Pencil}
						onSelect={() => organisation.ask({ what: 'tag', for: 'rename', id: tag.id, name: tag.name })}
					>
						Rename
					</MenuItem>
					<MenuLine />
					<MenuItem icon={Tags} danger onSelect={() => void removeTag(services, tag)}>
						Take it off all
					</MenuItem>
				</Menu>
			)}
		</div>
	);
}
