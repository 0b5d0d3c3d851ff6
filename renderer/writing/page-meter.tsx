import { useStore } from 'zustand';
import { formatCount } from '../design/format.ts';
import { Popover } from '../design/popover.tsx';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
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
		[t('Whole page'), about(total, exact)],
		[t('Before the cursor'), about(before, exact)],
		...(cut > 0 ? [[t('Left out at the start'), `−${formatCount(cut)}`] as const] : []),
		[t('Sent to the model'), about(sent, exact)],
		[t('Reserved for new text'), formatCount(answerRoom)],
		[t('Context'), formatCount(contextSize)],
	];
	return (
		<Popover
			side="top"
			align="end"
			label={t('Context of this page')}
			trigger={
				<button
					type="button"
					className="inline-flex h-7 items-center gap-2 rounded-[8px] px-2 text-xs whitespace-nowrap text-ink-2 tabular-nums hover:bg-hover data-popup-open:bg-hover"
				>
					<span className="@max-5xl:sr-only">
						<Trans
							text="{about}{total, plural, one {# token} other {# tokens}}<hidden> on this page. Context: </hidden>"
							values={{
								about: exact || total === 0 ? '' : '≈ ',
								total,
								hidden: (words) => <span className="sr-only">{words}</span>,
							}}
						/>
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
					<caption className="pb-1.5 text-left text-sm font-semibold text-ink">{t('Context of this page')}</caption>
					<thead className="sr-only">
						<tr>
							<th scope="col">{t('Part')}</th>
							<th scope="col">{t('Tokens')}</th>
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
						? t('The text before the cursor is longer than the context. The model reads only its end.')
						: t('The model reads the text before the cursor, and nothing after it.')}
					{exact ? null : <> {t('Estimated, because the model is not loaded yet.')}</>}
				</p>
			</div>
		</Popover>
	);
}
