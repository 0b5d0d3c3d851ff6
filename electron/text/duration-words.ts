/** "40 s", "4 min", "2 h 10 min". */
export function formatDuration(seconds: number): string {
	if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 90) return `${minutes} min`;
	return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Writes a predicted duration, rounded up as far as it can be known: "20 s", "8 min". The page's cards do the same. */
export function formatPrediction(seconds: number): string {
	const step = seconds <= 80 ? 10 : 60;
	return formatDuration(Math.max(step, Math.ceil(seconds / step) * step));
}
