/**
 * Tells `restarting-host.ts`, the parent process, that the host listens. Resolves when the parent asks the host to end
 * or is gone. Ctrl+C reaches both processes; only the parent's message counts.
 */
export function untilEnded(): Promise<void> {
	process.on('SIGINT', () => {});
	return new Promise((resolve) => {
		process.once('message', () => resolve());
		process.once('disconnect', () => resolve());
		process.send?.('ready');
	});
}
