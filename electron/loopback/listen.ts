import type { Server } from 'node:http';
import { createServer, type Server as SocketServer } from 'node:net';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';

export interface Listening {
	readonly port: number;
	/**
	 * Whether this host also holds the port at ::1, or nobody can. A browser may look for `….localhost` there first,
	 * where another user's program could be waiting for the token.
	 */
	readonly holdsBoth: boolean;
	close(): Promise<void>;
}

/** How many free ports to try until one is free at both addresses. */
const attempts = 10;

/** Listens on the loopback addresses only: 127.0.0.1, and ::1 with the same port. Throws Failure `port-taken`. */
export async function listen(server: Server, asked = 0): Promise<Listening> {
	for (let attempt = 1; ; attempt += 1) {
		const port = await bindAsked(server, asked);
		const second = createServer((socket) => void server.emit('connection', socket));
		const outcome = await bind(second, '::1', port);
		const holdsBoth = outcome === 'listening' || outcome === 'no-such-address';
		if (holdsBoth || asked !== 0 || attempt === attempts) {
			return {
				port,
				holdsBoth,
				close: async () => {
					await Promise.all([closed(server), outcome === 'listening' ? closed(second) : undefined]);
				},
			};
		}
		await closed(server);
	}
}

/** Resolves once no connection is left; the caller ends them. */
function closed(server: SocketServer): Promise<void> {
	return new Promise((resolve) => server.close(() => resolve()));
}

async function bindAsked(server: Server, asked: number): Promise<number> {
	const outcome = await bind(server, '127.0.0.1', asked);
	if (outcome === 'listening') return portOf(server);
	if (outcome instanceof Error) throw outcome;
	throw new Failure({
		code: 'port-taken',
		message:
			outcome === 'forbidden'
				? said`Assay can’t use port ${asked}: your user may not use it`
				: said`Assay can’t use port ${asked}: another program is using it`,
		next: [said`Choose another port (--port <n>)`, said`Or quit the program that uses it`],
	});
}

type Outcome = 'listening' | 'taken' | 'forbidden' | 'no-such-address' | Error;

const outcomes: Readonly<Record<string, Outcome>> = {
	EADDRINUSE: 'taken',
	EACCES: 'forbidden',
	EADDRNOTAVAIL: 'no-such-address',
	EAFNOSUPPORT: 'no-such-address',
};

function bind(server: SocketServer, host: string, port: number): Promise<Outcome> {
	return new Promise((resolve) => {
		function fail(error: NodeJS.ErrnoException): void {
			resolve(outcomes[error.code ?? ''] ?? error);
		}
		server.once('error', fail);
		server.listen({ port, host, exclusive: true }, () => {
			server.off('error', fail);
			resolve('listening');
		});
	});
}

function portOf(server: SocketServer): number {
	const address = server.address();
	return typeof address === 'object' && address !== null ? address.port : 0;
}
