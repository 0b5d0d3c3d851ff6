import { Folder as FolderIcon, FolderMinus, FolderPlus, Plus } from 'lucide-react';
import { useStore } from 'zustand';
import { MenuCheck, MenuItem, MenuLine } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { findKnown, moveConversations, tagConversations } from './change-conversations.ts';

/** The folders that conversations can move to; their current one is marked. */
export function FolderItems({ ids }: { ids: readonly number[] }) {
	const services = useServices();
	const folders = useStore(services.organisation.state, ({ overview }) => overview?.folders) ?? [];
	const known = findKnown(services);
	const places = new Set(ids.map((id) => known.get(id)?.folderId ?? null));
	const [only] = places.size === 1 ? places : [undefined];
	return (
		<>
			{folders.map((folder) => (
				<MenuItem
					key={folder.id}
					icon={FolderIcon}
					selected={folder.id === only}
					onSelect={() => void moveConversations(services, ids, folder)}
				>
					{folder.name}
				</MenuItem>
			))}
			{only === null ? null : (
				<MenuItem icon={FolderMinus} onSelect={() => void moveConversations(services, ids, null)}>
					{t('No folder')}
				</MenuItem>
			)}
			{folders.length > 0 || only !== null ? <MenuLine /> : null}
			<MenuItem
				icon={FolderPlus}
				onSelect={() => services.organisation.ask({ what: 'folder', for: 'new', ids: [...ids] })}
			>
				{t('New folder')}
			</MenuItem>
		</>
	);
}

/** The tags: checked if all of the conversations have the tag, partly checked if only some do. */
export function TagItems({ ids }: { ids: readonly number[] }) {
	const services = useServices();
	const tags = useStore(services.organisation.state, ({ overview }) => overview?.tags) ?? [];
	// The menu stays open while the user adds tags, and fetched lists change which are checked.
	useStore(services.organisation.state);
	useStore(services.conversations.state, (state) => state.conversations);
	useStore(services.thread.state);
	const known = findKnown(services);
	const carried = ids.map((id) => new Set(known.get(id)?.tagIds));
	return (
		<>
			{tags.map(({ id, name }) => {
				const some = carried.filter((own) => own.has(id)).length;
				const state = some === 0 ? false : some === ids.length ? true : 'some';
				return (
					<MenuCheck
						key={id}
						checked={state}
						onChange={() => void tagConversations(services, ids, name, state !== true)}
					>
						{name}
					</MenuCheck>
				);
			})}
			{tags.length > 0 ? <MenuLine /> : null}
			<MenuItem icon={Plus} onSelect={() => services.organisation.ask({ what: 'tag', for: 'new', ids: [...ids] })}>
				{t('New tag')}
			</MenuItem>
		</>
	);
}
