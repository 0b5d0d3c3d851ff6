import { Check, Copy, ListFilter, Server, Settings2, Trash2, X } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useStore } from 'zustand';
import type { ServerStatus } from '../../electron/contract/server/schema.ts';
import { useCopy } from '../app/clipboard.ts';
import { Dot } from '../design/badge.tsx';
import { Button, IconButton } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { ViewTabs } from '../design/tabs.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { KeepTextsMenu, useKeptTextsMeaning } from './keep-texts.tsx';
import { LiveTable } from './live-table.tsx';
import { deleteRequests, deletionWords } from './request-actions.ts';
import { RequestFiguresView } from './request-figures.tsx';
import { RequestFilterBar } from './request-filter-bar.tsx';
import { RequestTable } from './request-table.tsx';
import { allRequests, isNarrowed } from './server-store.ts';

/** Requests of other programs: those being answered, the history, and its figures. */
export function ServerView({ part }: { part: 'server' | 'server-figures' }) {
	const { serverPage, settings } = useServices();
	const { failure, status, total } = useStore(serverPage.state);
	const filtered = useStore(serverPage.state, (state) => isNarrowed(state.filter));
	const on = useStore(settings.state, (state) => state.serverOn);
	const port = useStore(settings.state, (state) => state.serverPort);
	useEffect(() => serverPage.watch(), [serverPage]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the server was switched, here or elsewhere
	useEffect(() => void serverPage.refresh(), [serverPage, on, port]);
	if (failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title={t('Couldn’t load the requests')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void serverPage.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	if (status === null || total === null) return <Skeleton rows={8} className="p-5" />;
	if (status.state === 'off' && total === 0 && !filtered) return <SwitchedOff />;
	return (
		// In a window too low for all parts, the page scrolls as a whole.
		<div className="relative flex min-h-0 flex-1 flex-col overflow-x-hidden overflow-y-auto">
			<StatusLine status={status} />
			{status.state === 'on' ? <LiveTable /> : null}
			{total === 0 && !filtered ? <NoRequests status={status} /> : <History part={part} />}
		</div>
	);
}

function useServerSettings(): () => void {
	const { layout } = useServices();
	return () => layout.go({ section: 'settings', part: 'server' });
}

/** What the page is for while the server has never been used. */
function SwitchedOff() {
	const openSettings = useServerSettings();
	return (
		<EmptyState
			page
			icon={Server}
			title={t('The server is off')}
			actions={
				<Button kind="primary" icon={Settings2} onClick={openSettings}>
					{t('Switch it on in Settings')}
				</Button>
			}
		>
			{t(
				'Editors and scripts on this computer can use your models through it. Their requests appear here, with the program, the time and tokens taken, and any error.',
			)}
		</EmptyState>
	);
}

function NoRequests({ status }: { status: ServerStatus }) {
	const { copied, copy } = useCopy();
	return (
		<EmptyState
			icon={Server}
			title={t('No requests yet')}
			actions={
				status.state === 'on' ? (
					<Button icon={Copy} onClick={() => copy(status.url)}>
						{copied ? t('Copied') : t('Copy address')}
					</Button>
				) : undefined
			}
		>
			{t('Put the address and a key into a program that speaks the API of OpenAI, Anthropic or Ollama.')}
		</EmptyState>
	);
}

/** Whether the server runs and where, and how long texts are kept. */
function StatusLine({ status }: { status: ServerStatus }) {
	const openSettings = useServerSettings();
	const meaning = useKeptTextsMeaning();
	const { copied, copy } = useCopy();
	if (status.state === 'failed') {
		return (
			<div className="flex-none border-b border-line px-5 py-2.5">
				<FailureCard
					title={t('The server isn’t running')}
					failure={status.failure}
					actions={
						<Button size="sm" onClick={openSettings}>
							{t('Server settings')}
						</Button>
					}
				/>
			</div>
		);
	}
	return (
		<div className="flex flex-none flex-wrap items-center gap-x-6 gap-y-2 border-b border-line px-5 py-2.5">
			<div className="min-w-0">
				<p className="flex items-center gap-2">
					<Dot tone={status.state === 'on' ? 'good' : 'idle'} />
					{status.state === 'on' ? t('The server is on') : t('The server is off')}
				</p>
				<p className="flex items-center gap-1 text-xs text-ink-2">
					{status.state === 'on' ? (
						<>
							<span className="font-mono select-text">{status.url}</span>
							<IconButton
								icon={copied ? Check : Copy}
								size="sm"
								label={copied ? t('Copied') : t('Copy address')}
								className="-my-1"
								onClick={() => copy(status.url)}
							/>
						</>
					) : (
						t('No program can connect.')
					)}
				</p>
			</div>
			<div className="ml-auto flex min-w-0 flex-[0_1_30rem] items-center gap-3">
				<p className="min-w-0 flex-1 text-2xs/4 text-pretty text-ink-2">
					<span className="block text-xs font-medium text-ink">{t('Keep texts of requests')}</span>
					{meaning}
				</p>
				<span className="flex-none">
					<KeepTextsMenu />
				</span>
			</div>
		</div>
	);
}

function History({ part }: { part: 'server' | 'server-figures' }) {
	const { layout, serverPage } = useServices();
	const total = useStore(serverPage.state, (state) => state.total) ?? 0;
	const filtered = useStore(serverPage.state, (state) => isNarrowed(state.filter));
	return (
		<section aria-label={t('History')} className="flex min-h-64 flex-1 flex-col">
			<div className="flex h-9 flex-none items-center px-3 pt-1">
				<ViewTabs
					label={t('View of the requests')}
					value={part}
					options={[
						{ value: 'server', label: t('History') },
						{ value: 'server-figures', label: t('Figures') },
					]}
					onChange={(next) => layout.go({ section: 'activity', part: next })}
				/>
				<span className="flex-1" />
				{filtered ? (
					<Button kind="ghost" size="sm" icon={X} onClick={() => serverPage.change(allRequests)}>
						{t('Show all')}
					</Button>
				) : null}
				<p role="status" className="px-2 text-xs text-ink-2 tabular-nums">
					{t('{total, plural, one {# request} other {# requests}}', { total })}
				</p>
			</div>
			<RequestFilterBar />
			{total === 0 ? <NoneMatch /> : part === 'server' ? <RequestTable /> : <RequestFiguresView />}
		</section>
	);
}

function NoneMatch(): ReactNode {
	const { serverPage } = useServices();
	return (
		<EmptyState
			icon={ListFilter}
			title={t('No results')}
			actions={<Button onClick={() => serverPage.change(allRequests)}>{t('Clear filters')}</Button>}
		>
			{t('No requests match these filters.')}
		</EmptyState>
	);
}

/** Buttons of the page's header: the settings, and deleting the history. */
export function ServerActions() {
	const services = useServices();
	const openSettings = useServerSettings();
	const total = useStore(services.serverPage.state, (state) => state.total) ?? 0;
	useStore(services.serverPage.state, (state) => state.filter);
	return (
		<>
			{total === 0 ? null : (
				<Button kind="ghost" icon={Trash2} onClick={() => void deleteRequests(services, null)}>
					{deletionWords(services)}
				</Button>
			)}
			<Button icon={Settings2} onClick={openSettings}>
				{t('Server settings')}
			</Button>
		</>
	);
}
