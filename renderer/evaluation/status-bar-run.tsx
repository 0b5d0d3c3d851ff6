import { FlaskConical } from 'lucide-react';
import { useStore } from 'zustand';
import type { RunSummary } from '../../electron/contract/evaluation/schema.ts';
import { formatPercent, phraseSeparator } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { useServices } from '../services.ts';
import { listLiveRuns } from './evaluation-store.ts';
import { openRun } from './run-actions.ts';
import { computeDoneShare, describeProgress, describeTimeLeft } from './run-wording.ts';
import { useSecondsLeft } from './use-time-left.ts';

/**
 * The current run in the status bar, with a link to it. Screen readers announce every quarter; a toast announces the
 * end.
 */
export function StatusBarRun({ className }: { className: string }) {
	const { evaluations } = useServices();
	const runs = useStore(evaluations.state, (state) => state.runs);
	const [run] = listLiveRuns({ runs });
	return (
		<>
			<span role="status" className="sr-only">
				{run === undefined ? '' : describeProgress(run)}
			</span>
			{run === undefined ? null : <Link run={run} className={className} />}
		</>
	);
}

function Link({ run, className }: { run: RunSummary; className: string }) {
	const services = useServices();
	const share = computeDoneShare(run);
	const secondsLeft = useSecondsLeft(run);
	const figures = [
		share === null ? null : formatPercent(share),
		secondsLeft === null ? null : describeTimeLeft(secondsLeft, run.progress.secondsLeftBasis),
	];
	return (
		<button type="button" className={`${className} min-w-0 text-accent-ink`} onClick={() => openRun(services, run.id)}>
			<Icon of={FlaskConical} size={12} />
			<span className="max-w-72 min-w-0 truncate">{run.name}</span>
			<span className="flex-none tabular-nums">{figures.filter(Boolean).join(phraseSeparator('comma'))}</span>
		</button>
	);
}
