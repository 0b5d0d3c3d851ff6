import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Drawer } from '../app/drawer.tsx';
import { useWindowWidth } from '../app/use-window-width.ts';
import { formatShortTime } from '../design/format.ts';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { ViewTabs } from '../design/tabs.tsx';
import { useNow } from '../design/use-now.ts';
import { t } from '../messages/t.ts';
import { RequestDetail } from '../server/request-detail.tsx';
import { ServerActions, ServerView } from '../server/server-view.tsx';
import { useServices } from '../services.ts';
import { LogEntryDetail } from './log-entry-detail.tsx';
import { parseLogKind } from './log-store.ts';
import { LogActions, LogView } from './log-view.tsx';
import { NetworkSwitch } from './network-switch.tsx';
import { UsageView } from './usage-view.tsx';

/**
 * The log of activity on this computer, including network requests, what answers took, and the requests of other programs.
 */
export function ActivityScreen() {
	const { activityLog: log, activityUsage: usage, layout, serverPage } = useServices();
	const wide = useWindowWidth() === 'wide';
	const part = useStore(layout.state, ({ route }) => (route.section === 'activity' ? route.part : null));
	const view = parseView(part);
	const selected = useStore(log.state, (state) => (state.open ? state.selected : null));
	const filled = useStore(log.state, ({ total }) => total !== null && total > 0);
	useEffect(() => log.watch(), [log]);
	useEffect(() => (view === 'usage' ? usage.watch() : undefined), [usage, view]);
	useEffect(() => {
		const kind = parseLogKind(part);
		if (view === 'log' && log.state.getState().filter.kind !== kind) log.change({ kind });
	}, [log, part, view]);
	const request = useStore(serverPage.state, ({ open, rows, selected: id }) =>
		open ? (rows.find((row) => row.id === id) ?? null) : null,
	);
	const close = () => (view === 'server' ? serverPage.show(false) : log.show(false));
	const label = view === 'server' ? t('Request') : t('Entry');
	const detail =
		view === 'log' && selected !== null ? (
			<LogEntryDetail key={selected.entry.id} entry={selected.entry} onClose={close} />
		) : view === 'server' && request !== null ? (
			<RequestDetail key={request.id} request={request} onClose={close} />
		) : null;
	return (
		<>
			<main data-region className="flex min-w-0 flex-1 flex-col">
				<ScreenHeader>
					<ScreenTitle className="mr-2">{t('Activity')}</ScreenTitle>
					<ViewTabs
						label={t('View')}
						value={view}
						options={[
							{ value: 'log', label: t('Log') },
							{ value: 'usage', label: t('Usage') },
							{ value: 'server', label: t('Server') },
						]}
						onChange={(next) =>
							layout.go({ section: 'activity', part: next === 'log' ? log.state.getState().filter.kind : next })
						}
					/>
					<span className="flex-1" />
					{view === 'log' && filled ? <LogActions /> : null}
					{view === 'server' ? <ServerActions /> : null}
				</ScreenHeader>
				{view === 'server' ? (
					<ServerView part={part === 'server-figures' ? 'server-figures' : 'server'} />
				) : (
					<>
						<div className="flex-none border-b border-line px-5 py-2.5">
							<NetworkSwitchLine />
						</div>
						{view === 'log' ? <LogView /> : <UsageView />}
					</>
				)}
			</main>
			{wide ? (
				detail === null ? null : (
					<aside
						aria-label={label}
						data-region
						className="flex min-h-0 w-(--inspector) flex-none flex-col border-l border-line"
					>
						{detail}
					</aside>
				)
			) : (
				<Drawer open={detail !== null} onClose={close} side="right" label={label}>
					{detail}
				</Drawer>
			)}
		</>
	);
}

/** Reads the view from an address such as `#/activity/server`. */
function parseView(part: string | null): 'log' | 'usage' | 'server' {
	if (part === 'usage') return 'usage';
	return part === 'server' || part === 'server-figures' ? 'server' : 'log';
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
