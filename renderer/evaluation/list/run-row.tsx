import type { RunSummary } from '../../../electron/contract/evaluation/run.ts';
import { Badge } from '../../design/badge.tsx';
import { Checkbox } from '../../design/field/checkbox.tsx';
import { formatCount, formatFullTime, formatPercent, formatTimeLeft } from '../../design/format.ts';
import { ProgressBar } from '../../design/progress.tsx';
import { useServices } from '../../services.ts';
import { formatEvaluateRoute } from '../place.ts';
import { isLive, statusLabels } from '../words.ts';
import { computeDoneShare, describeRunInList, formatWhen } from './run-words.ts';

/** One run: its name, and how far it is or what it compares. */
export function RunRow({
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
	/** Tab stops here; arrow keys walk the others. */
	focusable: boolean;
	/** Chosen to be compared. */
	picked: boolean;
	/** Some run is chosen. */
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
				{running ? <Going run={run} /> : <Ended run={run} now={now} />}
			</a>
			<span
				className={`absolute right-0.5 bottom-0.5 rounded-sm bg-canvas ${picking || picked ? '' : 'opacity-0 group-hover:opacity-100 focus-within:opacity-100'}`}
			>
				<Checkbox
					label={`Choose ${run.name} to compare`}
					checked={picked}
					onChange={onPick}
					tabIndex={picking ? 0 : -1}
				/>
			</span>
		</li>
	);
}

function Going({ run }: { run: RunSummary }) {
	const share = computeDoneShare(run);
	const { secondsLeft, errors } = run.progress;
	const words =
		run.status === 'running'
			? secondsLeft === null
				? 'Just begun'
				: formatTimeLeft(secondsLeft)
			: run.status === 'waiting'
				? 'Waits for another run'
				: 'Paused';
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
			<span className="block text-xs tabular-nums">
				{words}
				{errors > 0 ? `, ${formatCount(errors)} failed` : ''}
			</span>
		</>
	);
}

function Ended({ run, now }: { run: RunSummary; now: number }) {
	const { errors } = run.progress;
	return (
		<>
			<span className="flex items-center gap-2">
				<span className="min-w-0 flex-1 truncate group-has-aria-[current]:font-medium">{run.name}</span>
				{run.status === 'done' ? null : (
					<Badge tone={run.status === 'failed' ? 'bad' : 'plain'}>{statusLabels[run.status]}</Badge>
				)}
				{errors > 0 ? <Badge tone="warn">{formatCount(errors)} failed</Badge> : null}
				{run.baseline ? <Badge tone="line">Baseline</Badge> : null}
			</span>
			<span className="flex text-xs" title={formatFullTime(run.createdAt)}>
				<span className="min-w-0 truncate">{describeRunInList(run)}</span>
				<span className="flex-none whitespace-pre"> · {formatWhen(run.createdAt, now)}</span>
			</span>
		</>
	);
}
