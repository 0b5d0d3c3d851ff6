import type { Sweep } from '../../../electron/contract/comparison/sweep.ts';
import { formatBytes, formatFullTime } from '../../design/format.ts';

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

/** Whether everything that is proposed is so in this combination. */
function matchesProposal({ setting }: Sweep['rows'][number], { choose }: Sweep): boolean {
	const wanted = Object.entries(choose).filter(([, value]) => value !== null);
	return wanted.length > 0 && wanted.every(([key, value]) => setting[key as keyof typeof setting] === value);
}

/** What the figures hold for. */
function describeConditions({ conditions }: Sweep): string {
	const { processor, cores, memoryBytes, loadBefore, loadAfter, power, engine, gpu } = conditions;
	return [
		`${processor}, ${cores} cores, ${formatBytes(memoryBytes)}`,
		...(gpu === undefined ? [] : [gpu]),
		`load ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after`,
		...(power === 'unknown' ? [] : [power === 'battery' ? 'on battery, where processors are held back' : 'on mains']),
		`${engine}.`,
	].join('; ');
}

/** What was measured, in words first. */
export function SweepResult({ sweep }: { sweep: Sweep }) {
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
												{cacheType === 'F16' ? '0, by definition' : 'not measured'}
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
					{sweep.generatedTokens}. The batch has no effect on generation, so it is measured once for all batches.
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
