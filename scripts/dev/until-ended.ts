/**
 * In a process that `restarting-host.ts` runs: tells it that the host listens, and resolves when it wants the host to
 * end or is gone itself. Ctrl+C reaches both processes; the parent's word counts.
 */
export function untilEnded(): Promise<void> {
	process.on('SIGINT', () => {});
	return new Promise((resolve) => {
		process.once('message', () => resolve());
		process.once('disconnect', () => resolve());
		process.send?.('ready');
	});
}
