import { ArrowRightToLine, Box, Check, Columns2, Copy, Ellipsis, RefreshCw, Split } from 'lucide-react';
import { useStore } from 'zustand';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { useCopy } from '../../app/clipboard.ts';
import { formatShortcut } from '../../app/keyboard/key-bindings.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { useWindowWidth } from '../../app/use-window-width.ts';
import { AddToDatasetButton } from '../../dataset/add-to-dataset-button.tsx';
import { IconButton, iconButtonClass } from '../../design/button.tsx';
import { formatClockTime, formatFullTime } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../../design/menu.tsx';
import { FeedbackBar } from '../../feedback/feedback-bar.tsx';
import { useServices } from '../../services.ts';
import { branchConversation, useBlockedReason } from '../actions.ts';
import { isStored, isWriting } from '../thread/thread-state.ts';
import { useOtherModels } from '../use-chosen-model.ts';
import { isCutOff } from './answer-wording.ts';
import { BranchPager } from './branch-pager.tsx';

/** Actions under an answer, always visible: pager, copy, regenerate, correct and thumbs. */
export function AnswerActions({ message }: { message: Message }) {
	const { feedback, thread } = useServices();
	const blocked = useBlockedReason();
	const { copied, copy } = useCopy();
	const writing = useStore(thread.state, isWriting);
	const versions = message.siblings.length > 1;
	const unable = writing ? 'An answer is being written' : (blocked ?? undefined);
	const stored = isStored(message);
	const wide = useWindowWidth() === 'wide';
	return (
		<div className="-mb-1.5 -ml-1 flex min-h-6.5 items-center gap-0.5">
			<BranchPager message={message} name="answer" />
			{versions ? <span className="mx-1.5 h-3.5 w-px bg-line-strong" /> : null}
			{message.content === '' ? null : (
				<IconButton
					icon={copied ? Check : Copy}
					label={copied ? 'Copied' : 'Copy answer'}
					keys={formatShortcut('copy-answer')}
					size="sm"
					onClick={() => {
						copy(message.content);
						if (stored) void feedback.copied(message.id);
					}}
				/>
			)}
			<IconButton
				icon={RefreshCw}
				label="Answer again"
				keys={formatShortcut('answer-again')}
				size="sm"
				blocked={unable}
				onClick={() => void thread.regenerate(message.id)}
			/>
			{stored && isCutOff(message) ? (
				<IconButton
					icon={ArrowRightToLine}
					label="Go on with this answer"
					keys={formatShortcut('continue-answer')}
					size="sm"
					blocked={unable}
					onClick={() => void thread.continue(message.id)}
				/>
			) : null}
			{message.content === '' || !stored ? null : <FeedbackBar messageId={message.id} />}
			<AnswerMenu message={message} blocked={unable} />
			<span className="flex-1" />
			<WrittenAt at={message.createdAt} />
			{message.content === '' || !stored ? null : <AddToDatasetButton messageId={message.id} words={wide} />}
		</div>
	);
}

function WrittenAt({ at }: { at: number }) {
	return (
		<time
			dateTime={new Date(at).toISOString()}
			title={formatFullTime(at)}
			className="px-1.5 text-xs whitespace-nowrap text-ink-3 tabular-nums"
		>
			{formatClockTime(at, Date.now())}
		</time>
	);
}

/** Further actions on an answer. `blocked`: the reason why no further answer can start now. */
function AnswerMenu({ message, blocked }: { message: Message; blocked: string | undefined }) {
	const services = useServices();
	const { thread } = services;
	const others = useOtherModels(message.generation?.modelFileId ?? null);
	const models = blocked === undefined ? others : [];
	const stored = isStored(message);
	if (!stored && models.length === 0) return null;
	return (
		<Menu
			align="start"
			trigger={
				<button type="button" aria-label="More for this answer" className={iconButtonClass('sm')}>
					<Icon of={Ellipsis} size={14} />
				</button>
			}
		>
			{stored ? (
				<MenuItem icon={Split} onSelect={() => void branchConversation(services, message.id)}>
					Branch into a new conversation
				</MenuItem>
			) : null}
			{stored && message.siblings.length > 1 ? (
				<MenuItem icon={Columns2} onSelect={() => void runOrToast(services, () => thread.versions.show(message))}>
					Show the versions side by side
				</MenuItem>
			) : null}
			{models.length > 0 && stored ? <MenuLine /> : null}
			{models.map((model) => (
				<MenuItem
					key={model.id}
					icon={Box}
					keys={model.quantization}
					onSelect={() => void thread.regenerate(message.id, model.id)}
				>
					Answer again with {model.name}
				</MenuItem>
			))}
		</Menu>
	);
}
