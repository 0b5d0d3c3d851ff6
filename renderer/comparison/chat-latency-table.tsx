import type { ChatLatency, ComparisonRow, Speed } from '../../electron/contract/comparison/schema.ts';
import { formatCount } from '../design/format.ts';
import { FileHead, FileName, PlusMinus } from './table-cells.tsx';

/** Formats milliseconds below ten seconds, then seconds. */
function formatTime(ms: number): string {
	return ms < 10_000 ? `${formatCount(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function Timed({ repeats }: { repeats: Speed }) {
	return (
		<>
			{formatTime(repeats.median)} <PlusMinus of={repeats} />
		</>
	);
}

/** Names the prompt that a first-token time belongs to: "your middle prompt". */
function promptName(percentile: number | null): string {
	if (percentile === null) return 'a prompt';
	return percentile === 50 ? 'your median prompt' : 'your long prompts';
}

const head = 'border-b border-line px-2 py-1 text-right font-medium';
const cell = 'border-b border-line px-2 py-1 text-right font-mono tabular-nums whitespace-nowrap';

/** Chat latency: loads, first words and pauses between words, measured through the worker that chats. */
export function ChatLatencyTable({ rows }: { rows: readonly ComparisonRow[] }) {
	const measured = rows.flatMap((row) => (row.felt === null ? [] : [{ row, felt: row.felt }]));
	const [first] = measured;
	if (first === undefined) return null;
	const words = first.felt.firstToken;
	return (
		<section aria-label="Latency in chat" className="min-[1100px]:col-span-2">
			<h2 className="text-xs font-semibold">
				Latency in chat{' '}
				<span className="font-normal text-ink-2">including template, sampling and transport; medians</span>
			</h2>
			<div className="mt-1 overflow-x-auto">
				<table className="w-full border-separate border-spacing-0 text-xs">
					<thead className="align-bottom text-2xs text-ink-2">
						<tr>
							<FileHead />
							{words.map(({ percentile, promptTokens }) => (
								<th key={promptTokens} scope="col" className={head}>
									First token,
									<br />
									{promptName(percentile)} of {formatCount(promptTokens)} tokens
								</th>
							))}
							<th scope="col" className={head}>
								Between tokens, ms
								<br />
								median · 95 % · 99 %
							</th>
							<th scope="col" className={head}>
								Load,
								<br />
								file in memory
							</th>
							<th scope="col" className={head}>
								Load,
								<br />
								from disk
							</th>
							<th scope="col" className={head}>
								Peak memory
								<br />
								MB
							</th>
						</tr>
					</thead>
					<tbody>
						{measured.map(({ row, felt }) => (
							<tr key={row.candidateId}>
								<FileName row={row} />
								{felt.firstToken.map((one) => (
									<td key={one.promptTokens} className={cell}>
										<Timed repeats={one.time} />
									</td>
								))}
								<td className={cell}>
									<Between between={felt.between} />
								</td>
								<td className={cell}>
									<Timed repeats={felt.warmLoad} />
								</td>
								<td className={cell}>
									{felt.coldLoadMs === null ? <span className="text-ink-3">–</span> : formatTime(felt.coldLoadMs)}
								</td>
								<td className={cell}>{(felt.peakBytes / 1e6).toFixed(0)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
			<p className="mt-1.5 text-2xs text-pretty text-ink-2">{footnote(first.felt)}</p>
		</section>
	);
}

function Between({ between }: { between: ChatLatency['between'] }) {
	if (between === null) return <span className="text-ink-3">–</span>;
	return [between.p50, between.p95, between.p99].map((ms) => ms.toFixed(1)).join(' · ');
}

/** Describes the basis of the figures: n, and anything that could not be measured. */
function footnote({ firstToken, warmLoad, between, coldLoadMs }: ChatLatency): string {
	const own = firstToken.some(({ percentile }) => percentile !== null);
	return [
		own
			? 'Prompt lengths: the median and the 90th percentile of your recent conversations.'
			: 'Two typical prompt lengths, because there are too few conversations to learn yours.',
		`${firstToken[0]?.time.samples.length ?? 0} answers for each length, ${warmLoad.samples.length} warm loads, 1 load from disk. ± is half of a 95 % interval.`,
		...(between === null ? [] : [`About ${formatCount(between.n)} pauses between tokens for each file.`]),
		...(coldLoadMs === null ? ['No load from disk, because this system can’t drop a file from its cache.'] : []),
	].join(' ');
}
