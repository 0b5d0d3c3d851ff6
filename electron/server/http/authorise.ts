import type { IncomingMessage } from 'node:http';
import type { ServerKey, ServerScope } from '../../contract/server/schema.ts';
import { isLoopbackHost } from '../../loopback/host-name.ts';
import type { ServerContext } from '../context.ts';
import { findKey } from '../keys.ts';
import { HttpError } from './errors.ts';

/**
 * Returns the key; null if the server is open to clients without one, and the client has none that is valid.
 * Throws HttpError 401 without a valid key, 403 without the scope.
 */
export function findClientKey(
	{ database, clock, settings }: Pick<ServerContext, 'database' | 'clock' | 'settings'>,
	request: IncomingMessage,
	scope: ServerScope | null,
): ServerKey | null {
	const { authorization, 'x-api-key': plain } = request.headers;
	const secret = /^Bearer\s+(\S{1,200})$/i.exec(authorization ?? '')?.[1] ?? (typeof plain === 'string' ? plain : '');
	const key = secret === '' ? null : findKey(database, secret, clock());
	if (key === null) {
		if (settings().serverOpen) return null;
		const message =
			secret === ''
				? 'This server needs a key. Send it as "Authorization: Bearer <key>"; create one with: assay server keys add <name>'
				: 'This key is unknown or was revoked. Create one with: assay server keys add <name>';
		throw new HttpError(401, message, { code: 'invalid_api_key' });
	}
	if (scope !== null && !key.scopes.includes(scope)) {
		throw new HttpError(403, `The key "${key.name}" lacks the scope ${scope}.`, { code: 'missing_scope' });
	}
	return key;
}

/**
 * Returns why a request is refused that a page in a browser could be made to send: its Host doesn't name this computer,
 * or the person didn't allow its Origin. null: it is not.
 */
export function foreignRequest(request: IncomingMessage, allowed: readonly string[]): HttpError | null {
	const { host, origin } = request.headers;
	if (!isLoopbackHost(host)) {
		return new HttpError(403, 'This server answers only to 127.0.0.1 and localhost.', { code: 'foreign_host' });
	}
	if (origin === undefined ? !isPartOfPage(request) : allowed.includes(origin)) return null;
	const pages = origin === undefined ? 'Other pages' : `Pages of ${origin.slice(0, 200)}`;
	return new HttpError(403, `${pages} may not use this server. Allow them with: assay server origins add <origin>`, {
		code: 'foreign_origin',
	});
}

/**
 * Whether a page on another site asks for this as a picture, a script or a frame: a browser names no origin then. A
 * person who follows a link to the server does not.
 */
function isPartOfPage({ headers }: IncomingMessage): boolean {
	const site = headers['sec-fetch-site'];
	return (site === 'cross-site' || site === 'same-site') && headers['sec-fetch-dest'] !== 'document';
}

/** Headers that tell a client of the limit of its key, as OpenAI's have it. */
export const rateHeaders = [
	'x-ratelimit-limit-requests',
	'x-ratelimit-remaining-requests',
	'x-ratelimit-reset-requests',
] as const;

/** Headers of an answer that pages may read. */
const exposedHeaders = [
	'retry-after',
	'x-assay-schema-open',
	'x-assay-schema-valid',
	'x-assay-warning',
	'mcp-session-id',
	...rateHeaders,
].join(', ');

/** Headers that let an allowed page read the answer. */
export function corsHeaders(request: IncomingMessage): Record<string, string> {
	const { origin } = request.headers;
	if (origin === undefined) return {};
	return {
		'access-control-allow-origin': origin,
		'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
		// Whatever the page sends: the official clients add headers of their own, and the origin was checked before.
		'access-control-allow-headers':
			request.headers['access-control-request-headers'] ??
			'authorization, content-type, x-api-key, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name',
		'access-control-expose-headers': exposedHeaders,
		'access-control-max-age': '600',
		vary: 'origin, access-control-request-headers',
	};
}
