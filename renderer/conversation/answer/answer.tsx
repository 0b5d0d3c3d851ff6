import { CircleAlert, Info } from 'lucide-react';
import { memo } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../../electron/contract/conversation.ts';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';
import type { LiveAnswer } from '../live-answer.ts';
import { Markdown } from '../markdown/markdown.tsx';
import { AnswerActions } from './answer-actions.tsx';
import { AnswerFailure } from './answer-failure.tsx';
import { droppedWords, statsLine } from './ending.ts';
import { LiveStatus } from './live-status.tsx';
import { ReasoningFold } from './reasoning-fold.tsx';

/** A model's answer: plain text, and below it what can be done with it and how it was made. */
export const Answer = memo(function Answer({ message, last }: { message: Message; last: boolean }) {
	const { thread } = useServices();
	const live = useStore(thread.generations.state, (lives) => lives.get(message.id));
	const writing = message.status === 'streaming';
	return (
		<article
			aria-label={writing ? 'Answer being written' : 'Answer'}
			aria-busy={writing || undefined}
			className="flex flex-col gap-[9px]"
		>
			{writing && live ? <LiveBody live={live} /> : <StoredBody message={message} />}
			{writing ? (
				<LiveStatus live={live} />
			) : (
				<>
					<Ending message={message} last={last} />
					<AnswerActions message={message} />
					<p className="text-xs tracking-normal text-balance text-ink-3 tabular-nums">{statsLine(message)}</p>
				</>
			)}
		</article>
	);
});

function StoredBody({ message }: { message: Message }) {
	return (
		<>
			{message.reasoning === null ? null : (
				<ReasoningFold text={message.reasoning} milliseconds={message.reasoningMs} streaming={false} />
			)}
			{message.content === '' ? <Silence message={message} /> : <Markdown text={message.content} />}
		</>
	);
}

/** The same elements as a stored body, fed by the stream: when it ends, settled blocks stay as they are. */
function LiveBody({ live }: { live: LiveAnswer }) {
	const text = useStore(live.state, (state) => (state.phase === 'writing' ? state.text : ''));
	const reasoning = useStore(live.state, (state) => (state.phase === 'writing' ? state.reasoning : null));
	return (
		<>
			{reasoning === null ? null : <ReasoningFold text={reasoning} milliseconds={null} streaming={text === ''} />}
			{text === '' ? null : <Markdown text={text} streaming />}
		</>
	);
}

function Silence({ message }: { message: Message }) {
	if (message.status === 'failed' || message.status === 'streaming') return null;
	const words =
		message.status === 'complete'
			? 'The model ended its answer without writing anything.'
			: 'Nothing was written before this answer ended.';
	return <p className="text-ink-3">{words}</p>;
}

/** What a person must know about how the answer ended. */
function Ending({ message, last }: { message: Message; last: boolean }) {
	const dropped = droppedWords(message.generation?.droppedTurns ?? 0, message.generation?.contextSize ?? 0);
	return (
		<>
			{message.status === 'failed' && message.failure ? (
				<AnswerFailure message={message} failure={message.failure} last={last} />
			) : null}
			{message.status === 'interrupted' ? (
				<p className="flex items-start gap-1.5 text-xs text-warn">
					<Icon of={CircleAlert} size={14} className="mt-0.5" />
					Assay ended while this was being written. What had been written is kept.
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
