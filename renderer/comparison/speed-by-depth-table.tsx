import { useState } from 'react';
import type { ComparisonRow } from '../../electron/contract/comparison/schema.ts';
import { formatCount, formatNumber } from '../design/format.ts';
import { Segmented } from '../design/segmented.tsx';
import { t } from '../messages/t.ts';
import { FileHead, FileName, PlusMinus } from './table-cells.tsx';

type Kind = 'generation' | 'prompt';

/** Speed as the context fills: median of the rounds ± half of its 95 % interval. */
export function SpeedByDepthTable({ rows }: { rows: readonly ComparisonRow[] }) {
	const [kind, setKind] = useState<Kind>('generation');
	const measured = rows.filter(({ depths }) => depths.some((one) => one[kind] !== null));
	const depths = rows.find((row) => row.depths.length > 0)?.depths.map(({ depth }) => depth) ?? [];
	return (
		<section aria-label={t('Speed by depth of the context')}>
			<div className="flex flex-wrap items-center justify-between gap-2">
				<h2 className="text-xs font-semibold">
					{t('Speed by depth')}{' '}
					<span className="font-normal text-ink-2">{t('tok/s after this many tokens of context')}</span>
				</h2>
				<Segmented
					label={t('Kind of speed')}
					value={kind}
					onChange={setKind}
					options={[
						{ value: 'generation', label: t('Generation') },
						{ value: 'prompt', label: t('Prompt') },
					]}
				/>
			</div>
			<div className="relative mt-1 overflow-x-auto">
				<table className="w-full border-separate border-spacing-0 text-xs">
					<thead className="text-2xs text-ink-2">
						<tr>
							<FileHead />
							{depths.map((depth) => (
								<th key={depth} scope="col" className="border-b border-line px-2 py-1 text-right font-medium">
									{depth === 0 ? t('Empty') : formatCount(depth)}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{measured.map((row) => (
							<tr key={row.candidateId}>
								<FileName row={row} />
								{row.depths.map((one) => {
									const speed = one[kind];
									return (
										<td key={one.depth} className="border-b border-line px-2 py-1 text-right font-mono tabular-nums">
											{speed === null ? (
												'–'
											) : (
												<>
													{formatNumber(speed.median, 1)} <PlusMinus of={speed} digits={1} />
												</>
											)}
										</td>
									);
								})}
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</section>
	);
}
