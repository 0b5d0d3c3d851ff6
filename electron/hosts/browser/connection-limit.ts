import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Connections without a token to keep. More than any number of pages opens at once, and far less than what a process
 * may have open.
 */
const maxUntrusted = 512;

/** How long a connection without a token may be silent, ms. A page asks at once, but perhaps through a slow tunnel. */
const silenceMs = 10_000;

/** How long the headers of a request may take, ms. */
const headersMs = 10_000;

/** Pause between two checks for requests that take too long, ms. */
const checkMs = 1_000;

/** Options of a server whose connections are limited. */
export const limitedServer = { headersTimeout: headersMs, connectionsCheckingInterval: checkMs } as const;

export interface ConnectionLimit {
	/** The other end has a token, or a ticket: neither limit applies to its connection. */
	trust(socket: Duplex): void;
}

/**
 * Keeps connections without a token out of the way of those with one: above a number, the oldest is closed, first among
 * those that have not asked for anything. The newest is always heard.
 */
export function limitConnections(server: Server): ConnectionLimit {
	// Sets keep the order of insertion: the oldest is first.
	const silent = new Set<Duplex>();
	const served = new Set<Duplex>();
	server.timeout = silenceMs;
	// An upload through a slow tunnel may take any time; the time limit for the headers stays.
	server.requestTimeout = 0;
	server.on('connection', (socket: Duplex) => {
		silent.add(socket);
		socket.once('close', () => {
			silent.delete(socket);
			served.delete(socket);
		});
		if (silent.size + served.size <= maxUntrusted) return;
		const [oldest] = silent.size > 1 ? silent : served;
		oldest?.destroy();
	});
	server.on('request', ({ socket }, response) => {
		if (!silent.delete(socket)) return;
		served.add(socket);
		response.once('close', () => {
			if (served.delete(socket) && !socket.destroyed) silent.add(socket);
		});
	});
	return {
		trust(socket) {
			silent.delete(socket);
			served.delete(socket);
			if ('setTimeout' in socket && typeof socket.setTimeout === 'function') socket.setTimeout(0);
		},
	};
}
