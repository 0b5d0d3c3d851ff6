import type { IncomingMessage } from 'node:http';
import { tokensMatch } from '../transport/handshake.ts';

/** Names of this computer as seen from itself. Any other Host means that another name was pointed here. */
const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** `status` of the response, and a sentence that says what was wrong. */
export interface Refusal {
	status: 401 | 403 | 404;
	message: string;
}

/**
 * Refuses requests that a page of another site could make a browser send. The Host must name this computer (DNS
 * rebinding); any port is allowed, so that an SSH tunnel from another local port works. An Origin, if sent, must equal
 * that Host, so a page of another local server is refused too.
 */
export function checkOrigin(request: IncomingMessage): Refusal | null {
	const { host, origin } = request.headers;
	if (host === undefined || !loopbackNames.has(host.replace(/:\d+$/, '').toLowerCase())) {
		return { status: 403, message: 'This server answers only to 127.0.0.1 and localhost' };
	}
	if (origin !== undefined && origin !== `http://${host}`) {
		return { status: 403, message: 'This server answers only to its own pages' };
	}
	return null;
}

/**
 * Calls over HTTP carry the token as a Bearer header, not as a cookie, which browsers would send to every local port.
 */
export function checkToken(request: IncomingMessage, token: string): Refusal | null {
	const given = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
	if (given !== undefined && tokensMatch(given, token)) return null;
	return { status: 401, message: 'Send the token that Assay printed as "Authorization: Bearer <token>"' };
}
