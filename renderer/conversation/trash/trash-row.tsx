import { RotateCcw, Trash2 } from 'lucide-react';
import type { Trashed } from '../../../electron/contract/conversation/organise.ts';
import { IconButton } from '../../design/button.tsx';
import { Checkbox } from '../../design/field/checkbox.tsx';
import { countDaysBetween, formatQuantity, formatShortTime } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { restoreConversations } from './change-trash.ts';

/** One conversation of the trash: what it is, when it was deleted, how long it is kept, and the two ways out. */
export function TrashRow({
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
			<Checkbox label={`Select ${title}`} checked={selected} onChange={onSelect} />
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
				{formatQuantity(messages, 'message')}
			</span>
			<span className="w-24 flex-none text-right text-xs text-ink-3 tabular-nums max-md:hidden">
				{deletedAt === null ? '' : formatShortTime(deletedAt, now)}
			</span>
			<span className="w-28 flex-none text-right text-xs text-ink-2 tabular-nums">{timeKept(goneAt, now)}</span>
			<div className="flex flex-none">
				<IconButton
					icon={RotateCcw}
					label={`Restore ${title}`}
					onClick={() => void restoreConversations(services, [id])}
				/>
				<IconButton icon={Trash2} label={`Delete ${title} for good`} className="text-bad!" onClick={onDelete} />
			</div>
		</div>
	);
}

function timeKept(goneAt: number | null, now: number): string {
	if (goneAt === null) return 'kept';
	const days = countDaysBetween(now, goneAt);
	return days <= 0 ? 'gone today' : `${formatQuantity(days, 'day')} left`;
}
