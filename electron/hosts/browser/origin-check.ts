import type { IncomingMessage } from 'node:http';
import { isLoopbackHost } from '../../loopback/host-name.ts';
import type { Tokens } from './access-tokens.ts';

/** `status` of the response, and a sentence that says what was wrong. */
export interface Refusal {
	status: 401 | 403 | 404;
	message: string;
}

/**
 * Refuses requests that a page of another site could make a browser send. The Host must name this computer (DNS
 * rebinding); any port is allowed, so that an SSH tunnel from another local port works. An Origin, if sent, must equal
 * that Host, so a page of another local server is refused too. `name` is the host's own name of this start.
 */
export function checkOrigin(request: IncomingMessage, name: string | null = null): Refusal | null {
	const { host, origin } = request.headers;
	if (!isLoopbackHost(host, name)) {
		return { status: 403, message: 'This server answers only to 127.0.0.1, localhost and the name it printed' };
	}
	if (origin !== undefined && origin !== `http://${host}`) {
		return { status: 403, message: 'This server answers only to its own pages' };
	}
	return null;
}

/**
 * Calls over HTTP carry the token as a Bearer header, not as a cookie, which browsers would send to every local port.
 */
export function checkToken(request: IncomingMessage, tokens: Tokens): Refusal | null {
	const given = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
	if (given !== undefined && tokens.isTab(given)) return null;
	return {
		status: 401,
		message: 'Send the token that a hello got in exchange for the link\'s as "Authorization: Bearer <token>"',
	};
}
