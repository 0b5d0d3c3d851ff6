import { useEffect, useState } from 'react';

const tickMs = 1_000;

/**
 * Counts a time left down between two reports of it, so that it never stands still while something is measured. Stops
 * at 0 until the next report. null: unknown.
 */
export function useCountdown(seconds: number | null, running: boolean): number | null {
	const [passed, setPassed] = useState(0);
	useEffect(() => {
		setPassed(0);
		if (seconds === null || !running) return;
		const from = performance.now();
		const timer = setInterval(() => setPassed((performance.now() - from) / 1000), tickMs);
		return () => clearInterval(timer);
	}, [seconds, running]);
	return seconds === null ? null : Math.max(0, seconds - passed);
}
