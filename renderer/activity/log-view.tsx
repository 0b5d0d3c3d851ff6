import { Download, ListFilter, ScrollText, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { toFailure } from '../connection/failure.ts';
import { saveText } from '../connection/save-file.ts';
import { Button, buttonClass } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { SearchBox } from '../design/search-box.tsx';
import { Segmented } from '../design/segmented.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';
import { allEntries, isNarrowed, parseLogKind, toLogQuery } from './log-store.ts';
import { LogTable } from './log-table.tsx';

/** The log with its filters, or the reason why it is empty. */
export function LogView() {
	const { activityLog: log, layout } = useServices();
	const status = useStore(log.state, (state) => state.status);
	const failure = useStore(log.state, (state) => state.failure);
	const total = useStore(log.state, (state) => state.total);
	const narrowed = useStore(log.state, (state) => isNarrowed(state.filter));
	if (status === 'failed' && failure !== null) {
		return (
			<div className="p-5">
				<FailureCard
					title={t('Couldn’t load the log')}
					failure={failure}
					actions={
						<Button size="sm" onClick={() => void log.refresh()}>
							{t('Try again')}
						</Button>
					}
				/>
			</div>
		);
	}
	if (total === null) return <Skeleton rows={8} className="p-5" />;
	if (total === 0 && !narrowed) {
		return (
			<EmptyState
				page
				icon={ScrollText}
				title={t('No activity yet')}
				actions={
					<Button onClick={() => layout.go({ section: 'chat', conversationId: null })}>{t('Go to Chat')}</Button>
				}
			>
				{t(
					'Answers, model loads and crashes, downloads and network requests appear here. The log stays on this computer for 90 days.',
				)}
			</EmptyState>
		);
	}
	return (
		<>
			<LogFilterBar />
			<p role="status" className="sr-only">
				{t('{total, plural, one {# entry} other {# entries}}', { total })}
			</p>
			{total > 0 ? (
				<LogTable />
			) : (
				<EmptyState
					icon={ListFilter}
					title={t('No results')}
					actions={
						<Button
							onClick={() => {
								log.change(allEntries);
								layout.go({ section: 'activity', part: null });
							}}
						>
							{t('Clear filters')}
						</Button>
					}
				>
					{t('No entries match these filters.')}
				</EmptyState>
			)}
		</>
	);
}

const all = 'all';

const kinds: readonly { value: string; words: string }[] = [
	{ value: all, words: t('Everything') },
	{ value: 'answer', words: t('Answers') },
	{ value: 'load', words: t('Model loads') },
	{ value: 'unload', words: t('Model unloads') },
	{ value: 'crash', words: t('Crashes') },
	{ value: 'download', words: t('Downloads') },
	{ value: 'network', words: t('Network requests') },
	{ value: 'job', words: t('Jobs') },
	{ value: 'default', words: t('Changed defaults') },
];

const periods = [
	{ value: all, words: t('Any time') },
	{ value: '1', words: t('Today') },
	{ value: '7', words: t('Last 7 days') },
	{ value: '30', words: t('Last 30 days') },
];

/** Filters entries by kind, result, time and text. */
function LogFilterBar() {
	const { activityLog: log, layout } = useServices();
	const filter = useStore(log.state, (state) => state.filter);
	return (
		<div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-5 py-2">
			<ChoiceMenu
				label={t('Type')}
				value={filter.kind ?? all}
				options={kinds}
				onChange={(value) => layout.go({ section: 'activity', part: parseLogKind(value) })}
			/>
			<Segmented
				label={t('Outcome')}
				value={filter.result ?? all}
				onChange={(value) => log.change({ result: value === all ? null : value })}
				options={[
					{ value: all, label: t('All') },
					{ value: 'failed', label: t('Failed') },
					{ value: 'blocked', label: t('Blocked') },
				]}
			/>
			<ChoiceMenu
				label={t('Time')}
				value={filter.days === null ? all : String(filter.days)}
				options={periods}
				onChange={(value) => log.change({ days: value === all ? null : Number(value) })}
			/>
			<SearchBox
				className="min-w-36 flex-1"
				data-activity-search
				label={t('Search the log')}
				placeholder={t('Model, host, purpose, reason')}
				value={filter.text}
				maxLength={1000}
				onType={(text) => log.change({ text })}
			/>
			{isNarrowed(filter) ? (
				<Button
					kind="ghost"
					icon={X}
					onClick={() => {
						log.change(allEntries);
						layout.go({ section: 'activity', part: null });
					}}
				>
					{t('Show all')}
				</Button>
			) : null}
		</div>
	);
}

type Format = 'csv' | 'json';

const formats: readonly { format: Format; words: string; detail: string }[] = [
	{ format: 'csv', words: t('Table (CSV)'), detail: t('One row per entry, for spreadsheets') },
	{ format: 'json', words: 'JSON', detail: t('All figures of every entry') },
];

/** Buttons that export the filtered entries and clear the log. */
export function LogActions() {
	const services = useServices();
	const [exporting, setExporting] = useState(false);
	async function save(format: Format): Promise<void> {
		setExporting(true);
		await exportLog(services, format);
		setExporting(false);
	}
	return (
		<>
			<Menu
				width={300}
				trigger={
					<button type="button" className={buttonClass('secondary')} aria-busy={exporting}>
						<Icon of={Download} size={14} />
						{t('Export')}
					</button>
				}
			>
				{formats.map(({ format, words, detail }) => (
					<MenuItem key={format} onSelect={() => void save(format)}>
						<span className="block py-1">
							{words}
							<span className="block text-xs whitespace-normal text-ink-3">{detail}</span>
						</span>
					</MenuItem>
				))}
			</Menu>
			<Button kind="ghost" icon={Trash2} onClick={() => void clearLog(services)}>
				{t('Clear')}
			</Button>
		</>
	);
}

/** Saves the filtered entries as a file. */
export async function exportLog({ activityLog, connection, toasts }: Services, format: Format): Promise<void> {
	const filter = toLogQuery(activityLog.state.getState().filter, Date.now());
	const parts: string[] = [];
	let entries = 0;
	let fileName = '';
	let after: number | null = null;
	try {
		do {
			const page: Awaited<ReturnType<typeof connection.client.activity.export>> =
				await connection.client.activity.export({ filter, format, after });
			parts.push(page.text);
			entries += page.entries;
			({ fileName, next: after } = page);
		} while (after !== null);
		const path = await saveText(fileName, parts);
		if (path === null) return;
		toasts.show({
			text:
				path === ''
					? t('{entries, plural, one {# entry} other {# entries}} saved', { entries })
					: t('{entries, plural, one {# entry} other {# entries}} saved as {path}', { entries, path }),
		});
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Clears the log and its counts; this can be undone for a minute. */
export async function clearLog({ activityLog: log, toasts }: Services): Promise<void> {
	try {
		const { cleared, upTo } = await log.clear();
		if (cleared === 0) return toasts.note({ text: t('The log is already empty') });
		toasts.show({
			text: t('{cleared, plural, one {# entry} other {# entries}} cleared', { cleared }),
			icon: Trash2,
			action: {
				label: t('Undo'),
				run: () => {
					log.restore(upTo).then(
						(restored) => (restored ? undefined : toasts.fail(t('Can’t undo: the log was cleared over a minute ago.'))),
						(error: unknown) => toasts.fail(toFailure(error).message),
					);
				},
			},
		});
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}
