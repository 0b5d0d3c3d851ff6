import { Socket } from 'node:net';
import { connectHost } from '../loopback/connect-host.ts';

/** Decides whether this process may open a connection. */
export interface NetworkGuard {
	readonly isBlocked: () => boolean;
	/** Called for every refused connection, with the requested name or address. */
	readonly onRefused: (host: string) => void;
}

const guards = new Set<NetworkGuard>();
let connect: typeof Socket.prototype.connect | null = null;

/**
 * While `isBlocked`, no socket of this process connects to another computer, whatever code asks: a request that
 * bypassed the download gate, or a library that phones home. This computer, pipes and local sockets stay reachable.
 * Returns the function that removes the guard.
 */
export function blockNetwork(guard: NetworkGuard): () => void {
	guards.add(guard);
	if (connect === null) {
		connect = Socket.prototype.connect;
		Socket.prototype.connect = guarded(connect);
	}
	return () => {
		guards.delete(guard);
		if (guards.size > 0 || connect === null) return;
		Socket.prototype.connect = connect;
		connect = null;
	};
}

/** Every Node client (http, https, fetch, tls) ends up here, before names are resolved. */
function guarded(original: typeof Socket.prototype.connect): typeof Socket.prototype.connect {
	return function connectIfAllowed(this: Socket, ...args: unknown[]): Socket {
		const host = connectHost(args);
		const guard = host === null || isThisComputer(host) ? undefined : [...guards].find(({ isBlocked }) => isBlocked());
		if (guard === undefined || host === null) return Reflect.apply(original, this, args) as Socket;
		guard.onRefused(host);
		const error = new Error(`the network is blocked in Settings, so ${host} was not contacted`);
		// One turn later, as Node itself reports a failed connect: by then the caller listens for the error.
		setImmediate(() => this.destroy(Object.assign(error, { code: 'ENETBLOCKED' })));
		return this;
	} as typeof Socket.prototype.connect;
}

function isThisComputer(host: string): boolean {
	return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?|\[?::ffff:127(?:\.\d{1,3}){3}\]?)$/i.test(host);
}
