import {
	ArrowRightToLine,
	Box,
	Check,
	Columns2,
	Copy,
	Ellipsis,
	History,
	ListPlus,
	Pencil,
	RefreshCw,
	Split,
	ThumbsDown,
	ThumbsUp,
	X,
} from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import type { NoticedSignal } from '../../../electron/contract/feedback/schema.ts';
import { useCopy } from '../../app/clipboard.ts';
import { formatShortcut } from '../../app/keyboard/key-bindings.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Button, IconButton, iconButtonClass } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { formatClockTime, formatFullTime } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../../design/menu.tsx';
import { FeedbackHistory } from '../../feedback/feedback-history.tsx';
import { describeSignal } from '../../feedback/feedback-wording.ts';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { branchConversation, useBlockedReason } from '../actions.ts';
import { isStored, isWriting } from '../thread/thread-state.ts';
import { useOtherModels } from '../use-chosen-model.ts';
import { AnswerRating } from './answer-rating.tsx';
import { isCutOff } from './answer-wording.ts';
import { BranchPager } from './branch-pager.tsx';

/** Actions under an answer, always visible: copy, answer again or continue, thumbs, and a menu with all others. */
export function AnswerActions({ message }: { message: Message }) {
	const { feedback, thread } = useServices();
	const blocked = useBlockedReason();
	const { copied, copy } = useCopy();
	const writing = useStore(thread.state, isWriting);
	const versions = message.siblings.length > 1;
	const unable = writing ? t('An answer is being written') : (blocked ?? undefined);
	const stored = isStored(message);
	const continues = stored && isCutOff(message);
	return (
		<div className="-mb-1.5 -ml-1 flex min-h-6.5 items-center gap-0.5">
			<BranchPager message={message} label={t('Versions of this answer')} />
			{versions ? <span className="mx-1.5 h-3.5 w-px bg-line-strong" /> : null}
			{message.content === '' ? null : (
				<IconButton
					icon={copied ? Check : Copy}
					label={copied ? t('Copied') : t('Copy answer')}
					keys={formatShortcut('copy-answer')}
					size="sm"
					onClick={() => {
						copy(message.content);
						if (stored) void feedback.copied(message.id);
					}}
				/>
			)}
			{continues ? (
				<IconButton
					icon={ArrowRightToLine}
					label={t('Continue answer')}
					keys={formatShortcut('continue-answer')}
					size="sm"
					blocked={unable}
					onClick={() => void thread.continue(message.id)}
				/>
			) : (
				<IconButton
					icon={RefreshCw}
					label={t('Answer again')}
					keys={formatShortcut('answer-again')}
					size="sm"
					blocked={unable}
					onClick={() => void thread.regenerate(message.id)}
				/>
			)}
			{message.content === '' || !stored ? null : <AnswerRating messageId={message.id} />}
			<AnswerMenu message={message} blocked={unable} continues={continues} />
			<span className="flex-1" />
			<WrittenAt at={message.createdAt} />
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
function AnswerMenu({
	message,
	blocked,
	continues,
}: {
	message: Message;
	blocked: string | undefined;
	/** "Answer again" has its place here. */
	continues: boolean;
}) {
	const services = useServices();
	const { addingToDataset, thread } = services;
	const [history, setHistory] = useState(false);
	const others = useOtherModels(message.generation?.modelFileId ?? null);
	const models = blocked === undefined ? others : [];
	const stored = isStored(message);
	const rateable = stored && message.content !== '';
	if (!stored && models.length === 0) return null;
	return (
		<>
			<Menu
				align="start"
				trigger={
					<button
						type="button"
						aria-label={t('More answer actions')}
						title={t('More answer actions')}
						className={iconButtonClass('sm')}
					>
						<Icon of={Ellipsis} size={14} />
					</button>
				}
			>
				{continues && blocked === undefined ? (
					<MenuItem
						icon={RefreshCw}
						keys={formatShortcut('answer-again')}
						onSelect={() => void thread.regenerate(message.id)}
					>
						{t('Answer again')}
					</MenuItem>
				) : null}
				{rateable ? <FeedbackItems messageId={message.id} onHistory={() => setHistory(true)} /> : null}
				{rateable ? (
					<MenuItem
						icon={ListPlus}
						keys={formatShortcut('add-to-dataset')}
						onSelect={() => addingToDataset.ask({ kind: 'message', messageId: message.id })}
					>
						{t('Add to dataset')}
					</MenuItem>
				) : null}
				{rateable ? <MenuLine /> : null}
				{stored ? (
					<MenuItem icon={Split} onSelect={() => void branchConversation(services, message.id)}>
						{t('Branch into a new conversation')}
					</MenuItem>
				) : null}
				{stored && message.siblings.length > 1 ? (
					<MenuItem icon={Columns2} onSelect={() => void runOrToast(services, () => thread.versions.show(message))}>
						{t('Show versions side by side')}
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
						{t('Answer again with {name}', { name: model.name })}
					</MenuItem>
				))}
			</Menu>
			{history ? <HistoryDialog messageId={message.id} onClose={() => setHistory(false)} /> : null}
		</>
	);
}

const noSignals: readonly NoticedSignal[] = [];

/** Correction, the other rating, earlier ratings and what was recorded about an answer. */
function FeedbackItems({ messageId, onHistory }: { messageId: number; onHistory: () => void }) {
	const { feedback } = useServices();
	const messageFeedback = useStore(feedback.state, (all) => all.get(messageId));
	const rating = messageFeedback?.rating ?? null;
	// A suggestion has its own place while it can be confirmed.
	const signals = (messageFeedback?.signals ?? noSignals).filter(
		({ source }) => rating !== null || source !== 'suggested',
	);
	return (
		<>
			<MenuItem
				icon={Pencil}
				keys="E"
				onSelect={() => feedback.asked.setState({ messageId, about: 'correction' }, true)}
			>
				{messageFeedback?.correction == null ? t('Correct answer') : t('Edit correction')}
			</MenuItem>
			{rating === null ? null : (
				<MenuItem
					icon={rating === 'up' ? ThumbsDown : ThumbsUp}
					keys={rating === 'up' ? '−' : '+'}
					onSelect={() => void feedback.toggle(messageId, rating === 'up' ? 'down' : 'up')}
				>
					{rating === 'up' ? t('Rate as bad instead') : t('Rate as good instead')}
				</MenuItem>
			)}
			{messageFeedback !== undefined && messageFeedback.earlier > 0 ? (
				<MenuItem icon={History} onSelect={onHistory}>
					{t('Rating history…')}
				</MenuItem>
			) : null}
			{signals.map((signal) => (
				<MenuItem key={signal.id} icon={X} onSelect={() => void feedback.removeSignal(signal.id)}>
					{t('Remove the record “{signal}”', { signal: describeSignal(signal) })}
				</MenuItem>
			))}
		</>
	);
}

function HistoryDialog({ messageId, onClose }: { messageId: number; onClose: () => void }) {
	const { feedback } = useServices();
	const messageFeedback = useStore(feedback.state, (all) => all.get(messageId));
	return (
		<Dialog
			open
			onClose={onClose}
			title={t('Rating history')}
			actions={<Button onClick={onClose}>{t('Close')}</Button>}
		>
			<div className="mt-3">
				<FeedbackHistory messageId={messageId} messageFeedback={messageFeedback} headed={false} />
			</div>
		</Dialog>
	);
}
