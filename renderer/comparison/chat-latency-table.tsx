import type { ChatLatency, ComparisonRow, Speed } from '../../electron/contract/comparison/schema.ts';
import { formatCount, formatNumber } from '../design/format.ts';
import { Lines } from '../design/lines.tsx';
import { t } from '../messages/t.ts';
import { FileHead, FileName, PlusMinus } from './table-cells.tsx';

/** Formats milliseconds below ten seconds, then seconds. */
function formatTime(ms: number): string {
	return ms < 10_000 ? `${formatCount(Math.round(ms))} ms` : `${formatNumber(ms / 1000, 1)} s`;
}

function Timed({ repeats }: { repeats: Speed }) {
	return (
		<>
			{formatTime(repeats.median)} <PlusMinus of={repeats} />
		</>
	);
}

/** Names the prompt that a first-token time belongs to, on two lines. */
function firstTokenHead({ percentile, promptTokens }: ChatLatency['firstToken'][number]): string {
	if (percentile === null) {
		return t('First token,\na prompt of {promptTokens, plural, one {# token} other {# tokens}}', { promptTokens });
	}
	return percentile === 50
		? t('First token,\nyour median prompt of {promptTokens, plural, one {# token} other {# tokens}}', { promptTokens })
		: t('First token,\nyour long prompts of {promptTokens, plural, one {# token} other {# tokens}}', { promptTokens });
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
		<section aria-label={t('Latency in chat')} className="min-[1100px]:col-span-2">
			<h2 className="text-xs font-semibold">
				{t('Latency in chat')}{' '}
				<span className="font-normal text-ink-2">{t('including template, sampling and transport; medians')}</span>
			</h2>
			<div className="relative mt-1 overflow-x-auto">
				<table className="w-full border-separate border-spacing-0 text-xs">
					<thead className="align-bottom text-2xs text-ink-2">
						<tr>
							<FileHead />
							{words.map((one) => (
								<th key={one.promptTokens} scope="col" className={head}>
									<Lines text={firstTokenHead(one)} />
								</th>
							))}
							<th scope="col" className={head}>
								<Lines text={t('Between tokens, ms\nmedian · 95 % · 99 %')} />
							</th>
							<th scope="col" className={head}>
								<Lines text={t('Load,\nfile in memory')} />
							</th>
							<th scope="col" className={head}>
								<Lines text={t('Load,\nfrom disk')} />
							</th>
							<th scope="col" className={head}>
								<Lines text={t('Peak memory\nMB')} />
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
								<td className={cell}>{formatNumber(felt.peakBytes / 1e6, 0)}</td>
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
	return [between.p50, between.p95, between.p99].map((ms) => formatNumber(ms, 1)).join(' · ');
}

/** Describes the basis of the figures: n, and anything that could not be measured. */
function footnote({ firstToken, warmLoad, between, coldLoadMs }: ChatLatency): string {
	const own = firstToken.some(({ percentile }) => percentile !== null);
	return [
		own
			? t('Prompt lengths: the median and the 90th percentile of your recent conversations.')
			: t('Two typical prompt lengths, because there are too few conversations to learn yours.'),
		t(
			'{answers, plural, one {# answer} other {# answers}} for each length, {loads, plural, one {# warm load} other {# warm loads}}, 1 load from disk. ± is half of a 95 % interval.',
			{ answers: firstToken[0]?.time.samples.length ?? 0, loads: warmLoad.samples.length },
		),
		...(between === null
			? []
			: [
					t('About {pauses, plural, one {# pause} other {# pauses}} between tokens for each file.', {
						pauses: between.n,
					}),
				]),
		...(coldLoadMs === null ? [t('No load from disk, because this system can’t drop a file from its cache.')] : []),
	].join(' ');
}
