import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { projectRoot } from '../run-step.ts';
import { hostSources } from './restarting-host.ts';
import { type Session, startSession } from './session.ts';

export interface ApplicationSessionOptions {
	dataFolder: string;
	/** 0 takes any free port. */
	port: number;
	/** The page's folder and the host's watched sources, if not those of the checkout; for tests. */
	root?: string;
	watched?: readonly string[];
	say(line: string): void;
}

/**
 * Starts the whole application for its developers: hot reload, and a host that its pages reconnect to after a restart.
 */
export async function startApplicationSession(
	options: ApplicationSessionOptions,
): Promise<Session & { readonly url: string }> {
	const { dataFolder, port, say } = options;
	const token = randomBytes(32).toString('base64url');
	const session = await startSession({
		root: options.root ?? join(projectRoot, 'renderer'),
		port,
		hostEntry: join(import.meta.dirname, 'application-host.ts'),
		hostArgs: [dataFolder],
		hostEnvironment: { ASSAY_DEV_TOKEN: token },
		hostPaths: ['/socket', '/rpc', '/upload', '/download', '/clean'],
		watched: options.watched ?? hostSources,
		say,
	});
	return { ...session, url: `${session.origin}/#token=${token}` };
}
