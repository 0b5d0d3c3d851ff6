import { Fragment } from 'react';
import { useStore } from 'zustand';
import type { Sweep, SweepChoices, SweepInput } from '../../electron/contract/comparison/sweep.ts';
import { computeJobFraction, JobProgress } from '../app/job-progress.tsx';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { CheckboxGroup } from '../design/checkbox-group.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes, formatFullTime, formatTimeLeft } from '../design/format.ts';
import { Skeleton } from '../design/skeleton.tsx';
import { Switch } from '../design/switch.tsx';
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
				text: `${model?.name ?? 'The model'} now loads with these settings.`,
				action: { label: 'Undo', run: () => void undo().catch(fail) },
			});
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}

	// Keyed, so that no button turns into another under the pointer.
	const actions =
		job !== null ? (
			<Fragment key="running">
				<Button onClick={() => void sweeps.cancel()}>Cancel</Button>
				<Button kind="primary" onClick={sweeps.close}>
					Run in background
				</Button>
			</Fragment>
		) : sweep !== null && failure === null ? (
			<Fragment key="done">
				<Button onClick={sweeps.again}>Measure again</Button>
				<Button onClick={sweeps.close}>Close</Button>
				<Button
					kind="primary"
					blocked={nothing ? 'No difference could be measured' : undefined}
					onClick={() => void use()}
				>
					Use these settings
				</Button>
			</Fragment>
		) : (
			<Fragment key="choosing">
				<Button onClick={sweeps.close}>Cancel</Button>
				<Button
					kind="primary"
					blocked={
						input === null || !isComplete(input) ? 'Choose at least one number of threads, one batch size and one cache type' : undefined
					}
					onClick={() => void sweeps.start()}
				>
					Find the fastest settings
				</Button>
			</Fragment>
		);
	return (
		<Dialog
			open
			onClose={sweeps.close}
			title="Find the fastest settings"
			text={`${model.name}, ${model.quantization}, on this computer.`}
			width={620}
			tall={job === null}
			actions={actions}
		>
			<div className="mt-4 flex flex-col gap-4">
				{failure === null ? null : <FailureCard title="Couldn’t measure the settings" failure={failure} />}
				{job !== null ? (
					<JobProgress
						name={job.title}
						fraction={computeJobFraction(job)}
						figures={
							job.state === 'queued' || job.total === null
								? 'Waiting until another measurement or a chat answer is complete'
								: job.secondsLeft === null
									? 'Measuring'
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
				legend="Threads"
				options={offered.threads.map((value) => ({ value, label: String(value) }))}
				chosen={new Set(input.threads)}
				onChange={(chosen) => onChange({ threads: [...chosen].toSorted((a, b) => a - b) })}
			/>
			<CheckboxGroup
				inline
				legend="Batch size, tokens"
				options={offered.batchSizes.map((value) => ({ value, label: value.toLocaleString('en') }))}
				chosen={new Set(input.batchSizes)}
				onChange={(chosen) => onChange({ batchSizes: [...chosen].toSorted((a, b) => a - b) })}
			/>
			<CheckboxGroup
				inline
				legend="KV cache type"
				options={offered.cacheTypes.map((value) => ({ value, label: value }))}
				chosen={new Set(input.cacheTypes)}
				onChange={(chosen) => onChange({ cacheTypes: offered.cacheTypes.filter((type) => chosen.has(type)) })}
			/>
			<Switch
				label="LocalScore"
				description="Runs its nine tests once with an F16 cache. Takes minutes even for a small model."
				checked={input.localScore}
				onChange={(localScore) => onChange({ localScore })}
			/>
			<p className="text-xs text-pretty text-ink-2">
				{estimate} Measures every combination {input.repetitions} times. Chat answers go first, and the model is unloaded
				meanwhile.
			</p>
		</div>
	);
}

type Speed = Sweep['rows'][number]['prompt'];

function Cell({ value, error, digits }: { value: number; error: number; digits: number }) {
	return (
		<td className="border-b border-line px-2 py-1 text-right font-mono whitespace-nowrap tabular-nums">
			{value.toFixed(digits)} <span className="text-ink-3">±{error.toFixed(digits)}</span>
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
		`${processor}, ${cores} cores, ${formatBytes(memoryBytes)}`,
		...(gpu === undefined ? [] : [gpu]),
		`load ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after`,
		...(power === 'unknown' ? [] : [power === 'battery' ? 'on battery, which slows processors down' : 'on mains power']),
		`${engine}.`,
	].join('; ');
}

/** The result of a sweep, in words first. */
function SweepResult({ sweep }: { sweep: Sweep }) {
	const { rows, caches } = sweep;
	const [lead = '', ...rest] = sweep.verdict.split(/(?<=\.) /);
	const rounds = rows[0]?.prompt.samples.length ?? 0;
	const costs = new Map(caches.map((cost) => [cost.cacheType, cost]));
	return (
		<div className="flex flex-col gap-4">
			<p className="text-pretty">
				<b className="font-semibold">{lead}</b> {rest.join(' ')}
			</p>
			<section aria-label="Measured combinations">
				<div className="overflow-x-auto">
					<table className="w-full border-separate border-spacing-0 text-xs">
						<thead className="text-2xs text-ink-2">
							<tr>
								<th scope="col" className={headClass}>
									Threads
								</th>
								<th scope="col" className={headClass}>
									Batch
								</th>
								<th scope="col" className={`${headClass} text-left`}>
									Cache
								</th>
								<th scope="col" className={headClass}>
									Prompt tok/s
								</th>
								<th scope="col" className={headClass}>
									Generation tok/s
								</th>
								<th scope="col" className={headClass}>
									KLD from F16
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
												{cacheType === 'F16' ? '0 (reference)' : 'not measured'}
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
					n = {rounds} rounds each: median ± standard deviation, prompts of {sweep.promptTokens} tokens, answers of{' '}
					{sweep.generatedTokens}. The batch size has no effect on generation.
					{caches.length === 0
						? ''
						: ` KLD: mean KL divergence in nats ± standard error over ${caches[0]?.tokens.toLocaleString('en')} tokens of prose; the likeliest token stays the same for ${caches.map((cost) => `${(100 * cost.sameTop).toFixed(1)} % (${cost.cacheType})`).join(', ')}.`}
				</p>
			</section>
			{sweep.localScore === null ? null : (
				<section aria-label="LocalScore">
					<h3 className="text-xs font-semibold">LocalScore {Math.round(sweep.localScore.score)}</h3>
					<p className="mt-0.5 text-xs text-pretty text-ink-2">
						10 times the cube root of {sweep.localScore.promptTokensPerSecond.toFixed(1)} prompt tok/s ×{' '}
						{sweep.localScore.generatedTokensPerSecond.toFixed(1)} generated tok/s × 1,000 /{' '}
						{sweep.localScore.firstTokenMs.toFixed(0)} ms to the first token, means over its nine tests (n ={' '}
						{sweep.localScore.repetitions} each), with {sweep.localScore.threads} threads, a batch of 2048 and a cache
						of F16. Compare it only with figures of the same model and quantisation.
					</p>
				</section>
			)}
			<p className="text-2xs text-pretty text-ink-2">
				{formatFullTime(sweep.measuredAt)}. {describeConditions(sweep)}
			</p>
		</div>
	);
}
