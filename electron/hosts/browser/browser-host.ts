import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@orpc/server';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import { type Log, logDefects } from '../../api/call-failure.ts';
import type { Staging } from '../../conversation/import-export/staging.ts';
import { listen } from '../../loopback/listen.ts';
import { securityHeaders } from '../security-headers.ts';
import { rpcServer } from '../transport/rpc-server.ts';
import { createTokens } from './access-tokens.ts';
import { createOriginCleaner } from './clean-origin.ts';
import { limitConnections, limitedServer } from './connection-limit.ts';
import { createTransfers } from './file-transfers.ts';
import { checkOrigin, checkToken, type Refusal } from './origin-check.ts';
import { sendPlainText } from './plain-response.ts';
import { randomName } from './random-name.ts';
import { serveStaticFile } from './static-files.ts';
import { openSockets } from './web-sockets.ts';

export interface BrowserHostOptions {
	/** Without `staging` there are no uploads or downloads. */
	application: { readonly router: AnyRouter; readonly staging?: Staging };
	/** 0 or undefined takes any free port. */
	port?: number;
	/**
	 * Whether links carry a name that this start drew, `assay-….localhost`, and not 127.0.0.1: an origin of which no
	 * browser can hold anything that another program left there.
	 */
	ownName?: boolean;
	/** Folder of the built renderer. */
	rendererFolder: string;
	/** Token of a tab. `npm run dev` restarts its host with the same one, so that its page reconnects. */
	tabToken?: string;
	log: Log;
}

/** An address to open once, with the token in the fragment, which no server sees. */
export interface Link {
	readonly url: string;
	/** The same at 127.0.0.1, for a browser that doesn't find the host's own name; null: `url` has no such name. */
	readonly fallbackUrl: string | null;
}

export interface BrowserHost {
	/** Returns a new link, to be printed. */
	newLink(): Link;
	/** Returns an address that opens within a minute, to pass to the program that opens the browser. */
	urlForOpener(): string;
	port: number;
	close(): Promise<void>;
}

/**
 * Serves the application to browsers on this computer: the renderer over HTTP, calls over a WebSocket at `/socket` or
 * as HTTP under `/rpc`, and large files as raw bytes at `/upload` and `/download`. Throws Failure `port-taken`.
 */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
	const tokens = createTokens(Date.now, options.tabToken);
	const calls = httpCalls(options.application.router, options.log);
	const { staging } = options.application;
	const sockets = openSockets(tokens, rpcServer(options.application.router, options.log));
	const name = options.ownName === true ? randomName() : null;
	const cleaner = createOriginCleaner(name);
	const server = createServer({ maxHeaderSize: 16 * 1024, ...limitedServer });
	const limit = limitConnections(server);
	const transfers = staging === undefined ? null : createTransfers(staging, options.log, limit.trust);
	function workFor(request: IncomingMessage): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
		if (isCall(request)) return calls;
		if (transfers?.isUpload(request)) return transfers.upload;
		if (transfers?.isDownload(request)) return transfers.download;
		if (cleaner.isClean(request)) return async (asked, response) => cleaner.clean(asked, response);
		if (isNumericLink(request)) {
			return (asked, response) => {
				cleaner.clearCacheOnce(asked, response);
				return serveStaticFile(options.rendererFolder, asked, response);
			};
		}
		return (asked, response) => serveStaticFile(options.rendererFolder, asked, response);
	}
	server.on('request', (request: IncomingMessage, response: ServerResponse) => {
		for (const [header, value] of Object.entries(securityHeaders)) response.setHeader(header, value);
		const foreign = checkOrigin(request, name);
		if (foreign) return sendPlainText(response, foreign.status, foreign.message);
		if (cleaner.isServiceWorker(request)) return cleaner.replaceServiceWorker(response);
		if (isCall(request) || transfers?.isUpload(request) === true) {
			const refusal = checkToken(request, tokens);
			if (refusal) return sendPlainText(response, refusal.status, refusal.message);
			limit.trust(request.socket);
		}
		const work = workFor(request)(request, response);
		work.catch((error: unknown) => {
			options.log(`a request failed: ${String(error)}`);
			response.destroy();
		});
	});
	server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		socket.on('error', () => {});
		const refusal = checkOrigin(request, name) ?? refuseOtherPath(request);
		if (refusal) refuseUpgrade(socket, refusal);
		else sockets.accept(request, socket, head, () => limit.trust(socket));
	});
	const { port, holdsBoth, close } = await listen(server, options.port);
	const usesName = name !== null && holdsBoth;
	if (name !== null && !holdsBoth) options.log('another program uses this port at ::1, so the link uses 127.0.0.1');
	// The query makes every address new, so that no page that another program left in the browser's cache answers it.
	const numeric = (token: string) => `http://127.0.0.1:${port}/?${randomBytes(6).toString('base64url')}#token=${token}`;
	const named = (token: string) => (usesName ? `http://${name}:${port}/#token=${token}` : numeric(token));
	return {
		newLink: () => {
			const token = tokens.issueLink();
			return { url: named(token), fallbackUrl: usesName ? numeric(token) : null };
		},
		urlForOpener: () => named(tokens.issueForOpener()),
		port,
		close: async () => {
			const ended = close();
			sockets.close();
			server.closeAllConnections();
			await ended;
		},
	};
}

/** Whether the page is opened by a link at 127.0.0.1, which has a query. */
function isNumericLink(request: IncomingMessage): boolean {
	return request.url?.startsWith('/?') ?? false;
}

function refuseOtherPath(request: IncomingMessage): Refusal | null {
	return request.url === '/socket' ? null : { status: 404, message: 'There is nothing at this address' };
}

function refuseUpgrade(socket: Duplex, { status, message }: Refusal): void {
	const head = [
		`HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
		'Connection: close',
		'Content-Type: text/plain; charset=utf-8',
		`Content-Length: ${Buffer.byteLength(message)}`,
	];
	socket.end(`${head.join('\r\n')}\r\n\r\n${message}`);
}

/** Largest HTTP body, in bytes. HTTP calls are for what is too large for a frame: an import of a long history. */
export const maxBodyBytes = 512 * 1024 * 1024;

const prefix = '/rpc';

export function isCall(request: IncomingMessage): boolean {
	return request.url?.startsWith(`${prefix}/`) ?? false;
}

/** Handles the same calls as the WebSocket, one per request. The caller has checked the token. */
export function httpCalls(router: AnyRouter, log: Log) {
	const handler = new RPCHandler(router, {
		plugins: [new BodyLimitPlugin({ maxBodySize: maxBodyBytes })],
		interceptors: [logDefects(log)],
	});
	return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		response.setHeader('cache-control', 'no-store');
		const { matched } = await handler.handle(request, response, { prefix, context: {} });
		if (!matched) sendPlainText(response, 404, 'There is no such call');
	};
}
