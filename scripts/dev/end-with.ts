import { whenParentEnds } from '../start/parent-process.ts';

/** Shuts this process down once, on a signal or when npm ends. A second signal ends it at once. */
export function endWith(close: () => Promise<void>): void {
	let ending = false;
	function end(): void {
		if (ending) process.exit(130);
		ending = true;
		void close().finally(() => process.exit(0));
	}
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
	whenParentEnds(() => {
		if (!ending) end();
	});
}
