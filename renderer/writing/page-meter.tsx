import { useStore } from 'zustand';
import { formatCount } from '../design/format.ts';
import { Popover } from '../design/popover.tsx';
import { useServices } from '../services.ts';

/** Marks an estimate. */
const about = (value: number, exact: boolean): string => `${exact || value === 0 ? '' : '≈ '}${formatCount(value)}`;

/** Tokens of the page, and how much of the context the text before the cursor fills; a click shows the breakdown. */
export function PageMeter() {
	const { pages } = useServices();
	const tokens = useStore(pages.state, (state) => state.tokens);
	if (tokens === null) return null;
	const { exact, contextSize, answerRoom, total, before, sent } = tokens;
	const cut = before - sent;
	const rows: readonly (readonly [string, string])[] = [
		['Whole page', about(total, exact)],
		['Before the cursor', about(before, exact)],
		...(cut > 0 ? [['Left out at the start', `−${formatCount(cut)}`] as const] : []),
		['Given to the model', about(sent, exact)],
		['Reserved for new text', formatCount(answerRoom)],
		['Context', formatCount(contextSize)],
	];
	return (
		<Popover
			side="top"
			align="end"
			label="Context of this page"
			trigger={
				<button
					type="button"
					className="inline-flex h-7 items-center gap-2 rounded-[8px] px-2 text-xs whitespace-nowrap text-ink-2 tabular-nums hover:bg-hover data-popup-open:bg-hover"
				>
					<span className="@max-5xl:sr-only">
						{about(total, exact) === '≈ 1' || total === 1 ? '1 token' : `${about(total, exact)} tokens`}
						<span className="sr-only"> on this page. Context: </span>
					</span>
					<span aria-hidden className="hidden h-1.5 w-16 overflow-hidden rounded-xs bg-line-strong @md:block">
						<i
							className={`block h-full ${cut > 0 ? 'bg-warn' : 'bg-accent'}`}
							style={{ width: `${Math.min(100, (100 * sent) / Math.max(1, contextSize))}%` }}
						/>
					</span>
					<span className={cut > 0 ? 'text-warn' : ''}>
						{about(sent, exact)} / {formatCount(contextSize)}
					</span>
				</button>
			}
		>
			<div className="w-64">
				<table className="w-full text-xs tabular-nums">
					<caption className="pb-1.5 text-left text-sm font-semibold text-ink">Context of this page</caption>
					<thead className="sr-only">
						<tr>
							<th scope="col">Part</th>
							<th scope="col">Tokens</th>
						</tr>
					</thead>
					<tbody>
						{rows.map(([name, value]) => (
							<tr key={name} className="text-ink-2">
								<th scope="row" className="py-[3px] text-left font-normal">
									{name}
								</th>
								<td className="py-[3px] text-right font-mono">{value}</td>
							</tr>
						))}
					</tbody>
				</table>
				<p className="mt-2 text-xs text-pretty text-ink-3">
					{cut > 0
						? 'The text before the cursor is longer than the context: the model is given its end.'
						: 'The model is given the text before the cursor, nothing after it.'}
					{exact ? '' : ' Estimated: the model is not loaded yet.'}
				</p>
			</div>
		</Popover>
	);
}
