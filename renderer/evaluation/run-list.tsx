import { Plus, X } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { RunSummary } from '../../electron/contract/evaluation/schema.ts';
import { Badge } from '../design/badge.tsx';
import { Button, IconButton } from '../design/button.tsx';
import { Checkbox } from '../design/checkbox.tsx';
import { formatCount, formatFullTime, formatPercent, phraseSeparator } from '../design/format.ts';
import { ProgressBar } from '../design/progress-bar.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { useNow } from '../design/use-now.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { formatEvaluateRoute, parseEvaluateRoute } from './evaluate-route.ts';
import { listLiveRuns } from './evaluation-store.ts';
import { deleteRun, openNewRun } from './run-actions.ts';
import {
	computeDoneShare,
	describeRunInList,
	describeTimeLeft,
	formatWhen,
	isLive,
	statusLabels,
} from './run-wording.ts';
import { StarterDatasets } from './starter-datasets.tsx';
import { useSecondsLeft } from './use-time-left.ts';

/** Number of finished runs listed before the user asks for older ones. */
const atFirst = 60;

/** Active runs, finished runs, and starter datasets. */
export function RunList() {
	const services = useServices();
	const { evaluations, layout } = services;
	const { status, runs, older } = useStore(evaluations.state);
	const part = useStore(layout.state, ({ route }) => (route.section === 'evaluate' ? route.part : null));
	const [picked, setPicked] = useState<readonly number[]>([]);
	const [shown, setShown] = useState(atFirst);
	const box = useRef<HTMLDivElement>(null);
	const now = useNow();
	const place = parseEvaluateRoute(part);
	const current =
		place.kind === 'run' || place.kind === 'mark' ? place.id : place.kind === 'latest' ? runs[0]?.id : undefined;
	const live = listLiveRuns({ runs });
	const paused = runs.filter(({ status }) => status === 'paused');
	const ended = runs.filter((run) => !live.includes(run) && !paused.includes(run));
	const chosen = picked.filter((id) => runs.some((run) => run.id === id));

	function pick(id: number): void {
		setPicked(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen.slice(-1), id]);
	}
	function showOlder(): void {
		if (older !== null && ended.length <= shown + atFirst) void evaluations.fetchOlder();
		setShown(shown + atFirst);
	}
	function compare(): void {
		const [first, second] = chosen;
		if (first === undefined || second === undefined) return;
		setPicked([]);
		// The older run is the baseline.
		layout.go({
			section: 'evaluate',
			part: formatEvaluateRoute({ kind: 'compare', ids: [Math.min(first, second), Math.max(first, second)] }),
		});
	}
	function press(event: KeyboardEvent): void {
		const rows = [...(box.current?.querySelectorAll<HTMLElement>('[data-entry]') ?? [])];
		const at = rows.indexOf(document.activeElement as HTMLElement);
		if (at === -1) return;
		const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
		const id = Number(rows[at]?.dataset.run);
		if (to !== undefined) rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
		else if (event.key === 'Delete' && id > 0) {
			(rows[at + 1] ?? rows[at - 1])?.focus();
			void deleteRun(services, id);
		} else if (event.key === 'c' && id > 0) pick(id);
		else if (event.key === ' ' && id > 0) {
			const run = runs.find((one) => one.id === id);
			if (run === undefined) return;
			void (isLive(run.status) ? evaluations.pause(id) : run.status === 'paused' ? evaluations.resume(id) : null);
		} else return;
		event.preventDefault();
	}
	const row = (run: (typeof runs)[number]) => (
		<RunRow
			key={run.id}
			run={run}
			now={now}
			current={run.id === current}
			focusable={run.id === current || (current === undefined && run.id === runs[0]?.id)}
			picked={chosen.includes(run.id)}
			picking={chosen.length > 0}
			onPick={() => pick(run.id)}
		/>
	);
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<header className="drag mb-1.5 flex h-9 flex-none items-center gap-1 pr-0.5 pl-2">
				<h2 className="flex-1 text-md font-semibold tracking-[-0.01em]">{t('Evaluate')}</h2>
				<Button icon={Plus} onClick={() => openNewRun(services)}>
					{t('New run')}
				</Button>
			</header>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys walk the links and buttons inside */}
			<div
				ref={box}
				onKeyDown={press}
				className="relative -mx-1 flex min-h-0 flex-1 flex-col overflow-x-hidden overflow-y-auto px-1 pb-3"
			>
				{status === 'loading' ? <Skeleton rows={5} className="p-2" /> : null}
				<Group title={t('Running')} rows={live.map(row)} />
				<Group title={t('Paused')} rows={paused.map(row)} />
				<Group title={t('Done')} rows={ended.slice(0, shown).map(row)} />
				{ended.length > shown || older !== null ? (
					<Button kind="ghost" size="sm" className="self-start" onClick={showOlder}>
						{ended.length <= shown
							? t('Show older')
							: older === null
								? t('Show older, {count}', { count: formatCount(ended.length - shown) })
								: t('Show older, {count} and more', { count: formatCount(ended.length - shown) })}
					</Button>
				) : null}
				{status === 'ready' ? <StarterDatasets /> : null}
			</div>
			{chosen.length === 0 ? null : (
				<div
					role="status"
					className="mb-2 flex flex-none items-center gap-1.5 rounded-lg border border-line bg-raised p-1.5 pl-2.5"
				>
					<span className="min-w-0 flex-1 truncate text-xs text-ink-2">
						{chosen.length === 1 ? t('Choose a second run') : t('{count} selected', { count: formatCount(2) })}
					</span>
					{chosen.length === 2 ? (
						<Button kind="primary" size="sm" onClick={compare}>
							{t('Compare')}
						</Button>
					) : null}
					<IconButton icon={X} size="sm" label={t('Clear the selection')} onClick={() => setPicked([])} />
				</div>
			)}
		</div>
	);
}

function Group({ title, rows }: { title: string; rows: readonly React.ReactNode[] }) {
	if (rows.length === 0) return null;
	return (
		<section aria-label={title}>
			<h3 className="mt-2.5 flex h-6.5 items-center px-2 text-2xs font-medium text-ink-3 first:mt-0">{title}</h3>
			<ul className="flex flex-col gap-px">{rows}</ul>
		</section>
	);
}

/** One run: its name and its progress or its comparison. */
function RunRow({
	run,
	now,
	current,
	focusable,
	picked,
	picking,
	onPick,
}: {
	run: RunSummary;
	now: number;
	current: boolean;
	/** Tab stops at this row; arrow keys reach the others. */
	focusable: boolean;
	/** Whether it is selected for comparison. */
	picked: boolean;
	/** Whether any run is selected. */
	picking: boolean;
	onPick: () => void;
}) {
	const { layout } = useServices();
	const part = formatEvaluateRoute({ kind: 'run', id: run.id });
	const running = isLive(run.status) || run.status === 'paused';
	return (
		<li className="group relative">
			<a
				href={`#/evaluate/${part}`}
				data-entry
				data-run={run.id}
				tabIndex={focusable ? 0 : -1}
				aria-current={current ? 'page' : undefined}
				onClick={(event) => {
					event.preventDefault();
					layout.go({ section: 'evaluate', part });
				}}
				className="block rounded-[6px] px-2 pt-[5px] pb-1.5 text-ink-2 no-underline hover:bg-hover focus-visible:-outline-offset-2 aria-[current]:bg-selected aria-[current]:text-ink"
			>
				{running ? <LiveRun run={run} /> : <EndedRun run={run} now={now} picking={picking} />}
			</a>
			<span
				className={`absolute right-0.5 bottom-0.5 rounded-sm bg-canvas ${picking || picked ? '' : 'opacity-0 group-hover:opacity-100 focus-within:opacity-100'}`}
			>
				<Checkbox
					label={t('Select {name} to compare', { name: run.name })}
					checked={picked}
					onChange={onPick}
					tabIndex={picking ? 0 : -1}
				/>
			</span>
		</li>
	);
}

function LiveRun({ run }: { run: RunSummary }) {
	const share = computeDoneShare(run);
	const { errors, doing } = run.progress;
	const secondsLeft = useSecondsLeft(run);
	const words =
		run.status === 'running'
			? secondsLeft === null
				? (doing ?? t('Starting'))
				: describeTimeLeft(secondsLeft, run.progress.secondsLeftBasis)
			: run.status === 'waiting'
				? (doing ?? t('Waiting'))
				: t('Paused');
	return (
		<>
			<span className="flex gap-2">
				<span className="min-w-0 flex-1 truncate group-has-aria-[current]:font-medium">{run.name}</span>
				<span className="text-xs tabular-nums">{share === null ? '' : formatPercent(share)}</span>
			</span>
			<ProgressBar
				value={share}
				label={run.name}
				tone={run.status === 'running' ? 'accent' : 'paused'}
				className="mt-1 mb-[3px] h-1!"
			/>
			<span className="line-clamp-2 text-xs tabular-nums">
				{[words, ...(errors > 0 ? [t('{errors} failed', { errors: formatCount(errors) })] : [])].join(
					phraseSeparator('comma'),
				)}
			</span>
		</>
	);
}

function EndedRun({ run, now, picking }: { run: RunSummary; now: number; picking: boolean }) {
	const { errors } = run.progress;
	return (
		<>
			{/* Badges that would leave the name no room go below it. */}
			<span className="flex flex-wrap items-center gap-x-2 gap-y-1">
				<span className="min-w-0 flex-[1_1_5.5rem] truncate group-has-aria-[current]:font-medium" title={run.name}>
					{run.name}
				</span>
				{run.status === 'done' ? null : (
					<Badge tone={run.status === 'failed' ? 'bad' : 'plain'}>{statusLabels[run.status]}</Badge>
				)}
				{errors > 0 ? <Badge tone="warn">{t('{errors} failed', { errors: formatCount(errors) })}</Badge> : null}
				{run.baseline ? <Badge tone="line">{t('Baseline')}</Badge> : null}
			</span>
			<span className={`flex text-xs ${picking ? 'pr-5' : ''}`} title={formatFullTime(run.createdAt)}>
				<span className="min-w-0 truncate">{describeRunInList(run)}</span>
				<span className="flex-none whitespace-pre"> · {formatWhen(run.createdAt, now)}</span>
			</span>
		</>
	);
}
