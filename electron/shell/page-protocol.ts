import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { protocol } from 'electron';
import { contentTypes, safePath } from '../hosts/browser/static-files.ts';
import { securityHeaders } from '../hosts/security-headers.ts';

const scheme = 'assay';

/** Origin of the page; only its frames may call the main process. */
export const pageOrigin = `${scheme}://app`;

export const pageAddress = `${pageOrigin}/index.html`;

/** Must run before the app is ready. A standard, secure scheme has an origin, relative addresses and no file access. */
export function registerScheme(): void {
	protocol.registerSchemesAsPrivileged([
		{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
	]);
}

/** Serves the built renderer and nothing outside its folder, with the content security policy in every response. */
export function serveRenderer(folder: string): void {
	protocol.handle(scheme, async (request) => {
		const { host, pathname } = new URL(request.url);
		const type = contentTypes[extname(pathname)];
		if (request.method !== 'GET') return answer(405, 'Only GET');
		if (host !== 'app' || !safePath.test(pathname) || type === undefined) return nothing();
		const content = await readFile(join(folder, pathname)).catch(() => null);
		return content === null ? nothing() : answer(200, content, type);
	});
}

function nothing(): Response {
	return answer(404, 'There is nothing at this address');
}

function answer(status: number, body: BodyInit, type = 'text/plain; charset=utf-8'): Response {
	return new Response(body, { status, headers: { ...securityHeaders, 'content-type': type } });
}
