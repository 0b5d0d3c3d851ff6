import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { projectRoot } from '../run-step.ts';
import { hostSources } from './restarting-host.ts';
import { type Session, startSession } from './session.ts';

export interface ApplicationSessionOptions {
	dataFolder: string;
	/** 0 takes any free one. */
	port: number;
	/** renderer/ and the sources of the host, where they are not those of the checkout: in tests. */
	root?: string;
	watched?: readonly string[];
	say(line: string): void;
}

/** The whole application for its developers: hot reload, and a host that restarts and knows its pages again. */
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
		hostPaths: ['/socket', '/rpc', '/upload', '/download'],
		watched: options.watched ?? hostSources,
		say,
	});
	return { ...session, url: `${session.origin}/#token=${token}` };
}
