import { Check, Copy, ListPlus, Pencil, Split } from 'lucide-react';
import { memo, useState } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { useCopy } from '../../app/clipboard.ts';
import { IconButton } from '../../design/button.tsx';
import { formatCount } from '../../design/format.ts';
import { FactProposals } from '../../memory/fact-proposals.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { branchConversation } from '../actions.ts';
import { BranchPager } from '../answer/branch-pager.tsx';
import { SentAttachments } from '../composer/attachments.tsx';
import { isStored, shownMessages, type ThreadState } from './thread-state.ts';
import { UserMessageEditor } from './user-message-editor.tsx';

/** Longer texts show only this many characters until expanded, so that a pasted book does not fill the screen. */
const shownCharacters = 2_400;

/** The user's message: a bubble on the right, with the text as typed. */
export const UserMessage = memo(function OwnMessage({ message }: { message: Message }) {
	const services = useServices();
	const { addingToDataset, layout, thread } = services;
	const answerId = useStore(thread.state, (state) => findAnswer(state, message.id));
	const editing = useStore(layout.state, (state) => state.editing === message.id);
	const [whole, setWhole] = useState(false);
	const { copied, copy } = useCopy();
	if (editing) return <UserMessageEditor message={message} />;
	const long = message.content.length > shownCharacters + 400;
	const text = long && !whole ? `${message.content.slice(0, shownCharacters).trimEnd()}…` : message.content;
	return (
		<>
			<div className="group flex items-end justify-end gap-1.5">
				<div className="flex flex-none items-center gap-0.5 pb-[5px]">
					<BranchPager message={message} label={t('Versions of this message')} />
					<span className="flex opacity-0 transition-opacity duration-(--fast) group-focus-within:opacity-100 group-hover:opacity-100">
						<IconButton
							icon={copied ? Check : Copy}
							label={copied ? t('Copied') : t('Copy message')}
							size="sm"
							onClick={() => copy(message.content)}
						/>
						{isStored(message) ? (
							<IconButton
								icon={Split}
								label={t('Branch into a new conversation')}
								size="sm"
								onClick={() => void branchConversation(services, message.id)}
							/>
						) : null}
						{answerId === null ? null : (
							<IconButton
								icon={ListPlus}
								label={t('Add to dataset with its answer')}
								size="sm"
								onClick={() => addingToDataset.ask({ kind: 'message', messageId: answerId })}
							/>
						)}
						<IconButton
							icon={Pencil}
							label={t('Edit and send again')}
							keys="Up"
							size="sm"
							onClick={() => layout.set({ editing: message.id })}
						/>
					</span>
				</div>
				<div
					className="foreign max-w-140 min-w-0 rounded-[12px_12px_4px_12px] bg-bubble px-3.5 py-2 text-md whitespace-pre-wrap"
					dir="auto"
				>
					<SentAttachments attachments={message.attachments} />
					{text}
					{long ? (
						<button
							type="button"
							onClick={() => setWhole(!whole)}
							className="mt-1 block text-xs font-medium text-accent-ink hover:underline"
						>
							{whole
								? t('Show less')
								: t('Show all {count} characters', { count: formatCount(message.content.length) })}
						</button>
					) : null}
				</div>
			</div>
			{isStored(message) ? <FactProposals messageId={message.id} /> : null}
		</>
	);
});

/** Finds the finished answer to a user's message on this branch; null if none could become a sample. */
function findAnswer(state: ThreadState, messageId: number): number | null {
	const answer = shownMessages(state).find(({ parentId, role }) => parentId === messageId && role === 'assistant');
	return answer === undefined || !isStored(answer) || answer.status === 'streaming' || answer.content === ''
		? null
		: answer.id;
}
