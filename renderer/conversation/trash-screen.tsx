import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, RotateCcw, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Trashed } from '../../electron/contract/conversation/schema.ts';
import { ListToggle } from '../app/list-toggle.tsx';
import { Button, buttonClass, IconButton } from '../design/button.tsx';
import { Checkbox } from '../design/checkbox.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { countDaysBetween, formatShortTime } from '../design/format.ts';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { useNow } from '../design/use-now.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { DeleteForeverDialog } from './delete-forever-dialog.tsx';
import { restoreConversations } from './trash-actions.ts';

const rowHeight = 44;
/** Rows this close to the end of the fetched ones load more. */
const fetchAhead = 30;

/** Open confirmation before deleting: all of the trash, or these. */
type Asking = { kind: 'none' } | { kind: 'all' } | { kind: 'some'; ids: readonly number[] };

/** Deleted conversations, how long they are kept, and actions to restore them or delete them for good. */
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
		<ScreenHeader>
			<ListToggle />
			<ScreenTitle>{t('Trash')}</ScreenTitle>
			<span className="flex-1" />
			<TrashRetention />
			<Button kind="danger" icon={Trash2} blocked={empty ? t('The trash is empty') : undefined} onClick={onEmpty}>
				{t('Empty now')}
			</Button>
		</ScreenHeader>
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
					title={t('Couldn’t load the trash')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void trash.refresh()}>
							{t('Try again')}
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
					label={t('Select all shown')}
					checked={all}
					onChange={() => trash.select(new Set(all ? [] : conversations.map(({ id }) => id)))}
				/>
				<span role="status" className="min-w-0 flex-1 truncate text-xs text-ink-2 tabular-nums">
					{chosen.length === 0
						? t('Most recently deleted first')
						: t('{count, plural, one {# conversation} other {# conversations}} selected', { count: chosen.length })}
				</span>
				{chosen.length === 0 ? null : (
					<>
						<Button size="sm" icon={RotateCcw} onClick={() => void restoreConversations(services, chosen)}>
							{t('Restore')}
						</Button>
						<Button size="sm" kind="danger" icon={Trash2} onClick={() => onDelete(chosen)}>
							{t('Delete for good')}
						</Button>
					</>
				)}
			</div>
			<div ref={box} className="min-h-0 flex-1 overflow-y-auto px-3">
				<ul aria-label={t('Trash')} className="relative" style={{ height: virtualizer.getTotalSize() + 12 }}>
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
			<EmptyState icon={Trash2} title={t('The trash is empty')}>
				{days === null
					? t('Deleted conversations stay here until you delete them for good.')
					: t(
							'Deleted conversations stay here for {days, plural, one {# day} other {# days}}, then they are deleted for good.',
							{ days },
						)}
			</EmptyState>
		</div>
	);
}

/**
 * One conversation in the trash: its title, deletion time and remaining time, with buttons to restore it or delete it
 * for good.
 */
function TrashRow({
	conversation,
	now,
	selected,
	onSelect,
	onDelete,
}: {
	conversation: Trashed;
	now: number;
	selected: boolean;
	onSelect: () => void;
	onDelete: () => void;
}) {
	const services = useServices();
	const { id, title, messages, deletedAt, goneAt } = conversation;
	return (
		<div
			data-selected={selected || undefined}
			className="flex h-11 items-center gap-2 border-b border-line pr-1 pl-1 hover:bg-hover data-selected:bg-accent-soft"
		>
			<Checkbox label={t('Select {title}', { title })} checked={selected} onChange={onSelect} />
			<a
				href={`#/chat/${id}`}
				title={title}
				onClick={(event) => {
					event.preventDefault();
					services.layout.go({ section: 'chat', conversationId: id });
				}}
				className="min-w-0 flex-1 truncate text-ink no-underline hover:underline"
			>
				{title}
			</a>
			<span className="w-24 flex-none text-right text-xs text-ink-3 tabular-nums max-lg:hidden">
				{t('{count, plural, one {# message} other {# messages}}', { count: messages })}
			</span>
			<span className="w-24 flex-none text-right text-xs text-ink-3 tabular-nums max-md:hidden">
				{deletedAt === null ? '' : formatShortTime(deletedAt, now)}
			</span>
			<span className="w-28 flex-none text-right text-xs text-ink-2 tabular-nums">{describeTimeLeft(goneAt, now)}</span>
			<div className="flex flex-none">
				<IconButton
					icon={RotateCcw}
					label={t('Restore {title}', { title })}
					onClick={() => void restoreConversations(services, [id])}
				/>
				<IconButton
					icon={Trash2}
					label={t('Delete {title} for good', { title })}
					className="text-bad!"
					onClick={onDelete}
				/>
			</div>
		</div>
	);
}

function describeTimeLeft(goneAt: number | null, now: number): string {
	if (goneAt === null) return t('kept', {}, 'never deleted');
	const days = countDaysBetween(now, goneAt);
	return days <= 0 ? t('deleted today') : t('{days, plural, one {# day} other {# days}} left', { days });
}

const choices = [7, 30, 90, 365, null] as const;

function describeRetention(days: number | null): string {
	return days === null ? t('Manually only') : t('After {days, plural, one {# day} other {# days}}', { days });
}

/** Chooses after how long the trash empties itself. */
function TrashRetention() {
	const { settings, trash } = useServices();
	const days = useStore(settings.state, (state) => state.trashDays);
	const offered = choices.some((choice) => choice === days) ? choices : [days, ...choices];
	return (
		<div className="flex items-center gap-2">
			<span className="text-ink-2 max-md:hidden">{t('Deleted for good')}</span>
			<Menu
				trigger={
					<button
						type="button"
						aria-label={t('Deleted for good: {when}', { when: describeRetention(days) })}
						className={buttonClass('secondary')}
					>
						{describeRetention(days)}
						<Icon of={ChevronDown} size={14} className="text-ink-3" />
					</button>
				}
			>
				{offered.map((choice) => (
					<MenuItem
						key={choice ?? 'never'}
						selected={choice === days}
						onSelect={() => {
							settings.change({ trashDays: choice });
							// The list's times change once the setting is stored.
							setTimeout(() => void trash.refresh(), 400);
						}}
					>
						{describeRetention(choice)}
					</MenuItem>
				))}
			</Menu>
		</div>
	);
}
