import { CircleAlert, Info } from 'lucide-react';
import { memo, useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { textsOfRounds } from '../../../electron/contract/conversation/round-texts.ts';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import type { AnswerRound } from '../../../electron/contract/conversation/steps.ts';
import { AddToDatasetButton } from '../../dataset/add-to-dataset-button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Correction } from '../../feedback/correction.tsx';
import { SuggestedRating } from '../../feedback/suggested-rating.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { AnswerLedger } from '../ledger/answer-ledger.tsx';
import { Markdown } from '../markdown/markdown.tsx';
import { SourceContext } from '../markdown/source-marks.ts';
import { isStored } from '../thread/thread-state.ts';
import { AnswerActions } from './answer-actions.tsx';
import { AnswerFailure } from './answer-failure.tsx';
import { AnswerSteps } from './answer-steps.tsx';
import { describeOverflow } from './answer-wording.ts';
import { type LiveAnswer, type LiveState, writtenOf } from './live-answer.ts';
import { LiveStatus } from './live-status.tsx';
import { Reasoning } from './reasoning.tsx';

/** A model's answer: its text, followed by actions and statistics. */
export const Answer = memo(function Answer({ message, last }: { message: Message; last: boolean }) {
	const { thread } = useServices();
	const live = useStore(thread.generations.state, (lives) => lives.get(message.id));
	const writing = message.status === 'streaming';
	return (
		<article
			aria-label={writing ? t('Answer being written') : t('Answer')}
			aria-busy={writing || undefined}
			data-answer={writing || !isStored(message) ? undefined : message.id}
			// A click focuses the answer, so that its single-key shortcuts work.
			tabIndex={-1}
			className="flex flex-col gap-[9px] rounded-sm outline-offset-4!"
		>
			<AnswerBody message={message} live={writing ? live : undefined} />
			{writing ? (
				<LiveStatus live={live} />
			) : (
				<>
					<Ending message={message} last={last} />
					<Correction message={message} />
					<AnswerActions message={message} />
					<SuggestedRating messageId={message.id} />
					<AnswerLedger message={message} />
					{isStored(message) ? <InDatasets messageId={message.id} /> : null}
				</>
			)}
		</article>
	);
});

/** Links to the samples made of an answer. */
function InDatasets({ messageId }: { messageId: number }) {
	const { addingToDataset } = useServices();
	const used = useStore(addingToDataset.uses, (all) => (all.get(messageId)?.length ?? 0) > 0);
	return used ? (
		<div className="flex">
			<AddToDatasetButton messageId={messageId} words />
		</div>
	) : null;
}

/** Uses the same elements whether the answer is stored or streaming, so that nothing is redrawn when it ends. */
export function AnswerBody({ message, live }: { message: Message; live: LiveAnswer | undefined }) {
	const writing = useStreamedText(live);
	const text = writing?.text ?? message.content;
	const reasoning = writing ? writing.reasoning : message.reasoning;
	const growing = message.status === 'streaming';
	const following = useStore(live?.rounds ?? noRounds);
	const rounds = live === undefined ? (message.rounds ?? none) : following;
	const { shownSource } = useServices();
	const { ledger, id } = message;
	const known = ledger?.knownSources ?? 0;
	const unfound = ledger?.unfoundQuotes;
	const marks = useMemo(
		() =>
			known === 0
				? undefined
				: { known, quotes: (unfound ?? []).map(({ start, end }) => message.content.slice(start, end)) },
		[known, unfound, message.content],
	);
	const openSource = (number: number): void => shownSource.setState({ messageId: id, number }, true);
	return (
		<>
			{reasoning === null ? null : (
				<Reasoning
					text={reasoning}
					milliseconds={writing ? writing.reasoningMs : message.reasoningMs}
					streaming={growing && text === ''}
				/>
			)}
			{text === '' && rounds.length === 0 ? (
				<Silence message={message} />
			) : (
				textsOfRounds(text, rounds).map((part, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: rounds only follow each other
					<SourceContext key={index} value={known === 0 ? null : openSource}>
						{part.trim() === '' ? null : (
							<Markdown text={part} streaming={growing && index === rounds.length} sources={marks} />
						)}
						{index < rounds.length ? <AnswerSteps steps={rounds[index]?.steps ?? []} messageId={message.id} /> : null}
					</SourceContext>
				))
			)}
		</>
	);
}

const none: readonly AnswerRound[] = [];
const noRounds = createStore<readonly AnswerRound[]>(() => none);

/** Placeholder for an answer without a stream. */
export const noStream = createStore<LiveState>(() => ({ phase: 'waiting' }));

/** Returns the streamed text so far; null if there is no stream or no text yet. */
function useStreamedText(live: LiveAnswer | undefined): ReturnType<typeof writtenOf> {
	return useStore(live?.state ?? noStream, writtenOf);
}

function Silence({ message }: { message: Message }) {
	// These say by themselves how they ended.
	if (message.status === 'failed' || message.status === 'interrupted' || message.status === 'streaming') return null;
	const words =
		message.status === 'complete'
			? t('The model returned an empty answer.')
			: t('This answer ended before any text was written.');
	return <p className="text-ink-3">{words}</p>;
}

/** What the user must know about how the answer ended. */
export function Ending({ message, last }: { message: Message; last: boolean }) {
	const dropped = describeOverflow(message);
	return (
		<>
			{message.status === 'failed' && message.failure ? (
				<AnswerFailure message={message} failure={message.failure} last={last} />
			) : null}
			{message.status === 'interrupted' ? (
				<p className="flex items-start gap-1.5 text-xs text-warn">
					<Icon of={CircleAlert} size={14} className="mt-0.5" />
					{message.content === ''
						? t('Assay closed before any text of this answer was written.')
						: t('Assay closed while this was being written. The text so far was kept.')}
				</p>
			) : null}
			{dropped === null ? null : (
				<p className="flex items-start gap-1.5 text-xs text-ink-2">
					<Icon of={Info} size={14} className="mt-0.5 text-ink-3" />
					{dropped}
				</p>
			)}
		</>
	);
}
