import { ContextMenu } from '@base-ui/react/context-menu';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Archive, MessageSquare, Tag } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Conversation, Folder } from '../../../electron/contract/conversation/schema.ts';
import { EmptyState } from '../../design/empty-state.tsx';
import { menuLandmark, menuPopupClass } from '../../design/menu.tsx';
import { Skeleton } from '../../design/skeleton.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { useNow } from '../../design/use-now.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { BulkMenuItems } from './bulk-actions.tsx';
import { ConversationMenuItems } from './conversation-menu.tsx';
import { ConversationRow } from './conversation-row.tsx';
import { FolderMenuItems, FolderRow } from './folder-row.tsx';
import { type ListRow, rowHeights, useListRows } from './list-rows.ts';
import { useListKeys } from './use-list-keys.ts';

type MenuFor = { kind: 'conversation'; conversation: Conversation } | { kind: 'folder'; folder: Folder };

/** Rows this close to the end of the fetched ones load more. */
const fetchAhead = 30;

/** The current list, virtualised: 100,000 conversations cost as much as thirty. */
export function ConversationRows() {
	const { conversations: list, layout, organisation } = useServices();
	const openId = useStore(layout.state, ({ route }) => (route.section === 'chat' ? route.conversationId : null));
	const view = useStore(organisation.state, (state) => state.view);
	const [menuFor, setMenuFor] = useState<MenuFor | null>(null);
	const now = useNow();
	const { rows, loading } = useListRows(now);
	const box = useRef<HTMLDivElement>(null);
	const virtualizer = useVirtualizer({
		count: rows.length,
		getScrollElement: () => box.current,
		estimateSize: (index) => rowHeights[rows[index]?.kind ?? 'note'],
		getItemKey: (index) => rows[index]?.key ?? index,
		overscan: 12,
	});
	const { keys, events } = useListKeys(rows, box, (conversation) => setMenuFor({ kind: 'conversation', conversation }));
	const items = virtualizer.getVirtualItems();
	const nearEnd = rows.length > 0 && (items.at(-1)?.index ?? 0) >= rows.length - fetchAhead;
	useEffect(() => {
		if (nearEnd && rows.length > 0 && view.kind === 'home') void list.loadMore();
	}, [nearEnd, rows.length, list, view]);
	// Heads and rows differ in height: after the groups change, old positions are wrong.
	// biome-ignore lint/correctness/useExhaustiveDependencies: `rows` is what changed
	useEffect(() => virtualizer.measure(), [rows, virtualizer]);

	if (loading) return <Skeleton rows={6} className="px-2 pt-4" />;
	if (rows.length === 0) return <NothingHere />;
	const shown = items.flatMap(({ index }) => rows[index] ?? []).filter(({ kind }) => kind !== 'head');
	const entry =
		shown.find((row) => row.kind === 'conversation' && row.conversation.id === openId) ??
		shown.find(({ kind }) => kind === 'conversation' || kind === 'folder');
	function draw(row: ListRow): ReactNode {
		switch (row.kind) {
			case 'head':
				return <h3 className="mt-2.5 flex h-6.5 items-center px-2 text-2xs font-medium text-ink-3">{row.name}</h3>;
			case 'folder':
				return (
					<FolderRow
						folder={row.folder}
						open={row.open}
						focusable={row === entry}
						onContextMenu={() => setMenuFor({ kind: 'folder', folder: row.folder })}
					/>
				);
			case 'conversation':
				return (
					<ConversationRow
						conversation={row.conversation}
						now={now}
						current={row.conversation.id === openId}
						focusable={row === entry}
						indented={row.indented}
						events={events}
					/>
				);
			case 'note':
				return <p className="flex h-7.5 items-center pl-7.5 text-xs text-ink-3">{row.text}</p>;
			case 'more':
				return <FetchMoreRow of={row.of} />;
		}
	}
	return (
		<ContextMenu.Root>
			<ContextMenu.Trigger
				render={<div ref={box} {...keys} className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto" />}
			>
				<ul aria-label={t('Conversations')} className="relative" style={{ height: virtualizer.getTotalSize() + 8 }}>
					{items.map(({ key, index, start }) => {
						const row = rows[index];
						return row === undefined ? null : (
							<li
								key={key}
								data-index={index}
								className="absolute inset-x-0 top-0"
								style={{ transform: `translateY(${start}px)` }}
							>
								{draw(row)}
							</li>
						);
					})}
				</ul>
			</ContextMenu.Trigger>
			<ContextMenu.Portal render={menuLandmark}>
				<ContextMenu.Positioner className="z-40 outline-none">
					<ContextMenu.Popup className={menuPopupClass}>
						{menuFor === null ? null : <MenuItems of={menuFor} />}
					</ContextMenu.Popup>
				</ContextMenu.Positioner>
			</ContextMenu.Portal>
		</ContextMenu.Root>
	);
}

/** A menu on one of several selected conversations applies to all of them. */
function MenuItems({ of }: { of: MenuFor }) {
	const { selection } = useServices();
	const ids = useStore(selection.state, (state) => state.ids);
	if (of.kind === 'folder') return <FolderMenuItems folder={of.folder} />;
	if (ids.size > 1 && ids.has(of.conversation.id)) return <BulkMenuItems ids={[...ids]} />;
	return <ConversationMenuItems conversation={of.conversation} inList />;
}

function FetchMoreRow({ of }: { of: 'pinned' | 'viewed' | number }) {
	const { organisation } = useServices();
	useEffect(() => organisation.more(of), [organisation, of]);
	return (
		<p className="flex h-7.5 items-center px-2">
			<Spinner label={t('Loading more')} />
		</p>
	);
}

function NothingHere() {
	const { organisation } = useServices();
	const view = useStore(organisation.state, (state) => state.view);
	switch (view.kind) {
		case 'home':
			return (
				<EmptyState icon={MessageSquare} title={t('No conversations yet')}>
					{t('Your conversations stay on this computer.')}
				</EmptyState>
			);
		case 'archive':
			return (
				<EmptyState icon={Archive} title={t('The archive is empty')}>
					{t('Archived conversations leave the list but still appear in search.')}
				</EmptyState>
			);
		case 'tag':
			return (
				<EmptyState icon={Tag} title={t('No conversations with this tag')}>
					{t('Add tags from a conversation’s menu.')}
				</EmptyState>
			);
	}
}
