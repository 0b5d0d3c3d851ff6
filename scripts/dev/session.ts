import type { ViteDevServer } from 'vite';
import { startPageServer } from './page-server.ts';
import { freePort, startRestartingHost } from './restarting-host.ts';

export interface SessionOptions {
	/** The page's folder. */
	root: string;
	port: number;
	/** The host's script; its last argument is its port. */
	hostEntry: string;
	hostArgs?: readonly string[];
	/** Variables added to the host's environment. */
	hostEnvironment?: Readonly<Record<string, string>>;
	hostPaths: readonly string[];
	/** Changes below these paths restart the host. */
	watched: readonly string[];
	frames?: boolean;
	/** Called each time the host listens. */
	onReady?(server: ViteDevServer): void;
	say(line: string): void;
}

export interface Session {
	/** The page's address without a path. */
	readonly origin: string;
	close(): Promise<void>;
}

/** Starts a page with hot reload and a host that restarts when its sources change. Resolves when both listen. */
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
