import { useRef } from 'react';
import { useStore } from 'zustand';
import { formatCount } from '../design/format.ts';
import { Scroller } from '../design/scroll-area.tsx';
import { useElementWidth } from '../design/use-element-width.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { HiddenColumns, liveColumns, RequestCells, RequestHeads, shownColumns } from './request-columns.tsx';

/**
 * Requests being answered. The list keeps its height, and each request its row, so that nothing moves when one begins or
 * ends.
 */
export function LiveTable() {
	const { serverPage } = useServices();
	const live = useStore(serverPage.state, (state) => state.live);
	const box = useRef<HTMLDivElement>(null);
	const width = useElementWidth(box);
	const columns = shownColumns(liveColumns, width);
	const running = live.filter((slot) => slot !== null);
	const waiting = running.filter(({ place }) => place !== null).length;
	return (
		<section aria-labelledby="live-requests" className="flex-none border-b border-line">
			<div className="flex h-8 items-end px-5 pb-1">
				<h2 id="live-requests" className="text-xs font-semibold">
					{t('Now')}{' '}
					<span role="status" className="font-normal text-ink-2 tabular-nums">
						{running.length === 0
							? ''
							: waiting === 0
								? t('{count, plural, one {# request} other {# requests}}', { count: running.length })
								: t('{count, plural, one {# request} other {# requests}}, {waiting} waiting', {
										count: running.length,
										waiting: formatCount(waiting),
									})}
					</span>
				</h2>
			</div>
			<div ref={box}>
				<Scroller
					label={t('Requests being answered')}
					className="h-[clamp(112px,calc(0.19*var(--window-height)),168px)] overflow-x-hidden overflow-y-auto"
				>
					<table
						aria-label={t('Requests being answered')}
						className="w-full table-fixed border-separate border-spacing-0 text-xs"
					>
						<thead className="sticky top-0 z-10 bg-surface text-2xs text-ink-2">
							<RequestHeads columns={columns} />
						</thead>
						<tbody>
							{live.length > 0 ? null : (
								<tr>
									<td className="px-5 pt-2.5 text-ink-2" colSpan={columns.length}>
										{t('No requests in progress. New ones appear here.')}
									</td>
								</tr>
							)}
							{live.map((slot, index) =>
								slot === null ? (
									// biome-ignore lint/suspicious/noArrayIndexKey: the row is the place, which stays
									<tr key={`free ${index}`} aria-hidden>
										<td className="h-7 border-b border-line" colSpan={columns.length} />
									</tr>
								) : (
									<tr key={slot.id}>
										<RequestCells columns={columns} request={slot} now={0} />
									</tr>
								),
							)}
						</tbody>
					</table>
				</Scroller>
				<HiddenColumns columns={liveColumns} width={width} />
			</div>
		</section>
	);
}
