import { useVirtualizer } from '@tanstack/react-virtual';
import { RotateCcw, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { ListToggle } from '../../app/frame/list-toggle.tsx';
import { Button } from '../../design/button.tsx';
import { Checkbox } from '../../design/field/checkbox.tsx';
import { formatQuantity } from '../../design/format.ts';
import { EmptyState } from '../../design/state/empty-state.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { Skeleton } from '../../design/state/skeleton.tsx';
import { useServices } from '../../services.ts';
import { useNow } from '../list/use-now.ts';
import { restoreConversations } from './change-trash.ts';
import { DeleteForeverDialog } from './delete-dialog.tsx';
import { TrashRetention } from './retention.tsx';
import { TrashRow } from './trash-row.tsx';

const rowHeight = 44;
/** Rows this close to the end of what is fetched ask for more. */
const fetchAhead = 30;

/** What asks before it deletes: all of the trash, or these. */
type Asking = { kind: 'none' } | { kind: 'all' } | { kind: 'some'; ids: readonly number[] };

/** What was deleted, how long it is kept, and how it comes back or goes for good. */
export function TrashScreen() {
	const services = useServices();
	const { trash } = services;
	const [asking, setAsking] = useState<Asking>({ kind: 'none' });
	const empty = useStore(trash.state, (state) => state.status === 'ready' && state.conversations.length === 0);
	useEffect(() => void trash.refresh(), [trash]);
	return (
		<>
			<TrashHead empty={empty} onEmpty={() => setAsking({ kind: 'all' })} />
			<TrashBody onDelete={(ids) => setAsking({ kind: 'some', ids })} />
			{asking.kind === 'none' ? null : (
				<DeleteForeverDialog
					ids={asking.kind === 'all' ? null : asking.ids}
					onClose={() => setAsking({ kind: 'none' })}
				/>
			)}
		</>
	);
}

function TrashHead({ empty, onEmpty }: { empty: boolean; onEmpty: () => void }) {
	return (
		<header className="drag flex h-12 flex-none items-center gap-2 border-b border-line pr-3 pl-5">
			<ListToggle />
			<h1 className="text-[14px] font-semibold tracking-[-0.006em]">Trash</h1>
			<span className="flex-1" />
			<TrashRetention />
			<Button kind="danger" icon={Trash2} blocked={empty ? 'There is nothing in it' : undefined} onClick={onEmpty}>
				Empty now
			</Button>
		</header>
	);
}

function TrashBody({ onDelete }: { onDelete: (ids: readonly number[]) => void }) {
	const services = useServices();
	const { trash } = services;
	const { status, failure, conversations, selected } = useStore(trash.state);
	const now = useNow();
	const box = useRef<HTMLDivElement>(null);
	const virtualizer = useVirtualizer({
		count: conversations.length,
		getScrollElement: () => box.current,
		estimateSize: () => rowHeight,
		getItemKey: (index) => conversations[index]?.id ?? index,
		overscan: 12,
	});
	const items = virtualizer.getVirtualItems();
	const nearEnd = conversations.length > 0 && (items.at(-1)?.index ?? 0) >= conversations.length - fetchAhead;
	useEffect(() => {
		if (nearEnd && conversations.length > 0) trash.more();
	}, [nearEnd, conversations.length, trash]);
	if (status === 'loading') return <Skeleton rows={6} className="px-5 pt-4" />;
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title="The trash could not be read"
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void trash.refresh()}>
							Try again
						</Button>
					}
				/>
			</div>
		);
	}
	if (conversations.length === 0) return <EmptyTrash />;
	const toggle = (id: number): void => {
		const next = new Set(selected);
		if (!next.delete(id)) next.add(id);
		trash.select(next);
	};
	const all = selected.size === conversations.length;
	const chosen = [...selected];
	return (
		<>
			<div className="flex h-11 flex-none items-center gap-2 border-b border-line pr-3 pl-4">
				<Checkbox
					label="Select all that are shown"
					checked={all}
					onChange={() => trash.select(new Set(all ? [] : conversations.map(({ id }) => id)))}
				/>
				<span role="status" className="min-w-0 flex-1 truncate text-xs text-ink-2 tabular-nums">
					{chosen.length === 0
						? 'Deleted last comes first'
						: `${formatQuantity(chosen.length, 'conversation')} selected`}
				</span>
				{chosen.length === 0 ? null : (
					<>
						<Button size="sm" icon={RotateCcw} onClick={() => void restoreConversations(services, chosen)}>
							Restore
						</Button>
						<Button size="sm" kind="danger" icon={Trash2} onClick={() => onDelete(chosen)}>
							Delete for good
						</Button>
					</>
				)}
			</div>
			<div ref={box} className="min-h-0 flex-1 overflow-y-auto px-3">
				<ul aria-label="Trash" className="relative" style={{ height: virtualizer.getTotalSize() + 12 }}>
					{items.map(({ key, index, start }) => {
						const conversation = conversations[index];
						return conversation === undefined ? null : (
							<li key={key} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${start}px)` }}>
								<TrashRow
									conversation={conversation}
									now={now}
									selected={selected.has(conversation.id)}
									onSelect={() => toggle(conversation.id)}
									onDelete={() => onDelete([conversation.id])}
								/>
							</li>
						);
					})}
				</ul>
			</div>
		</>
	);
}

function EmptyTrash() {
	const { settings } = useServices();
	const days = useStore(settings.state, (state) => state.trashDays);
	return (
		<div className="grid flex-1 place-items-center">
			<EmptyState icon={Trash2} title="The trash is empty">
				{days === null
					? 'Deleted conversations stay here until you delete them for good.'
					: `Deleted conversations stay here for ${formatQuantity(days, 'day')}, then they are deleted for good.`}
			</EmptyState>
		</div>
	);
}
