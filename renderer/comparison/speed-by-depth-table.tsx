import { useState } from 'react';
import type { ComparisonRow } from '../../electron/contract/comparison/schema.ts';
import { Segmented } from '../design/segmented.tsx';
import { FileHead, FileName, PlusMinus } from './table-cells.tsx';

type Kind = 'generation' | 'prompt';

/** Speed as the context fills: median of the rounds ± half of its 95 % interval. */
export function SpeedByDepthTable({ rows }: { rows: readonly ComparisonRow[] }) {
	const [kind, setKind] = useState<Kind>('generation');
	const measured = rows.filter(({ depths }) => depths.some((one) => one[kind] !== null));
	const depths = rows.find((row) => row.depths.length > 0)?.depths.map(({ depth }) => depth) ?? [];
	return (
		<section aria-label="Speed by depth of the context">
			<div className="flex flex-wrap items-center justify-between gap-2">
				<h2 className="text-xs font-semibold">
					Speed by depth <span className="font-normal text-ink-2">tok/s behind so many tokens of context</span>
				</h2>
				<Segmented
					label="Speed of"
					value={kind}
					onChange={setKind}
					options={[
						{ value: 'generation', label: 'Generation' },
						{ value: 'prompt', label: 'Prompt' },
					]}
				/>
			</div>
			<div className="mt-1 overflow-x-auto">
				<table className="w-full border-separate border-spacing-0 text-xs">
					<thead className="text-2xs text-ink-2">
						<tr>
							<FileHead />
							{depths.map((depth) => (
								<th key={depth} scope="col" className="border-b border-line px-2 py-1 text-right font-medium">
									{depth === 0 ? 'Empty' : depth.toLocaleString('en')}
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
													{speed.median.toFixed(1)} <PlusMinus of={speed} digits={1} />
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
