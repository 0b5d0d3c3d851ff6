import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export type Reply = (request: IncomingMessage, response: ServerResponse) => void;

export interface UnrulyServer {
	/** `http://127.0.0.1:<port>/` */
	readonly url: string;
	readonly port: number;
	/** Path and Range header of every request so far. */
	readonly requests: {
		readonly path: string;
		readonly range: string | undefined;
		readonly accept: string | undefined;
	}[];
}

/** Starts a server that gives each request the next reply, and repeats the last one. */
export async function unrulyServer(...replies: readonly Reply[]): Promise<UnrulyServer> {
	const requests: UnrulyServer['requests'] = [];
	const server = createServer((request, response) => {
		const reply = replies[Math.min(requests.length, replies.length - 1)];
		requests.push({ path: request.url ?? '', range: request.headers.range, accept: request.headers.accept });
		// A reply may destroy its socket; that is not an error of the server.
		response.on('error', () => {});
		reply?.(request, response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}/`, port, requests };
}

/** Serves `body` as a good server does, including ranges. */
export const serve =
	(body: Uint8Array): Reply =>
	(request, response) => {
		const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
		if (request.headers.range === undefined) {
			response.writeHead(200, { 'content-length': body.length }).end(body);
		} else if (start >= body.length) {
			response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
		} else {
			const range = `bytes ${start}-${body.length - 1}/${body.length}`;
			response.writeHead(206, { 'content-range': range, 'content-length': body.length - start });
			response.end(body.subarray(start));
		}
	};

/** Ignores ranges and always sends everything. */
export const ignoreRange =
	(body: Uint8Array): Reply =>
	(_request, response) => {
		response.writeHead(200, { 'content-length': body.length }).end(body);
	};

/** Serves, but cuts the connection after `bytes` bytes of the body. */
export const cutAfter =
	(bytes: number, body: Uint8Array): Reply =>
	(request, response) => {
		const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
		const head = start === 0 ? {} : { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` };
		response.writeHead(start === 0 ? 200 : 206, { ...head, 'content-length': body.length - start });
		response.write(body.subarray(start, start + bytes), () => setTimeout(() => response.destroy(), 20));
	};

/** Sends `bytes` bytes, then nothing more, and keeps the connection open. */
export const stallAfter =
	(bytes: number, body: Uint8Array): Reply =>
	(_request, response) => {
		response.writeHead(200, { 'content-length': body.length });
		response.write(body.subarray(0, bytes));
	};

export const status =
	(code: number, headers: Record<string, string> = {}): Reply =>
	(_request, response) => {
		response.writeHead(code, headers).end('<html>an error page</html>');
	};

/** Sends an endless body without a stated length. */
export const endless: Reply = (_request, response) => {
	const chunk = Buffer.alloc(256 * 1024, 'x');
	response.writeHead(200);
	const more = (): void => {
		if (!response.destroyed) response.write(chunk, () => setImmediate(more));
	};
	more();
};

/** Sends the bytes unchanged, but declares this encoding. */
export const claims =
	(encoding: string, body: Uint8Array): Reply =>
	(_request, response) => {
		response.writeHead(200, { 'content-encoding': encoding, 'content-length': body.length }).end(body);
	};

/** Sends a compressed body, whatever was requested. */
export const gzipped = (body: Uint8Array): Reply => claims('gzip', gzipSync(body));

/** Like `serve`, with an ETag; a range request for another version gets all of this one. */
export const versioned =
	(body: Uint8Array, etag: string, { ifRange = true } = {}): Reply =>
	(request, response) => {
		response.setHeader('etag', etag);
		const asked = request.headers['if-range'];
		if (ifRange && asked !== undefined && asked !== etag) delete request.headers.range;
		serve(body)(request, response);
	};

/** Accepts the connection and never answers. */
export const silent: Reply = () => {};
