import { Fragment } from 'react';
import { useStore } from 'zustand';
import type { Sweep, SweepChoices, SweepInput } from '../../electron/contract/comparison/sweep.ts';
import { computeJobFraction, JobProgress } from '../app/job-progress.tsx';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { CheckboxGroup } from '../design/checkbox-group.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import {
	formatBytes,
	formatCount,
	formatFullTime,
	formatList,
	formatNumber,
	formatPercentage,
	formatTimeLeft,
	phraseSeparator,
} from '../design/format.ts';
import { Skeleton } from '../design/skeleton.tsx';
import { Switch } from '../design/switch.tsx';
import { sentence } from '../messages/sentences.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { isComplete } from './settings-sweep-store.ts';

/**
 * Finds the threads, batch size and cache types with which a model is fastest on this computer: choose, measure, apply.
 * The sweep continues after the dialog closes.
 */
export function SweepDialog() {
	const { sweeps, models, toasts } = useServices();
	const { modelId, choices, input, estimate, job, failure, sweep } = useStore(sweeps.state);
	const model = useStore(models.state, (state) => state.models.find(({ id }) => id === modelId));
	if (modelId === null || model === undefined) return null;
	const nothing = sweep !== null && Object.values(sweep.choose).every((value) => value === null);

	async function use(): Promise<void> {
		try {
			const undo = await sweeps.use();
			sweeps.close();
			const fail = (error: unknown) => toasts.fail(toFailure(error).message);
			toasts.show({
				text:
					model === undefined
						? t('The model now loads with these settings.')
						: t('{name} now loads with these settings.', { name: model.name }),
				action: { label: t('Undo'), run: () => void undo().catch(fail) },
			});
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}

	// Keyed, so that no button turns into another under the pointer.
	const actions =
		job !== null ? (
			<Fragment key="running">
				<Button onClick={() => void sweeps.cancel()}>{t('Cancel')}</Button>
				<Button kind="primary" onClick={sweeps.close}>
					{t('Run in background')}
				</Button>
			</Fragment>
		) : sweep !== null && failure === null ? (
			<Fragment key="done">
				<Button onClick={sweeps.again}>{t('Measure again')}</Button>
				<Button onClick={sweeps.close}>{t('Close')}</Button>
				<Button
					kind="primary"
					blocked={nothing ? t('No difference could be measured') : undefined}
					onClick={() => void use()}
				>
					{t('Use these settings')}
				</Button>
			</Fragment>
		) : (
			<Fragment key="choosing">
				<Button onClick={sweeps.close}>{t('Cancel')}</Button>
				<Button
					kind="primary"
					blocked={
						input === null || !isComplete(input)
							? t('Choose at least one number of threads, one batch size and one cache type')
							: undefined
					}
					onClick={() => void sweeps.start()}
				>
					{t('Find the fastest settings')}
				</Button>
			</Fragment>
		);
	return (
		<Dialog
			open
			onClose={sweeps.close}
			title={t('Find the fastest settings')}
			text={t('{name}, {quantization}, on this computer.', { name: model.name, quantization: model.quantization })}
			width={620}
			tall={job === null}
			actions={actions}
		>
			<div className="mt-4 flex flex-col gap-4">
				{failure === null ? null : <FailureCard title={t('Couldn’t measure the settings')} failure={failure} />}
				{job !== null ? (
					<JobProgress
						name={job.title}
						fraction={computeJobFraction(job)}
						figures={
							job.state === 'queued' || job.total === null
								? t('Waiting until another measurement or a chat answer is complete')
								: job.secondsLeft === null
									? t('Measuring')
									: formatTimeLeft(job.secondsLeft)
						}
					/>
				) : sweep !== null && failure === null ? (
					<SweepResult sweep={sweep} />
				) : input !== null && choices !== null ? (
					<SweepForm
						offered={choices.offered}
						input={input}
						estimate={estimate}
						onChange={(change) => void sweeps.change(change)}
					/>
				) : failure === null ? (
					<Skeleton rows={4} />
				) : null}
			</div>
		</Dialog>
	);
}

type Input = Omit<SweepInput, 'id'>;

/** Chooses what to measure. */
function SweepForm({
	offered,
	input,
	estimate,
	onChange,
}: {
	offered: SweepChoices['offered'];
	input: Input;
	estimate: string;
	onChange: (change: Partial<Input>) => void;
}) {
	return (
		<div className="flex flex-col gap-4">
			<CheckboxGroup
				inline
				legend={t('Threads')}
				options={offered.threads.map((value) => ({ value, label: String(value) }))}
				chosen={new Set(input.threads)}
				onChange={(chosen) => onChange({ threads: [...chosen].toSorted((a, b) => a - b) })}
			/>
			<CheckboxGroup
				inline
				legend={t('Batch size, tokens')}
				options={offered.batchSizes.map((value) => ({ value, label: formatCount(value) }))}
				chosen={new Set(input.batchSizes)}
				onChange={(chosen) => onChange({ batchSizes: [...chosen].toSorted((a, b) => a - b) })}
			/>
			<CheckboxGroup
				inline
				legend={t('KV cache type')}
				options={offered.cacheTypes.map((value) => ({ value, label: value }))}
				chosen={new Set(input.cacheTypes)}
				onChange={(chosen) => onChange({ cacheTypes: offered.cacheTypes.filter((type) => chosen.has(type)) })}
			/>
			<Switch
				label={t('LocalScore')}
				description={t('Runs its nine tests once with an F16 cache. Takes minutes even for a small model.')}
				checked={input.localScore}
				onChange={(localScore) => onChange({ localScore })}
			/>
			<p className="text-xs text-pretty text-ink-2">
				{estimate}{' '}
				{t(
					'Measures every combination {repetitions, plural, one {# time} other {# times}}. Chat answers go first, and the model is unloaded meanwhile.',
					{ repetitions: input.repetitions },
				)}
			</p>
		</div>
	);
}

type Speed = Sweep['rows'][number]['prompt'];

function Cell({ value, error, digits }: { value: number; error: number; digits: number }) {
	return (
		<td className="border-b border-line px-2 py-1 text-right font-mono whitespace-nowrap tabular-nums">
			{formatNumber(value, digits)} <span className="text-ink-3">±{formatNumber(error, digits)}</span>
		</td>
	);
}

const SpeedCell = ({ speed }: { speed: Speed }) => <Cell value={speed.median} error={speed.sd} digits={1} />;

const headClass = 'border-b border-line px-2 py-1 text-right font-medium';

/** Whether this combination contains all proposed settings. */
function matchesProposal({ setting }: Sweep['rows'][number], { choose }: Sweep): boolean {
	const wanted = Object.entries(choose).filter(([, value]) => value !== null);
	return wanted.length > 0 && wanted.every(([key, value]) => setting[key as keyof typeof setting] === value);
}

/** Describes the conditions of the figures. */
function describeConditions({ conditions }: Sweep): string {
	const { processor, cores, memoryBytes, loadBefore, loadAfter, power, engine, gpu } = conditions;
	return [
		t('{processor}, {cores, plural, one {# core} other {# cores}}, {memory}', {
			processor,
			cores,
			memory: formatBytes(memoryBytes),
		}),
		...(gpu === undefined ? [] : [gpu]),
		t('load {before} before and {after} after', {
			before: formatNumber(loadBefore, 1),
			after: formatNumber(loadAfter, 1),
		}),
		...(power === 'unknown'
			? []
			: [power === 'battery' ? t('on battery, which slows processors down') : t('on mains power')]),
		sentence(engine),
	].join(phraseSeparator('semicolon'));
}

/** The result of a sweep, in words first. */
function SweepResult({ sweep }: { sweep: Sweep }) {
	const { rows, caches } = sweep;
	const [lead = '', ...rest] = sweep.verdict.split(/(?<=\.) |(?<=。)/);
	const rounds = rows[0]?.prompt.samples.length ?? 0;
	const costs = new Map(caches.map((cost) => [cost.cacheType, cost]));
	return (
		<div className="flex flex-col gap-4">
			<p className="text-pretty">
				<b className="font-semibold">{lead}</b> {rest.join(' ')}
			</p>
			<section aria-label={t('Measured combinations')}>
				<div className="relative overflow-x-auto">
					<table className="w-full border-separate border-spacing-0 text-xs">
						<thead className="text-2xs text-ink-2">
							<tr>
								<th scope="col" className={headClass}>
									{t('Threads')}
								</th>
								<th scope="col" className={headClass}>
									{t('Batch')}
								</th>
								<th scope="col" className={`${headClass} text-left`}>
									{t('Cache')}
								</th>
								<th scope="col" className={headClass}>
									{t('Prompt tok/s')}
								</th>
								<th scope="col" className={headClass}>
									{t('Generation tok/s')}
								</th>
								<th scope="col" className={headClass}>
									{t('KLD from F16')}
								</th>
							</tr>
						</thead>
						<tbody>
							{rows.map((row) => {
								const { threads, batchSize, cacheType } = row.setting;
								const cost = costs.get(cacheType);
								return (
									<tr
										key={`${threads} ${batchSize} ${cacheType}`}
										className={matchesProposal(row, sweep) ? 'bg-accent-soft' : ''}
									>
										<td className="border-b border-line px-2 py-1 text-right font-mono tabular-nums">{threads}</td>
										<td className="border-b border-line px-2 py-1 text-right font-mono tabular-nums">{batchSize}</td>
										<td className="border-b border-line px-2 py-1 font-mono">{cacheType}</td>
										<SpeedCell speed={row.prompt} />
										<SpeedCell speed={row.generation} />
										{cost === undefined ? (
											<td className="border-b border-line px-2 py-1 text-right text-ink-2">
												{cacheType === 'F16' ? t('0 (reference)') : t('not measured')}
											</td>
										) : (
											<Cell value={cost.klDivergence} error={cost.error} digits={5} />
										)}
									</tr>
								);
							})}
						</tbody>
					</table>
				</div>
				<p className="mt-1.5 text-2xs text-pretty text-ink-2">
					{t(
						'n = {rounds, plural, one {# round} other {# rounds}} each: median ± standard deviation, prompts of {promptTokens, plural, one {# token} other {# tokens}}, answers of {generatedTokens}. The batch size has no effect on generation.',
						{ rounds, promptTokens: sweep.promptTokens, generatedTokens: sweep.generatedTokens },
					)}
					{caches.length === 0
						? ''
						: ` ${t(
								'KLD: mean KL divergence in nats ± standard error over {tokens, plural, one {# token} other {# tokens}} of prose; the likeliest token stays the same for {shares}.',
								{
									tokens: caches[0]?.tokens ?? 0,
									shares: formatList(
										caches.map((cost) => `${formatPercentage(100 * cost.sameTop, 1)} (${cost.cacheType})`),
									),
								},
							)}`}
				</p>
			</section>
			{sweep.localScore === null ? null : (
				<section aria-label={t('LocalScore')}>
					<h3 className="text-xs font-semibold">
						{t('LocalScore {score}', { score: formatCount(sweep.localScore.score) })}
					</h3>
					<p className="mt-0.5 text-xs text-pretty text-ink-2">
						{t(
							'10 times the cube root of {prompt} prompt tok/s × {generated} generated tok/s × 1,000 / {firstToken} ms to the first token, means over its nine tests (n = {repetitions} each), with {threads, plural, one {# thread} other {# threads}}, a batch of 2048 and a cache of F16. Compare it only with figures of the same model and quantisation.',
							{
								prompt: formatNumber(sweep.localScore.promptTokensPerSecond, 1),
								generated: formatNumber(sweep.localScore.generatedTokensPerSecond, 1),
								firstToken: formatCount(sweep.localScore.firstTokenMs),
								repetitions: sweep.localScore.repetitions,
								threads: sweep.localScore.threads,
							},
						)}
					</p>
				</section>
			)}
			<p className="text-2xs text-pretty text-ink-2">
				{formatFullTime(sweep.measuredAt)}. {describeConditions(sweep)}
			</p>
		</div>
	);
}
