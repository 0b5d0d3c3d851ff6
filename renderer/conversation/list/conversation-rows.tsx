import { ContextMenu } from '@base-ui/react/context-menu';
import { useVirtualizer } from '@tanstack/react-virtual';
import { MessageSquare } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Conversation } from '../../../electron/contract/conversation.ts';
import { menuLandmark, menuPopupClass } from '../../design/menu.tsx';
import { EmptyState } from '../../design/state/empty-state.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { groupByTime } from '../groups.ts';
import { ConversationMenuItems } from './conversation-menu.tsx';
import { ConversationRow } from './conversation-row.tsx';
import { useNow } from './use-now.ts';
import { useRowKeys } from './use-row-keys.ts';

type Row = { kind: 'head'; name: string } | { kind: 'conversation'; conversation: Conversation; position: number };

const headHeight = 36;
const rowHeight = 30;

/** Rows this close to the end of what is fetched ask for more. */
const fetchAhead = 30;

/** All conversations in groups, virtualised: 100,000 of them cost as much as thirty. */
export function ConversationRows() {
	const { conversations: list, layout } = useServices();
	const conversations = useStore(list.state, (state) => state.conversations);
	const status = useStore(list.state, (state) => state.status);
	const openId = useStore(layout.state, ({ route }) => (route.section === 'chat' ? route.conversationId : null));
	const [menuFor, setMenuFor] = useState<Conversation | null>(null);
	const now = useNow();
	const rows = useMemo(() => rowsOf(conversations, now), [conversations, now]);
	const box = useRef<HTMLDivElement>(null);
	const keys = useRowKeys();
	const virtualizer = useVirtualizer({
		count: rows.length,
		getScrollElement: () => box.current,
		estimateSize: (index) => (rows[index]?.kind === 'head' ? headHeight : rowHeight),
		getItemKey: (index) => {
			const row = rows[index];
			return row?.kind === 'conversation' ? row.conversation.id : `head-${row?.name ?? index}`;
		},
		overscan: 12,
	});
	const items = virtualizer.getVirtualItems();
	const lastShown = items.at(-1)?.index ?? 0;
	const nearEnd = rows.length > 0 && lastShown >= rows.length - fetchAhead;
	useEffect(() => {
		if (nearEnd && rows.length > 0) void list.loadMore();
	}, [nearEnd, rows.length, list]);
	// Heads and rows differ in height: after the groups change, old positions are wrong.
	// biome-ignore lint/correctness/useExhaustiveDependencies: `rows` is what changed
	useEffect(() => virtualizer.measure(), [rows, virtualizer]);

	if (status === 'loading') return <Skeleton rows={6} className="px-2 pt-4" />;
	if (rows.length === 0) {
		return (
			<EmptyState icon={MessageSquare} title="No conversations yet">
				What you write is kept here, on this computer.
			</EmptyState>
		);
	}
	const shown = items.flatMap(({ index }) => (rows[index]?.kind === 'conversation' ? [rows[index]] : []));
	const entry = shown.find(({ conversation }) => conversation.id === openId) ?? shown[0];
	return (
		<ContextMenu.Root>
			<ContextMenu.Trigger
				render={<div ref={box} {...keys} className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto" />}
			>
				<ul aria-label="Conversations" className="relative" style={{ height: virtualizer.getTotalSize() + 8 }}>
					{items.map(({ key, index, start }) => {
						const row = rows[index];
						if (row === undefined) return null;
						return (
							<li key={key} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${start}px)` }}>
								{row.kind === 'head' ? (
									<h3 className="mt-2.5 flex h-6.5 items-center px-2 text-2xs font-medium text-ink-3">{row.name}</h3>
								) : (
									<ConversationRow
										conversation={row.conversation}
										now={now}
										current={row.conversation.id === openId}
										focusable={row === entry}
										onContextMenu={() => setMenuFor(row.conversation)}
									/>
								)}
							</li>
						);
					})}
				</ul>
			</ContextMenu.Trigger>
			<ContextMenu.Portal render={menuLandmark}>
				<ContextMenu.Positioner className="z-40 outline-none">
					<ContextMenu.Popup className={menuPopupClass}>
						{menuFor === null ? null : <ConversationMenuItems conversation={menuFor} />}
					</ContextMenu.Popup>
				</ContextMenu.Positioner>
			</ContextMenu.Portal>
		</ContextMenu.Root>
	);
}

function rowsOf(conversations: readonly Conversation[], now: number): Row[] {
	let position = 0;
	return groupByTime(conversations, now).flatMap(({ name, conversations: members }) => [
		{ kind: 'head' as const, name },
		...members.map((conversation) => {
			position += 1;
			return { kind: 'conversation' as const, conversation, position };
		}),
	]);
}
