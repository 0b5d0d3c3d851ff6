import { Ellipsis, PencilLine } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, memo } from 'react';
import { useStore } from 'zustand';
import type { Conversation } from '../../../electron/contract/conversation/schema.ts';
import { Checkbox } from '../../design/checkbox.tsx';
import { formatShortTime } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu } from '../../design/menu.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { toDraftKey } from '../composer/draft-store.ts';
import { archiveConversations, pinConversations, trashConversations } from '../organise/change-conversations.ts';
import { ConversationMenuItems } from './conversation-menu.tsx';
import { draggedType } from './drag-data.ts';
import { NumberedTitle } from './numbered-title.tsx';
import { RenameField } from './rename-field.tsx';

/** Events of a row for its list. All rows share one object, so that it never makes a row render again. */
export interface RowEvents {
	/** Extends the selection up to this row. */
	extendTo(id: number): void;
	/** The row is about to move away; its neighbour takes the focus. */
	leaving(element: HTMLElement): void;
	openMenu(conversation: Conversation): void;
}

/** One conversation of the list: its title and when it was last used, or that an answer is being written. */
export const ConversationRow = memo(function ConversationRow({
	conversation,
	now,
	current,
	focusable,
	indented,
	events,
}: {
	conversation: Conversation;
	now: number;
	current: boolean;
	focusable: boolean;
	indented: boolean;
	events: RowEvents;
}) {
	const services = useServices();
	const { layout, selection } = services;
	const { id, title } = conversation;
	const renaming = useStore(layout.state, (state) => state.renaming === id);
	const selecting = useStore(selection.state, ({ ids }) => ids.size > 0);
	const selected = useStore(selection.state, ({ ids }) => ids.has(id));
	if (renaming) return <RenameField conversation={conversation} />;

	function click(event: MouseEvent): void {
		event.preventDefault();
		if (event.shiftKey) events.extendTo(id);
		else if (event.ctrlKey || event.metaKey) selection.toggle(id);
		else {
			selection.clear();
			layout.go({ section: 'chat', conversationId: id });
		}
	}
	function press(event: KeyboardEvent<HTMLElement>): void {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const targets = selected ? [...selection.state.getState().ids] : [id];
		const act = rowAction(event.key);
		if (act === null) return;
		event.preventDefault();
		if (act === 'trash' || act === 'pin' || act === 'archive') events.leaving(event.currentTarget);
		switch (act) {
			case 'select':
				selection.toggle(id);
				break;
			case 'rename':
				layout.set({ renaming: id });
				break;
			case 'trash':
				void trashConversations(services, targets);
				break;
			case 'pin':
				void pinConversations(services, targets, conversation.pinnedAt === null);
				break;
			case 'archive':
				void archiveConversations(services, targets, conversation.archivedAt === null);
				break;
		}
	}
	return (
		<div className={`group relative ${indented ? 'pl-5.5' : ''}`}>
			<a
				data-row
				data-id={id}
				data-selected={selected || undefined}
				tabIndex={focusable ? 0 : -1}
				href={`#/chat/${id}`}
				aria-current={current ? 'true' : undefined}
				draggable
				onDragStart={(event) => {
					const ids = selected ? [...selection.state.getState().ids] : [id];
					event.dataTransfer.setData(draggedType, JSON.stringify(ids));
					event.dataTransfer.effectAllowed = 'move';
				}}
				onContextMenu={() => events.openMenu(conversation)}
				onClick={click}
				onDoubleClick={() => layout.set({ renaming: id })}
				onKeyDown={press}
				className={`flex h-7.5 items-center gap-2 rounded-[6px] pr-2 text-ink-2 no-underline hover:bg-hover focus-visible:-outline-offset-2 aria-[current]:bg-selected aria-[current]:font-medium aria-[current]:text-ink data-selected:bg-accent-soft data-selected:text-ink ${selecting ? 'pl-8' : 'pl-2'}`}
			>
				<NumberedTitle title={title} />
				<RowState conversation={conversation} now={now} current={current} />
			</a>
			{selecting ? (
				<Checkbox
					label={t('Select {title}', { title })}
					checked={selected}
					tabIndex={-1}
					onChange={() => selection.toggle(id)}
					className={`absolute! top-[3px] ${indented ? 'left-6.5' : 'left-1'}`}
				/>
			) : (
				<Menu
					trigger={
						<button
							type="button"
							tabIndex={-1}
							aria-label={t('Actions for {title}', { title })}
							className="absolute top-[3px] right-1 grid size-6 place-items-center rounded-sm text-ink-2 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-hover data-popup-open:bg-hover data-popup-open:opacity-100"
						>
							<Icon of={Ellipsis} size={14} />
						</button>
					}
				>
					<ConversationMenuItems conversation={conversation} inList />
				</Menu>
			)}
		</div>
	);
});

function RowState({ conversation, now, current }: { conversation: Conversation; now: number; current: boolean }) {
	const { drafts } = useServices();
	const draft = useStore(drafts.state, (all) => !current && (all[toDraftKey(conversation.id)] ?? '') !== '');
	const hides = 'group-focus-within:invisible group-hover:invisible group-has-data-popup-open:invisible';
	if (conversation.generatingMessageId !== null) return <Spinner label={t('Answer being written')} />;
	if (draft) {
		return (
			<span role="img" aria-label={t('Has a draft')} title={t('Has a draft')} className={`text-ink-3 ${hides}`}>
				<Icon of={PencilLine} size={12} />
			</span>
		);
	}
	return (
		<time className={`text-2xs font-normal text-ink-3 tabular-nums ${hides}`}>
			{formatShortTime(conversation.updatedAt, now)}
		</time>
	);
}

function rowAction(key: string): 'select' | 'rename' | 'trash' | 'pin' | 'archive' | null {
	switch (key) {
		case ' ':
			return 'select';
		case 'F2':
			return 'rename';
		case 'Delete':
			return 'trash';
		case 'p':
			return 'pin';
		case 'e':
			return 'archive';
		default:
			return null;
	}
}
