import type { ReactNode } from 'react';
import { Scroller } from '../../design/scroll-area.tsx';

export interface DataColumn {
	readonly head: ReactNode;
	readonly unit?: ReactNode;
	/** Text is left-aligned, numbers are right-aligned. */
	readonly words?: boolean;
}

export interface DataRow {
	readonly key: string;
	readonly head: ReactNode;
	readonly cells: readonly ReactNode[];
	readonly tone?: 'pick' | 'base' | undefined;
}

const tones = { pick: 'bg-accent-soft', base: 'bg-sunken' };

/**
 * A table of numbers: header above the unit, right-aligned monospaced numbers; the first column stays in place on
 * horizontal scroll.
 */
export function DataTable({
	caption,
	head,
	columns,
	rows,
}: {
	caption: string;
	head: ReactNode;
	columns: readonly DataColumn[];
	rows: readonly DataRow[];
}) {
	return (
		<Scroller label={caption} className="min-h-0 px-3 pb-3">
			<table className="w-full border-collapse text-xs">
				<caption className="sr-only">{caption}</caption>
				<thead>
					<tr className="border-b border-line-strong align-bottom text-2xs text-ink-3">
						<th
							scope="col"
							className="sticky left-0 bg-surface py-1.5 pr-4 pl-2 text-left font-medium whitespace-nowrap"
						>
							{head}
						</th>
						{columns.map(({ head: title, unit, words }, index) => (
							<th
								// biome-ignore lint/suspicious/noArrayIndexKey: columns stand where they stand
								key={index}
								scope="col"
								className={`px-2 py-1.5 font-medium whitespace-nowrap ${words ? 'text-left' : 'text-right'}`}
							>
								<span className="inline-block w-max max-w-48 text-pretty whitespace-normal">{title}</span>
								{unit === undefined ? null : (
									<>
										<br />
										<span className="font-normal">{unit}</span>
									</>
								)}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map(({ key, head: title, cells, tone }) => (
						<tr key={key} className={`h-7 border-b border-line last:border-0 ${tone === undefined ? '' : tones[tone]}`}>
							<th
								scope="row"
								className={`sticky left-0 py-1 pr-4 pl-2 text-left font-medium whitespace-nowrap ${tone === undefined ? 'bg-surface' : `${tones[tone]} ${tone === 'pick' ? 'shadow-[inset_2px_0_0_var(--accent)]' : ''}`}`}
							>
								{title}
							</th>
							{cells.map((cell, index) => (
								<td
									// biome-ignore lint/suspicious/noArrayIndexKey: columns stand where they stand
									key={index}
									className={`px-2 py-1 ${columns[index]?.words ? 'text-left' : 'text-right font-mono whitespace-nowrap tabular-nums'}`}
								>
									{cell}
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</Scroller>
	);
}

/** A mean with its interval in a paler colour. */
export function WithInterval({ value, range }: { value: string; range: string | null }) {
	return (
		<>
			{value}
			{range === null ? null : <span className="ml-1.5 text-ink-3">{range}</span>}
		</>
	);
}
