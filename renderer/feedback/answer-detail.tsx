import { CornerUpRight, X } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useStore } from 'zustand';
import type { FeedbackItem, NoticedSignal } from '../../electron/contract/feedback/schema.ts';
import { openMessage } from '../conversation/actions.ts';
import { AddToDatasetButton } from '../dataset/add-to-dataset-button.tsx';
import { Button, IconButton } from '../design/button.tsx';
import { formatCount, formatFullTime } from '../design/format.ts';
import { PaneHeader } from '../design/headers.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { Correction } from './correction.tsx';
import { FeedbackBar } from './feedback-bar.tsx';
import { FeedbackHistory } from './feedback-history.tsx';
import { describeSignal } from './feedback-wording.ts';
import { SuggestedRating } from './suggested-rating.tsx';

/** Longest text that comes with the list, as in the contract. */
const wholeUpTo = 4_000;

/** One answer in detail: the question, the answer, its current feedback and the earlier feedback. */
export function AnswerDetail({ item, onClose }: { item: FeedbackItem; onClose: () => void }) {
	const services = useServices();
	const { addingToDataset, feedback } = services;
	const messageFeedback = useStore(feedback.state, (all) => all.get(item.messageId));
	useEffect(() => {
		void feedback.show([item.messageId]);
		void addingToDataset.show([item.messageId]);
	}, [addingToDataset, feedback, item.messageId]);
	const cut = item.answer.length >= wholeUpTo;
	return (
		<>
			<PaneHeader heading={item.conversationTitle} onClose={onClose} />
			<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5">
				<div className="flex items-center gap-1">
					<Button icon={CornerUpRight} className="flex-1" onClick={() => openMessage(services, item)}>
						{t('Open conversation')}
					</Button>
					<AddToDatasetButton messageId={item.messageId} />
				</div>
				<div data-answer={item.messageId} className="-ml-1 flex flex-wrap items-center gap-x-0.5 gap-y-1">
					<FeedbackBar
						messageId={item.messageId}
						blocked={cut ? t('This answer is long. Correct it in its conversation.') : undefined}
					/>
				</div>
				<SuggestedRating messageId={item.messageId} />
				<Text label={t('Prompt')} text={item.prompt} />
				<Text label={t('Answer')} text={item.answer} />
				<Correction small message={{ id: item.messageId, content: item.answer }} />
				{messageFeedback?.comment == null ? null : <Text label={t('Comment')} text={messageFeedback.comment} />}
				{messageFeedback === undefined || messageFeedback.signals.length === 0 ? null : (
					<Signals signals={messageFeedback.signals} />
				)}
				<FeedbackHistory messageId={item.messageId} messageFeedback={messageFeedback} />
				<p className="text-xs text-ink-3">
					{item.modelName === '' ? t('Unknown model') : `${item.modelName} ${item.quantization}`},{' '}
					{formatFullTime(item.at)}
				</p>
			</div>
		</>
	);
}

function Text({ label, text }: { label: string; text: string }) {
	if (text === '') return null;
	return (
		<Block label={label}>
			<Scroller label={label} className="max-h-60 rounded-md border border-line bg-sunken px-2.5 py-2">
				<p className="foreign whitespace-pre-wrap" dir="auto">
					{text}
					{text.length >= wholeUpTo ? '…' : ''}
				</p>
			</Scroller>
			{text.length >= wholeUpTo ? (
				<p className="mt-1 text-xs text-ink-3">
					{t('Showing the first {count} characters. Open the conversation to see all.', {
						count: formatCount(wholeUpTo),
					})}
				</p>
			) : null}
		</Block>
	);
}

function Signals({ signals }: { signals: readonly NoticedSignal[] }) {
	const { feedback } = useServices();
	return (
		<Block label={t('Implicit feedback')}>
			<ul className="flex flex-col gap-0.5">
				{signals.map((noticed) => (
					<li key={noticed.id} className="flex items-center gap-2">
						<span className="min-w-0 flex-1" title={formatFullTime(noticed.createdAt)}>
							{describeSignal(noticed)}
						</span>
						<IconButton
							icon={X}
							size="sm"
							label={t('Remove the record “{signal}”', { signal: describeSignal(noticed) })}
							onClick={() => void feedback.removeSignal(noticed.id)}
						/>
					</li>
				))}
			</ul>
		</Block>
	);
}

export function Block({ label, children }: { label: string; children: ReactNode }) {
	return (
		<section aria-label={label}>
			<h3 className="mb-1 text-xs font-medium text-ink-3">{label}</h3>
			{children}
		</section>
	);
}
