import { useStore } from 'zustand';
import {
	formatCount,
	formatDuration,
	formatPercent,
	formatQuantity,
	formatRate,
	formatTimeLeft,
} from '../../design/format.ts';
import { Kbd } from '../../design/kbd.tsx';
import { ProgressBar } from '../../design/progress-bar.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { loadStageLabels } from '../../library/load-state.ts';
import { shortenModelName } from '../../library/model-name.ts';
import type { LiveAnswer, LiveState } from './live-answer.ts';

/**
 * Status line below an answer being generated. It is as high as the actions and statistics that replace it, so that
 * nothing moves.
 */
export function LiveStatus({ live }: { live: LiveAnswer | undefined }) {
	return live === undefined ? <StatusRows what="Waiting for the model" figures="" /> : <FollowedStatus live={live} />;
}

function FollowedStatus({ live }: { live: LiveAnswer }) {
	const state = useStore(live.state);
	switch (state.phase) {
		case 'waiting':
			return <StatusRows what="Waiting for the model" figures="" />;
		case 'loading':
			return (
				<StatusRows
					what={loadStageLabels[state.stage] ?? state.stage}
					figures={`${shortenModelName(state.modelName)}${state.fraction === null ? '' : ` · ${formatPercent(state.fraction)}`}`}
					bar={state.stage === 'queued' ? null : { value: state.fraction, label: `Loading ${state.modelName}` }}
				/>
			);
		case 'prompt':
			return (
				<StatusRows
					what="Reading the prompt"
					figures={promptFigures(state)}
					bar={{ value: state.total === 0 ? null : state.processed / state.total, label: 'Reading the prompt' }}
				/>
			);
		case 'writing':
			return <StatusRows what="Writing" figures={writingFigures(state)} />;
	}
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
				<Kbd>Esc</Kbd>
				<span className="text-ink-3">stops</span>
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
		`${formatCount(processed)} of ${formatQuantity(total, 'token')}`,
		cached > 0 ? `${formatCount(cached)} cached` : null,
		left === null || left < 1 ? null : formatTimeLeft(left),
	]
		.filter((part) => part !== null)
		.join(' · ');
}

function writingFigures(state: Extract<LiveState, { phase: 'writing' }>): string {
	return [
		formatQuantity(state.completionTokens, 'token'),
		state.tokensPerSecond === null ? null : formatRate(state.tokensPerSecond),
		state.ttftMs === null ? null : `first token ${formatDuration(state.ttftMs)}`,
	]
		.filter((part) => part !== null)
		.join(' · ');
}
