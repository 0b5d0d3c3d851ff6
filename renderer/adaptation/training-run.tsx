import { Pause, Play, Scale, Square, TriangleAlert } from 'lucide-react';
import { useStore } from 'zustand';
import type { TrainingRun } from '../../electron/contract/adaptation/schema.ts';
import { textSources } from '../../electron/contract/adaptation/text-sources.ts';
import { describeTimeLeft } from '../comparison/comparison-wording.ts';
import { useCountdown } from '../comparison/use-countdown.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes, formatCount, formatDuration, formatList, formatNumber, formatRate } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { ProgressBar } from '../design/progress-bar.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { goalWords } from './goal-words.ts';
import { LossChart } from './loss-chart.tsx';
import { TrainingComparisons } from './training-comparisons.tsx';

/** One training run: progress, loss, the answers before and after, then base against adapter. */
export function TrainingRunView({ run }: { run: TrainingRun }) {
	const { trainings } = useServices();
	const points = useStore(trainings.state, (state) => state.points);
	return (
		<div className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto px-6 py-4 max-[1099px]:px-4">
			<Progress run={run} />
			{run.warnings.map(({ code, message }) => (
				<p key={code} className="mt-2 flex items-start gap-2 text-xs text-ink-2">
					<Icon of={TriangleAlert} size={12} className="mt-[3px] text-warn" />
					{message}
				</p>
			))}
			<LossChart points={points} steps={run.progress.steps} />
			<Facts run={run} />
			{/* Before the answers, which are long: it has the next action. */}
			{run.adapter === null ? null : <TrainingComparisons run={run} />}
			<Samples run={run} />
		</div>
	);
}

function Progress({ run }: { run: TrainingRun }) {
	const { trainings } = useServices();
	const { id, status, progress, failure } = run;
	const { step, steps, doing, held, phase } = progress;
	const isActive = status === 'running' || status === 'waiting';
	// Below a second there is nothing to count.
	const reported = progress.secondsLeft !== null && progress.secondsLeft >= 1 ? progress.secondsLeft : null;
	const left = useCountdown(reported, status === 'running' && !held);
	const resume = (
		<Button size="sm" icon={Play} onClick={() => void trainings.resume(id)}>
			{t('Resume')}
		</Button>
	);
	const stop = (
		<Button
			size="sm"
			icon={Square}
			blocked={
				phase === 'training' || step > 0 ? undefined : t('Nothing has been learned yet; pause or delete it instead')
			}
			onClick={() => void trainings.stop(id)}
		>
			{t('Stop and keep the best weights')}
		</Button>
	);
	if (status === 'failed' && failure !== null) {
		const actions = (
			<>
				{/* The same step would give the same numbers. */}
				{failure.code === 'training-diverged' ? null : resume}
				{run.checkpoint !== null && run.adapter === null ? stop : null}
			</>
		);
		return <FailureCard title={t('The training stopped')} failure={failure} actions={actions} />;
	}
	const words = isActive
		? (doing ?? t('Starting'))
		: status === 'paused'
			? run.adapter === null
				? t('Paused at step {step} of {steps}', { step: formatCount(step), steps: formatCount(steps) })
				: t('Trained; paused before the adapter had answered all sample prompts')
			: describeEnd(run);
	return (
		<section
			aria-label={t('Progress')}
			className="flex flex-wrap items-center gap-4 rounded-lg border border-line bg-sunken px-3.5 py-2.5"
		>
			<div className="min-w-52 flex-1">
				<div className="mb-1.5 flex flex-wrap gap-x-3">
					<span className="min-w-0 flex-1 truncate font-medium">{words}</span>
					<span className="text-xs text-ink-2 tabular-nums">
						{left === null ? '' : describeTimeLeft(left, true).text}
					</span>
				</div>
				<ProgressBar
					value={status === 'done' ? 1 : steps === 0 ? null : step / steps}
					label={t('Training')}
					tone={isActive || status === 'done' ? 'accent' : 'paused'}
				/>
			</div>
			{isActive ? (
				<Button size="sm" icon={Pause} onClick={() => void trainings.pause(id)}>
					{t('Pause')}
				</Button>
			) : status === 'paused' ? (
				resume
			) : null}
			{(isActive || status === 'paused') && run.adapter === null ? stop : null}
		</section>
	);
}

function describeEnd({ status, outcome, trainedMs, progress: { step } }: TrainingRun): string {
	if (status === 'cancelled') return t('Stopped before the first step');
	const values = { step, time: formatDuration(trainedMs) };
	if (outcome === 'early')
		return t(
			'Ended early after {step, plural, one {# step} other {# steps}}, {time}: validation no longer improved',
			values,
		);
	if (outcome === 'stopped') return t('Stopped after {step, plural, one {# step} other {# steps}}, {time}', values);
	return t('Trained {step, plural, one {# step} other {# steps}} in {time}', values);
}

/** The model whose answers are learned, as the manifest has it; null: none. */
function teacherOf({ manifest: { teacher } }: TrainingRun): string | null {
	if (typeof teacher !== 'object' || teacher === null) return null;
	const { name, quantization } = teacher as { readonly name: string; readonly quantization: string };
	return `${name} ${quantization}`;
}

/** Sources of texts that are named. */
const namedSources = 3;

/** What the run learns: a version of a dataset, or texts. */
function describeData(run: TrainingRun): string | null {
	const { dataset } = run;
	if (dataset !== null) return t('{name}, v{number}', { name: dataset.name, number: dataset.number });
	const names = textSources(run);
	if (names.length === 0) return null;
	if (names.length <= namedSources) return formatList(names);
	const [name = ''] = names;
	return t('{name} and {count, plural, one {# more source} other {# more sources}}', { name, count: names.length - 1 });
}

function Facts({ run }: { run: TrainingRun }) {
	const { objective, validation, peakBytes, adapter, tokensPerSecond, checkpoint, base } = run;
	const facts: readonly (readonly [string, string | null])[] = [
		[t('Goal'), goalWords[objective]],
		[t('Base'), `${base.name} ${base.quantization}`],
		[t('Larger model'), teacherOf(run)],
		[t('Data'), describeData(run)],
		[
			t('Validation loss'),
			validation === null
				? null
				: t('{first} to {best}, best at step {step}', {
						first: formatNumber(validation.first, 3),
						best: formatNumber(validation.best, 3),
						step: formatCount(validation.bestStep),
					}),
		],
		[t('Speed'), tokensPerSecond === null ? null : formatRate(tokensPerSecond)],
		[t('Peak memory'), peakBytes === null ? null : formatBytes(peakBytes)],
		[
			t('Checkpoint'),
			checkpoint === null || adapter !== null ? null : t('at step {step}', { step: formatCount(checkpoint.step) }),
		],
		[t('Adapter'), adapter === null ? null : formatBytes(adapter.sizeBytes)],
	];
	return (
		<dl className="mt-3 flex flex-wrap gap-x-6 gap-y-2">
			{facts.map(([name, value]) =>
				value === null ? null : (
					<div key={name} className="min-w-0">
						<dt className="text-2xs text-ink-3">{name}</dt>
						<dd className="text-xs [overflow-wrap:anywhere] tabular-nums">{value}</dd>
					</div>
				),
			)}
		</dl>
	);
}

function Samples({ run: { samples } }: { run: TrainingRun }) {
	const answered = samples.filter(({ before, after }) => before !== null || after !== null);
	if (answered.length === 0) return null;
	return (
		<section aria-label={t('Answers before and after')} className="mt-5">
			<h2 className="mb-2 flex items-center gap-2 text-xs font-semibold">
				<Icon of={Scale} size={12} className="text-ink-3" />
				{t('Answers before and after')}
			</h2>
			<ul className="grid gap-3">
				{answered.map(({ key, turns, target, before, after }) => (
					<li key={key} className="rounded-lg border border-line">
						<p className="border-b border-line px-3 py-2 text-xs [overflow-wrap:anywhere] whitespace-pre-wrap text-ink-2">
							{turns.at(-1)?.content}
						</p>
						{target === null ? null : (
							<div className="border-b border-line px-3 py-2">
								<p className="mb-1 text-2xs text-ink-3">{t('Expected answer')}</p>
								<p className="font-mono text-xs [overflow-wrap:anywhere] whitespace-pre-wrap">{target}</p>
							</div>
						)}
						<div className="grid min-[900px]:grid-cols-2">
							<Answer name={t('Before')} text={before} target={target} />
							<Answer name={t('After')} text={after} target={target} />
						</div>
					</li>
				))}
			</ul>
		</section>
	);
}

function Answer({ name, text, target }: { name: string; text: string | null; target: string | null }) {
	return (
		<div className="min-w-0 border-line px-3 py-2 not-first:border-t min-[900px]:not-first:border-t-0 min-[900px]:not-first:border-l">
			<p className="mb-1 flex items-center gap-2 text-2xs text-ink-3">
				{name}
				{target !== null && text !== null && text.trim() === target.trim() ? (
					<Badge tone="good">{t('As expected')}</Badge>
				) : null}
			</p>
			<p className="font-mono text-xs [overflow-wrap:anywhere] whitespace-pre-wrap">{text ?? t('Not yet')}</p>
		</div>
	);
}
