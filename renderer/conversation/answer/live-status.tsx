import { useStore } from 'zustand';
import type { AnswerRound } from '../../../electron/contract/conversation/steps.ts';
import {
	formatCount,
	formatDuration,
	formatList,
	formatPercent,
	formatRate,
	formatTimeLeft,
} from '../../design/format.ts';
import { Kbd } from '../../design/kbd.tsx';
import { ProgressBar } from '../../design/progress-bar.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { loadStageLabels } from '../../library/load-state.ts';
import { shortenModelName } from '../../library/model-name.ts';
import { t } from '../../messages/t.ts';
import { Trans } from '../../messages/trans.tsx';
import { type LiveAnswer, type LiveState, writtenOf } from './live-answer.ts';

/**
 * Status line below an answer being generated. It is as high as the actions and statistics that replace it, so that
 * nothing moves.
 */
export function LiveStatus({ live }: { live: LiveAnswer | undefined }) {
	return live === undefined ? (
		<StatusRows what={t('Waiting for the model')} figures="" />
	) : (
		<FollowedStatus live={live} />
	);
}

function FollowedStatus({ live }: { live: LiveAnswer }) {
	const state = useStore(live.state);
	const calls = useStore(live.rounds, unfinishedCalls);
	if (calls !== '') return <StatusRows what={describeCalls(calls)} figures={figuresOf(state)} />;
	switch (state.phase) {
		case 'waiting':
			return <StatusRows what={t('Waiting for the model')} figures="" />;
		case 'loading':
			return (
				<StatusRows
					what={loadStageLabels[state.stage] ?? state.stage}
					figures={`${shortenModelName(state.modelName)}${state.fraction === null ? '' : ` · ${formatPercent(state.fraction)}`}`}
					bar={
						state.stage === 'queued'
							? null
							: { value: state.fraction, label: t('Loading {name}', { name: state.modelName }) }
					}
				/>
			);
		case 'prompt':
			return (
				<StatusRows
					what={t('Reading the prompt')}
					figures={promptFigures(state)}
					bar={{ value: state.total === 0 ? null : state.processed / state.total, label: t('Reading the prompt') }}
				/>
			);
		case 'writing':
			return <StatusRows what={t('Writing')} figures={writingFigures(state)} />;
	}
}

/** Names of the calls of the last round that have not ended, after what they wait for; '' if all have. */
function unfinishedCalls(rounds: readonly AnswerRound[]): string {
	const open = (rounds.at(-1)?.steps ?? []).filter(({ status }) => ['waiting', 'asking', 'running'].includes(status));
	if (open.length === 0) return '';
	const asks = open.some(({ status }) => status === 'asking');
	return `${asks ? '?' : '!'}${formatList(open.map(({ name }) => name))}`;
}

function describeCalls(calls: string): string {
	return calls.startsWith('?') ? t('Waiting for your permission') : t('Calling {names}', { names: calls.slice(1) });
}

function figuresOf(state: LiveState): string {
	const written = writtenOf(state);
	return written === null ? '' : writingFigures(written);
}

function StatusRows({
	what,
	figures,
	bar = null,
}: {
	what: string;
	figures: string;
	bar?: { value: number | null; label: string } | null;
}) {
	return (
		<>
			<div className="-mb-1.5 flex min-h-6.5 items-center gap-1.5 text-xs text-ink-2">
				<Spinner />
				{what}
				<span className="flex-1" />
				<Trans
					text="{key} <words>stops</words>"
					values={{ key: <Kbd>Esc</Kbd>, words: (words) => <span className="text-ink-3">{words}</span> }}
				/>
			</div>
			<div className="flex min-h-4.5 items-center gap-3 text-xs text-ink-3 tabular-nums">
				{bar === null ? null : <ProgressBar value={bar.value} label={bar.label} className="w-40 flex-none" />}
				<span>{figures}</span>
			</div>
		</>
	);
}

function promptFigures(state: Extract<LiveState, { phase: 'prompt' }>): string {
	const { processed, total, cached, since } = state;
	const seconds = (performance.now() - since) / 1000;
	const done = processed - cached;
	const left = seconds > 1 && done > 0 ? ((total - processed) / done) * seconds : null;
	return [
		t('{processed} of {total, plural, one {# token} other {# tokens}}', { processed: formatCount(processed), total }),
		cached > 0 ? t('{count} cached', { count: formatCount(cached) }) : null,
		left === null || left < 1 ? null : formatTimeLeft(left),
	]
		.filter((part) => part !== null)
		.join(' · ');
}

function writingFigures(state: Extract<LiveState, { phase: 'writing' }>): string {
	return [
		t('{count, plural, one {# token} other {# tokens}}', { count: state.completionTokens }),
		state.tokensPerSecond === null ? null : formatRate(state.tokensPerSecond),
		state.ttftMs === null ? null : t('first token {time}', { time: formatDuration(state.ttftMs) }),
	]
		.filter((part) => part !== null)
		.join(' · ');
}
