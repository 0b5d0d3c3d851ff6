import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@orpc/server';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import { Failure } from '../../../models/contract/failure.ts';
import type { Staging } from '../../conversation/import-export/staging.ts';
import { securityHeaders } from '../security-headers.ts';
import { type Log, logDefects } from '../transport/rpc-failure.ts';
import { rpcServer } from '../transport/rpc-server.ts';
import { createTokens } from './access-tokens.ts';
import { createTransfers } from './file-transfers.ts';
import { checkOrigin, checkToken, type Refusal } from './origin-check.ts';
import { sendPlainText } from './plain-response.ts';
import { serveStaticFile } from './static-files.ts';
import { openSockets } from './web-sockets.ts';

/** Used if no port is requested and it is free, so that bookmarks and what a tab stores stay valid. */
const usualPort = 4870;

export interface BrowserHostOptions {
	/** Without `staging` there are no uploads or downloads. */
	application: { readonly router: AnyRouter; readonly staging?: Staging };
	/** 0 takes any free port; undefined takes the usual port, or any free one if that is taken. */
	port?: number;
	/** Folder of the built renderer. */
	rendererFolder: string;
	/** A new token if omitted. `npm run dev` restarts its host with the same token, so that its page reconnects. */
	token?: string;
	log: Log;
}

export interface BrowserHost {
	/** Address to open, with the token in the fragment, which no server sees. */
	url: string;
	/** Returns an address for one opening within a minute, to pass to another program. */
	urlForOnce(): string;
	port: number;
	close(): Promise<void>;
}

/**
 * Serves the application to browsers on this computer: the renderer over HTTP, calls over a WebSocket at `/socket` or
 * as HTTP under `/rpc`, and large files as raw bytes at `/upload` and `/download`. Throws Failure `port-taken`.
 */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
	const tokens = createTokens(Date.now, options.token);
	const calls = httpCalls(options.application.router, options.log);
	const { staging } = options.application;
	const transfers = staging === undefined ? null : createTransfers(staging, options.log);
	const sockets = openSockets(tokens, rpcServer(options.application.router, options.log));
	function workFor(request: IncomingMessage): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
		if (isCall(request)) return calls;
		if (transfers?.isUpload(request)) return transfers.upload;
		if (transfers?.isDownload(request)) return transfers.download;
		return (asked, response) => serveStaticFile(options.rendererFolder, asked, response);
	}
	const server = createServer({ maxHeaderSize: 16 * 1024 }, (request, response) => {
		for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
		const needsToken = isCall(request) || transfers?.isUpload(request) === true;
		const refusal = checkOrigin(request) ?? (needsToken ? checkToken(request, tokens.lasting) : null);
		if (refusal) return sendPlainText(response, refusal.status, refusal.message);
		const work = workFor(request)(request, response);
		work.catch((error: unknown) => {
			options.log(`a request failed: ${String(error)}`);
			response.destroy();
		});
	});
	// An upload through a slow tunnel may take any time; the time limit for request headers stays.
	server.requestTimeout = 0;
	server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		socket.on('error', () => {});
		const refusal = checkOrigin(request) ?? refuseOtherPath(request);
		if (refusal) refuseUpgrade(socket, refusal);
		else sockets.accept(request, socket, head);
	});
	const port = await listenOn(server, options.port);
	const addressWith = (token: string) => `http://127.0.0.1:${port}/#token=${token}`;
	return {
		url: addressWith(tokens.lasting),
		urlForOnce: () => addressWith(tokens.issueOnce()),
		port,
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			sockets.close();
			server.closeAllConnections();
			await closed;
		},
	};
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

/** Listens on 127.0.0.1 only; returns the port it got. */
async function listenOn(server: Server, asked: number | undefined): Promise<number> {
	try {
		return await bind(server, asked ?? usualPort);
	} catch (error) {
		const code = error instanceof Error && 'code' in error ? error.code : undefined;
		if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
		if (asked === undefined) return bind(server, 0);
		const why = code === 'EACCES' ? 'this user may not use it' : 'another program uses it';
		throw new Failure(
			{
				code: 'port-taken',
				message: `Assay cannot serve at port ${asked}: ${why}`,
				next: ['Choose another with --port <n>', 'Leave --port out to get a free one'],
			},
			{ cause: error },
		);
	}
}

function bind(server: Server, port: number): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
			server.off('error', reject);
			const address = server.address();
			resolve(typeof address === 'object' && address ? address.port : port);
		});
	});
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
