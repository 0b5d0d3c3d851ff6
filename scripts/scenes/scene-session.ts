import { join } from 'node:path';
import { hostSources } from '../dev/restarting-host.ts';
import { type Session, startSession } from '../dev/session.ts';
import { projectRoot } from '../run-step.ts';

export interface SceneSessionOptions {
	/** 0 takes any free port. */
	port: number;
	say(line: string): void;
}

/** Starts the catalogue of scenes with hot reload. Its host reads the scenes again when one changes. */
export function startSceneSession({ port, say }: SceneSessionOptions): Promise<Session> {
	const host = join(import.meta.dirname, 'scene-host.ts');
	const own = ['scene-host.ts', 'remote-page.ts'].map((name) => join(import.meta.dirname, name));
	const fakes = join(projectRoot, 'test', 'support', 'fake-application');
	return startSession({
		root: import.meta.dirname,
		port,
		hostEntry: host,
		hostPaths: ['/socket', '/rpc', '/upload', '/download', '/scene-host'],
		watched: [...hostSources, fakes, ...own],
		frames: true,
		onReady: (server) => server.ws.send('scenes:host-ready', {}),
		say,
	});
}
