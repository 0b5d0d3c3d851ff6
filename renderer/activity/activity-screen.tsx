import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Drawer } from '../app/drawer.tsx';
import { useWindowWidth } from '../app/use-window-width.ts';
import { formatShortTime } from '../design/format.ts';
import { ViewTabs } from '../design/tabs.tsx';
import { useNow } from '../design/use-now.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { LogEntryDetail } from './log-entry-detail.tsx';
import { parseLogKind } from './log-store.ts';
import { LogActions, LogView } from './log-view.tsx';
import { NetworkSwitch } from './network-switch.tsx';
import { UsageView } from './usage-view.tsx';

/** The log of activity on this computer, including network requests, and what answers took. */
export function ActivityScreen() {
	const { activityLog: log, activityUsage: usage, layout } = useServices();
	const wide = useWindowWidth() === 'wide';
	const part = useStore(layout.state, ({ route }) => (route.section === 'activity' ? route.part : null));
	const view = part === 'usage' ? 'usage' : 'log';
	const selected = useStore(log.state, (state) => (state.open ? state.selected : null));
	const filled = useStore(log.state, ({ total }) => total !== null && total > 0);
	useEffect(() => log.watch(), [log]);
	useEffect(() => (view === 'usage' ? usage.watch() : undefined), [usage, view]);
	useEffect(() => {
		const kind = parseLogKind(part);
		if (part !== 'usage' && log.state.getState().filter.kind !== kind) log.change({ kind });
	}, [log, part]);
	const close = () => log.show(false);
	const detail =
		selected === null || view === 'usage' ? null : (
			<LogEntryDetail key={selected.entry.id} entry={selected.entry} onClose={close} />
		);
	return (
		<>
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<header className="drag flex h-12 flex-none items-center gap-2 border-b border-line pr-3 pl-5">
					<h1 className="mr-2 text-[14px] font-semibold tracking-[-0.006em]">{t('Activity')}</h1>
					<ViewTabs
						label={t('View')}
						value={view}
						options={[
							{ value: 'log', label: t('Log') },
							{ value: 'usage', label: t('Usage') },
						]}
						onChange={(next) =>
							layout.go({ section: 'activity', part: next === 'usage' ? 'usage' : log.state.getState().filter.kind })
						}
					/>
					<span className="flex-1" />
					{view === 'log' && filled ? <LogActions /> : null}
				</header>
				<div className="flex-none border-b border-line px-5 py-2.5">
					<NetworkSwitchLine />
				</div>
				{view === 'log' ? <LogView /> : <UsageView />}
			</main>
			{wide ? (
				detail === null ? null : (
					<aside
						aria-label={t('Entry')}
						data-region
						className="flex min-h-0 w-(--inspector) flex-none flex-col border-l border-line"
					>
						{detail}
					</aside>
				)
			) : (
				<Drawer open={detail !== null} onClose={close} side="right" label={t('Entry')}>
					{detail}
				</Drawer>
			)}
		</>
	);
}

/** The network switch, with the number of requests so far and the latest host. */
function NetworkSwitchLine() {
	const { activityLog: log } = useServices();
	const network = useStore(log.state, (state) => state.network);
	const now = useNow();
	const description =
		network === null
			? ''
			: network.last === null
				? t('No network requests in the last 90 days.')
				: t(
						'{total, plural, one {# network request} other {# network requests}} in the last 90 days. Latest: {subject}, {at}.',
						{ total: network.total, subject: network.last.subject, at: formatShortTime(network.last.at, now) },
					);
	return <NetworkSwitch description={description} />;
}
