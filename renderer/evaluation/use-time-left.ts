import { useEffect, useState } from 'react';
import type { RunSummary } from '../../electron/contract/evaluation/schema.ts';

type Progress = Pick<RunSummary, 'id' | 'status' | 'progress'>;

/** The newest report of each run and when it arrived. A clock that is drawn later counts down from then. */
const reports = new Map<number, { readonly report: string; readonly at: number }>();

function reportedAt(id: number, report: string): number {
	const known = reports.get(id);
	if (known?.report === report) return known.at;
	const at = Date.now();
	reports.set(id, { report, at });
	return at;
}

/** Seconds left of a running run, counted down between its reports; null: unknown, or it does not run. */
export function useSecondsLeft({ id, status, progress: { secondsLeft, done } }: Progress): number | null {
	const running = status === 'running' && secondsLeft !== null;
	const at = reportedAt(id, `${secondsLeft} ${done}`);
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		if (!running) return;
		const timer = setInterval(() => setNow(Date.now()), 1_000);
		return () => clearInterval(timer);
	}, [running]);
	return running ? Math.max(0, secondsLeft - Math.max(0, now - at) / 1_000) : null;
}
