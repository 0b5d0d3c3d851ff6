import { useEffect, useState } from 'react';
import type { RunSummary } from '../../electron/contract/evaluation/schema.ts';

type Progress = Pick<RunSummary, 'status' | 'progress'>;

/** Seconds left of a running run, counted down between its reports; null: unknown, or it does not run. */
export function useSecondsLeft({ status, progress: { secondsLeft, done } }: Progress): number | null {
	const running = status === 'running' && secondsLeft !== null;
	const report = `${secondsLeft} ${done}`;
	const [noted, setNoted] = useState({ report, at: Date.now() });
	const [now, setNow] = useState(Date.now);
	if (noted.report !== report) setNoted({ report, at: Date.now() });
	useEffect(() => {
		if (!running) return;
		const timer = setInterval(() => setNow(Date.now()), 1_000);
		return () => clearInterval(timer);
	}, [running]);
	return running ? Math.max(0, secondsLeft - Math.max(0, now - noted.at) / 1_000) : null;
}
