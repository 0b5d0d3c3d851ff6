import { Ellipsis } from 'lucide-react';
import { memo } from 'react';
import { useStore } from 'zustand';
import type { Conversation } from '../../../electron/contract/conversation.ts';
import { shortTime } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu } from '../../design/menu.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { useServices } from '../../services.ts';
import { moveToTrash } from '../actions.ts';
import { ConversationMenuItems } from './conversation-menu.tsx';
import { RenameField } from './rename-field.tsx';

/** One conversation of the list: title, and when it was last used or that an answer is being written. */
export const ConversationRow = memo(function ConversationRow({
	conversation,
	now,
	current,
	focusable,
	onContextMenu,
}: {
	conversation: Conversation;
	now: number;
	current: boolean;
	focusable: boolean;
	onContextMenu: () => void;
}) {
	const services = useServices();
	const { layout } = services;
	const renaming = useStore(layout.state, (state) => state.renaming === conversation.id);
	if (renaming) return <RenameField conversation={conversation} />;
	return (
		<div className="group relative">
			<a
				data-row
				tabIndex={focusable ? 0 : -1}
				href={`#/chat/${conversation.id}`}
				aria-current={current ? 'true' : undefined}
				onContextMenu={onContextMenu}
				onClick={(event) => {
					event.preventDefault();
					layout.go({ section: 'chat', conversationId: conversation.id });
				}}
				onDoubleClick={() => layout.set({ renaming: conversation.id })}
				onKeyDown={(event) => {
					if (event.key === 'F2') layout.set({ renaming: conversation.id });
					else if (event.key === 'Delete') void moveToTrash(services, conversation);
				}}
				className="flex h-7.5 items-center gap-2 rounded-[6px] px-2 text-ink-2 no-underline hover:bg-hover focus-visible:-outline-offset-2 aria-[current]:bg-selected aria-[current]:font-medium aria-[current]:text-ink"
			>
				<span className="min-w-0 flex-1 truncate" title={conversation.title}>
					{conversation.title}
				</span>
				{conversation.generatingMessageId === null ? (
					<time className="text-2xs font-normal text-ink-3 tabular-nums group-focus-within:invisible group-hover:invisible group-has-data-popup-open:invisible">
						{shortTime(conversation.updatedAt, now)}
					</time>
				) : (
					<Spinner label="Answer being written" />
				)}
			</a>
			<Menu
				trigger={
					<button
						type="button"
						tabIndex={-1}
						aria-label={`Actions for ${conversation.title}`}
						className="absolute top-[3px] right-1 grid size-6 place-items-center rounded-sm text-ink-2 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-hover data-popup-open:bg-hover data-popup-open:opacity-100"
					>
						<Icon of={Ellipsis} size={14} />
					</button>
				}
			>
				<ConversationMenuItems conversation={conversation} />
			</Menu>
		</div>
	);
});
