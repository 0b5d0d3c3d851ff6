import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendPlainText } from './plain-response.ts';

/** Origins to remember: as many as a browser on this computer and some tunnels reach the host by. */
const maxOrigins = 1_000;

/**
 * Removes what another program left in the browser at the host's origin. Browsers keep service workers, caches and
 * storage by address and port, whichever program answered there, and a service worker answers for the page.
 */
export interface OriginCleaner {
	/** Whether the browser asks for the script of a service worker. Assay has none, so another program left it. */
	isServiceWorker(request: IncomingMessage): boolean;
	/** Answers with a worker that removes itself and its caches, and reloads its pages. */
	replaceServiceWorker(response: ServerResponse): void;
	/** Clears the browser's cache for an origin with the first page served to it. */
	clearCacheOnce(request: IncomingMessage, response: ServerResponse): void;
	/** `POST /clean`: the page has read its own storage and asks for everything at its origin to be removed. */
	isClean(request: IncomingMessage): boolean;
	clean(request: IncomingMessage, response: ServerResponse): void;
}

const replacement = `// Assay has no service worker: this one replaces what another program left at this address.
self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(remove()));
async function remove() {
	await self.clients.claim();
	for (const name of await caches.keys()) await caches.delete(name);
	const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
	// The browser's cache may still hold that program's pages. A page that is loading waits for this worker and isn't
	// listed as a client yet, so the root address is refreshed too.
	const addresses = new Set([self.registration.scope, ...pages.map((page) => page.url)]);
	await Promise.allSettled([...addresses].map((address) => fetch(address, { cache: 'reload' })));
	await self.registration.unregister();
	for (const client of await self.clients.matchAll({ type: 'window' })) {
		await client.navigate(client.url).catch(() => {});
	}
}
`;

/** `name`: the host's own name, which no other program had before, so there is nothing to clean. */
export function createOriginCleaner(name: string | null): OriginCleaner {
	const withoutCache = new Set<string>();
	const cleaned = new Set<string>();
	function isFirst(known: Set<string>, request: IncomingMessage): boolean {
		const host = (request.headers.host ?? '').toLowerCase();
		if (host.replace(/:\d+$/, '') === name || known.has(host) || known.size >= maxOrigins) return false;
		known.add(host);
		return true;
	}
	return {
		isServiceWorker: (request) => request.headers['service-worker'] === 'script',
		replaceServiceWorker(response) {
			response.writeHead(200, {
				'content-type': 'text/javascript; charset=utf-8',
				'cache-control': 'no-store',
				'service-worker-allowed': '/',
			});
			response.end(replacement);
		},
		clearCacheOnce(request, response) {
			if (isFirst(withoutCache, request)) response.setHeader('clear-site-data', '"cache"');
		},
		isClean: (request) => request.url === '/clean',
		clean(request, response) {
			if (request.method !== 'POST') return sendPlainText(response, 405, 'Only POST', { allow: 'POST' });
			response.writeHead(204, {
				'cache-control': 'no-store',
				...(isFirst(cleaned, request) ? { 'clear-site-data': '"storage"' } : {}),
			});
			response.end();
		},
	};
}
