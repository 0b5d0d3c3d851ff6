import type { ViteDevServer } from 'vite';
import { startPageServer } from './page-server.ts';
import { freePort, startRestartingHost } from './restarting-host.ts';

export interface SessionOptions {
	/** The folder with the page. */
	root: string;
	port: number;
	/** The script of the host; it gets its port as the last argument. */
	hostEntry: string;
	hostArgs?: readonly string[];
	/** Added to its environment. */
	hostEnvironment?: Readonly<Record<string, string>>;
	hostPaths: readonly string[];
	/** Files below these restart the host. */
	watched: readonly string[];
	frames?: boolean;
	/** Called each time the host listens. */
	onReady?(server: ViteDevServer): void;
	say(line: string): void;
}

export interface Session {
	/** Where the page is, without a path. */
	readonly origin: string;
	close(): Promise<void>;
}

/** A page with hot reload, and a host behind it that restarts with its sources. Resolves when both listen. */
export async function startSession(options: SessionOptions): Promise<Session> {
	const { root, port, hostEntry, hostArgs = [], hostEnvironment = {}, hostPaths, watched } = options;
	const { frames = false, onReady, say } = options;
	const hostPort = await freePort();
	const { server, origin } = await startPageServer({ root, port, hostPort, hostPaths, frames });
	const host = await new Promise<ReturnType<typeof startRestartingHost>>((resolve) => {
		let starts = 0;
		const starting = startRestartingHost(server.watcher, {
			entry: hostEntry,
			args: [...hostArgs, String(hostPort)],
			env: { ...process.env, ...hostEnvironment },
			watched,
			onReady(ms) {
				starts += 1;
				onReady?.(server);
				if (starts === 1) resolve(starting);
				else say(`The host is back after ${(ms / 1000).toFixed(1)} s`);
			},
			say,
		});
	});
	return {
		origin,
		async close() {
			await Promise.all([host.close(), server.close()]);
		},
	};
}
