import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sendPlainText } from './plain-response.ts';

export const contentTypes: Readonly<Record<string, string>> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.json': 'application/json; charset=utf-8',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.ico': 'image/x-icon',
	'.woff2': 'font/woff2',
	'.txt': 'text/plain; charset=utf-8',
	'.webmanifest': 'application/manifest+json',
	'.wasm': 'application/wasm',
};

/** Paths without `%`, `\` or a segment that begins with a dot, so none can lead out of the folder. */
export const safePath = /^\/(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/;

/** Files that Vite names after their content, e.g. `/assets/index-BX4k_8aQ.js`: never change under one name. */
const hashedPath = /^\/assets\/.+-[\w-]{8}\.\w+$/;

/** Serves the built renderer. */
export async function serveStaticFile(
	folder: string,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	if (request.method !== 'GET' && request.method !== 'HEAD') {
		return sendPlainText(response, 405, 'Only GET and HEAD', { allow: 'GET, HEAD' });
	}
	const path = pathOf(request);
	const type = contentTypes[extname(path)];
	const file = join(folder, path);
	const facts = safePath.test(path) && type !== undefined ? await factsOf(file) : null;
	if (type === undefined || facts === null) return sendPlainText(response, 404, 'There is nothing at this address');

	const tag = `"${facts.size.toString(36)}-${Math.trunc(facts.mtimeMs).toString(36)}"`;
	response.setHeader('content-type', type);
	response.setHeader('cache-control', cacheControl(path));
	response.setHeader('etag', tag);
	if (request.headers['if-none-match'] === tag) return void response.writeHead(304).end();
	response.setHeader('content-length', facts.size);
	if (request.method === 'HEAD') return void response.writeHead(200).end();
	response.writeHead(200);
	// If the client disconnects half-way, nobody is left to answer.
	await pipeline(createReadStream(file), response).catch(() => {});
}

function pathOf(request: IncomingMessage): string {
	const path = (request.url ?? '/').split(/[?#]/, 1)[0]!;
	return path === '/' ? '/index.html' : path;
}

function cacheControl(path: string): string {
	if (path.endsWith('.html')) return 'no-store';
	return hashedPath.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

async function factsOf(file: string): Promise<Stats | null> {
	const facts = await stat(file).catch(() => null);
	return facts?.isFile() ? facts : null;
}
