import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Reply, serve, status } from './unruly-server.ts';

/** One repository of a hub. */
export interface HubRepositoryFixture {
	readonly name: string;
	readonly files: Readonly<Record<string, Uint8Array>>;
	readonly gated?: 'auto' | 'manual' | false;
	readonly tags?: readonly string[];
	readonly downloads?: number;
	/** The hub's metadata from one of its GGUF files. */
	readonly gguf?: object;
}

export interface HubServer {
	/** `http://127.0.0.1:<port>` */
	readonly url: string;
	readonly port: number;
	readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
	repositories: HubRepositoryFixture[];
	/** Replies to file requests, in order, the last one repeating. Empty: replies of a good server. */
	replies: Reply[];
	/** Overrides the reply to a request; null keeps the usual one. */
	intercept: (request: IncomingMessage) => Reply | null;
	close(): Promise<void>;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** Commit of every repository. */
export const revision = 'a'.repeat(40);

const json = (response: ServerResponse, body: unknown): void => {
	response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
};

function info(repository: HubRepositoryFixture): object {
	return {
		_id: '0123',
		id: repository.name,
		private: false,
		likes: 7,
		lastModified: '2026-09-01T10:00:00.000Z',
		pipeline_tag: 'text-generation',
		downloads: repository.downloads ?? 1000,
		gated: repository.gated ?? false,
		tags: repository.tags ?? ['gguf', 'license:apache-2.0'],
		sha: revision,
		...(repository.gguf === undefined ? {} : { gguf: repository.gguf }),
	};
}

/** Starts a server on this computer that answers Assay's calls as Hugging Face's hub does. */
export function createHubServer(repositories: readonly HubRepositoryFixture[] = []): Promise<HubServer> {
	let fileRequests = 0;
	const hub = { requests: [] as HubServer['requests'], repositories: [...repositories] };
	const server = createServer((request, response) => {
		const url = new URL(request.url ?? '', 'http://hub');
		hub.requests.push({ path: request.url ?? '', headers: { ...request.headers } });
		response.on('error', () => {});
		const instead = self.intercept(request);
		if (instead !== null) return instead(request, response);
		const path = decodeURIComponent(url.pathname);
		if (path === '/api/models') {
			const words = (url.searchParams.get('search') ?? '').toLowerCase();
			const found = hub.repositories.filter(({ name }) => name.toLowerCase().includes(words));
			return json(response, found.slice(0, Number(url.searchParams.get('limit'))).map(info));
		}
		const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\//.exec(path);
		const name = api?.[1] ?? path.split('/').slice(1, 3).join('/');
		const repository = hub.repositories.find((one) => one.name === name);
		if (repository === undefined) {
			return status(401, { 'x-error-code': 'RepoNotFound' })(request, response);
		}
		if (api?.[2] === 'revision') return json(response, info(repository));
		if (api !== null) {
			const tree = Object.entries(repository.files).map(([file, bytes]) => ({
				type: 'file',
				oid: 'b'.repeat(40),
				size: bytes.length,
				path: file,
				lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 },
			}));
			return json(response, [{ type: 'file', oid: 'c'.repeat(40), size: 5, path: 'README.md' }, ...tree]);
		}
		const file = repository.files[path.split('/').slice(5).join('/')];
		if (file === undefined) return status(404, { 'x-error-code': 'EntryNotFound' })(request, response);
		// The request for the header comes first and does not count as a download.
		if (/^bytes=0-\d+$/.test(request.headers.range ?? '')) {
			const end = Math.min(file.length, Number(request.headers.range?.split('-')[1]) + 1);
			const range = { 'content-range': `bytes 0-${end - 1}/${file.length}`, 'content-length': end };
			return void response.writeHead(206, range).end(file.subarray(0, end));
		}
		const reply = self.replies[Math.min(fileRequests, self.replies.length - 1)] ?? serve(file);
		fileRequests += 1;
		reply(request, response);
	});
	const self: HubServer = Object.assign(hub, {
		url: '',
		port: 0,
		replies: [] as Reply[],
		intercept: () => null,
		close: () =>
			new Promise<void>((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	});
	return new Promise((resolve) =>
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address() as AddressInfo;
			resolve(Object.assign(self, { port, url: `http://127.0.0.1:${port}` }));
		}),
	);
}

/** The same, closed at the end of the test. */
export async function hubServer(...repositories: readonly HubRepositoryFixture[]): Promise<HubServer> {
	const hub = await createHubServer(repositories);
	onTestFinished(() => hub.close());
	return hub;
}
