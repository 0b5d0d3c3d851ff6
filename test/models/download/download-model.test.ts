import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Source } from '../../../models/download/catalogue.ts';
import {
	type DownloadedModel,
	type DownloadModelOptions,
	downloadModel,
	type WantedFile,
} from '../../../models/download/download-model.ts';
import type { NetworkRecord } from '../../../models/download/network-gate.ts';
import type { DownloadProgress } from '../../../models/download/progress.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyGguf } from '../../support/tiny-gguf.ts';
import * as server from '../../support/unruly-server.ts';

const body = tinyGguf();
const other = tinyGguf({ seed: 2 });
const timing = { answerMs: 300, stallMs: 300, retryMs: [10, 10], maxRetryAfterMs: 2000 };

function modelAt(...urls: readonly (string | Source)[]): WantedFile {
	return {
		name: 'Tiny',
		fileName: 'tiny.gguf',
		sizeBytes: body.length,
		sha256: createHash('sha256').update(body).digest('hex'),
		sources: urls.map((url) =>
			typeof url === 'string' ? { kind: 'address', url, redirectHosts: ['localhost'] } : url,
		),
	};
}

interface Attempt {
	readonly folder: string;
	readonly log: NetworkRecord[];
	readonly progress: DownloadProgress[];
	readonly pull: (model: WantedFile, options?: Partial<DownloadModelOptions>) => Promise<DownloadedModel>;
}

function attempt(blocked: () => boolean = () => false): Attempt {
	const folder = join(temporaryFolder(), 'models');
	const log: NetworkRecord[] = [];
	const progress: DownloadProgress[] = [];
	const network = { isBlocked: blocked, report: (record: NetworkRecord) => void log.push(record) };
	const onProgress = (step: DownloadProgress) => void progress.push(step);
	const pull = (model: WantedFile, options: Partial<DownloadModelOptions> = {}) =>
		downloadModel(model, { folder, network, timing, onProgress, freeDiskBytes: async () => 1e12, ...options });
	return { folder, log, progress, pull };
}

describe('download', () => {
	test('a file is downloaded, verified and named, and every step is reported', async () => {
		const hub = await server.unrulyServer(server.serve(body));
		const { folder, log, progress, pull } = attempt();
		const pulled = await pull(modelAt(`${hub.url}tiny.gguf`));
		expect(pulled).toEqual({
			path: join(folder, 'tiny.gguf'),
			source: `127.0.0.1:${hub.port}`,
			sha256: modelAt().sha256,
		});
		expect(readFileSync(pulled.path).equals(body)).toBe(true);
		expect(readdirSync(folder)).toEqual(['tiny.gguf']);
		expect([...new Set(progress.map(({ stage }) => stage))]).toEqual(['connecting', 'receiving', 'verifying']);
		expect(progress.at(-1)).toMatchObject({ receivedBytes: body.length, totalBytes: body.length });
		expect(log).toEqual([
			{ host: `127.0.0.1:${hub.port}`, purpose: 'download of Tiny', outcome: '200', bytes: body.length },
		]);
	});

	test('an existing file causes no request', async () => {
		const hub = await server.unrulyServer(server.serve(body));
		const { pull } = attempt();
		await pull(modelAt(hub.url));
		expect((await pull(modelAt(hub.url))).source).toBeNull();
		expect(hub.requests.length).toBe(1);
	});

	test('a file of the same name with other content stays untouched', async () => {
		const hub = await server.unrulyServer(server.serve(body));
		const { folder, pull } = attempt();
		await pull(modelAt(hub.url));
		writeFileSync(join(folder, 'tiny.gguf'), 'mine');
		expect((await pull(modelAt(hub.url))).path).toBe(join(folder, 'tiny-2.gguf'));
		expect(readFileSync(join(folder, 'tiny.gguf'), 'utf8')).toBe('mine');
	});

	test('no request is made while the network is switched off', async () => {
		const hub = await server.unrulyServer(server.serve(body));
		const { log, pull } = attempt(() => true);
		expect((await failureOf(() => pull(modelAt(hub.url, hub.url)))).code).toBe('network-blocked');
		expect(hub.requests).toEqual([]);
		expect(log.map(({ outcome }) => outcome)).toEqual(['refused: the network is switched off']);
	});

	test('switching the network off ends the download', async () => {
		const hub = await server.unrulyServer(server.serve(body));
		let asked = 0;
		const { pull } = attempt(() => asked++ > 1);
		expect((await failureOf(() => pull(modelAt(hub.url)))).code).toBe('network-blocked');
	});

	test('disk space is checked before the first request', async () => {
		const hub = await server.unrulyServer(server.serve(body));
		const { pull } = attempt();
		const failure = await failureOf(() => pull(modelAt(hub.url), { freeDiskBytes: async () => 100_000_000 }));
		expect([failure.code, failure.message]).toEqual([
			'disk-full',
			'The disk has 100 MB free; this needs 488 kB and leaves 210 MB for everything else.',
		]);
		expect(hub.requests).toEqual([]);
	});

	test('a cancelled download resumes next time', async () => {
		const hub = await server.unrulyServer(server.stallAfter(200_000, body), server.serve(body));
		const { folder, pull } = attempt();
		const cancel = new AbortController();
		const reason = new Error('cancelled by a test');
		const pulling = pull(modelAt(hub.url), {
			signal: cancel.signal,
			timing: { ...timing, stallMs: 10_000 },
			onProgress: ({ receivedBytes }) => receivedBytes > 0 && cancel.abort(reason),
		});
		await expect(pulling).rejects.toBe(reason);
		const kept = readFileSync(join(folder, 'tiny.gguf.part')).length;
		expect(kept).toBeGreaterThan(0);
		await pull(modelAt(hub.url));
		expect(hub.requests.at(-1)?.range).toBe(`bytes=${kept}-`);
	});
});

describe('misbehaving server', () => {
	test('a dropped connection is resumed', async () => {
		const hub = await server.unrulyServer(
			server.cutAfter(100_000, body),
			server.cutAfter(100_000, body),
			server.serve(body),
		);
		const { pull } = attempt();
		const { path } = await pull(modelAt(hub.url));
		expect(readFileSync(path).equals(body)).toBe(true);
		expect(hub.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
	});

	test('a server that ignores ranges is read from the start', async () => {
		const hub = await server.unrulyServer(server.cutAfter(100_000, body), server.ignoreRange(body));
		const { pull } = attempt();
		expect(readFileSync((await pull(modelAt(hub.url))).path).equals(body)).toBe(true);
	});

	test('content that changes between attempts is downloaded again from the start', async () => {
		const hub = await server.unrulyServer(server.cutAfter(300_000, other), server.serve(body));
		const { folder, pull } = attempt();
		const first = pull(modelAt(hub.url));
		const failure = await failureOf(() => first);
		expect(failure.message).toContain('the server sent a different file (SHA-256 ');
		expect(readdirSync(folder)).toEqual([]);
		expect(readFileSync((await pull(modelAt(hub.url))).path).equals(body)).toBe(true);
	});

	test('remains of an earlier download of another file are discarded once and downloaded again', async () => {
		const hub = await server.unrulyServer(server.serve(body));
		const { folder, pull } = attempt();
		await pull(modelAt(hub.url));
		writeFileSync(join(folder, 'tiny.gguf'), 'mine');
		writeFileSync(join(folder, 'tiny.gguf.part'), other.subarray(0, 300_000));
		expect(readFileSync((await pull(modelAt(hub.url))).path).equals(body)).toBe(true);
		expect(hub.requests.slice(1).map(({ range }) => range)).toEqual(['bytes=300000-', undefined]);
	});

	test('a response with another range than requested is rejected', async () => {
		const wrongPart: server.Reply = (_request, response) =>
			response.writeHead(206, { 'content-range': `bytes 5-9/${body.length}` }).end(body.subarray(5, 10));
		const hub = await server.unrulyServer(server.cutAfter(100_000, body), wrongPart);
		const { pull } = attempt();
		expect((await failureOf(() => pull(modelAt(hub.url)))).message).toContain('a different part of the file');
	});

	const cases: readonly (readonly [string, server.Reply, RegExp])[] = [
		[
			'sends the wrong hash',
			server.serve(other),
			/the server sent a different file \(SHA-256 [0-9a-f]{12}…, not [0-9a-f]{12}…\)/,
		],
		[
			'offers a longer file',
			server.serve(Buffer.concat([body, body])),
			/offers a file of 975,680 bytes instead of 487,840/,
		],
		['offers an empty file', server.serve(Buffer.alloc(0)), /offers a file of 0 bytes/],
		['sends nothing at all', server.silent, /no response within 0\.3 seconds/],
		['stalls', server.stallAfter(10, body), /no data for 0\.3 seconds/],
		['keeps dropping', server.cutAfter(10, body), /the connection was cut after 10 bytes/],
		['answers 401', server.status(401), /a login is required \(HTTP 401\)/],
		['answers 403', server.status(403), /access was refused \(HTTP 403\)/],
		['answers 404', server.status(404), /the file does not exist there \(HTTP 404\)/],
		['answers 429', server.status(429), /it received too many requests \(HTTP 429\)/],
		['answers 500', server.status(500), /the server has a problem \(HTTP 500\)/],
		['asks for an hour’s wait', server.status(429, { 'retry-after': '3600' }), /too many requests/],
		['answers 204', server.status(204), /the server sent no file \(HTTP 204\)/],
		['redirects in circles', server.status(302, { location: '/again' }), /more than 5 redirects/],
		['redirects to an invalid address', server.status(302, { location: 'http://[' }), /redirect address is invalid/],
		[
			'redirects to a host that is not allowed',
			server.status(302, { location: 'https://elsewhere.invalid/x' }),
			/not an allowed host/,
		],
		['redirects to a file', server.status(302, { location: 'file:///etc/passwd' }), /not use HTTPS \(file:/],
	];

	test.each(cases)('a server that %s is named, and the next source is tried', async (_name, reply, words) => {
		const bad = await server.unrulyServer(reply);
		const good = await server.unrulyServer(server.serve(body));
		const { folder, log, pull } = attempt();
		const failure = await failureOf(() => pull(modelAt(bad.url)));
		expect(failure.code).toBe('download-failed');
		expect(failure.message).toMatch(words);
		expect(failure.message).toContain(`127.0.0.1:${bad.port}: `);
		expect(failure.next.join()).toContain('assay models add');
		expect(log.length).toBe(bad.requests.length);
		const { source } = await pull(modelAt(bad.url, good.url));
		expect(source).toBe(`127.0.0.1:${good.port}`);
		expect(existsSync(join(folder, 'tiny.gguf'))).toBe(true);
	});

	test('a missing server is named', async () => {
		const { pull } = attempt();
		const failure = await failureOf(() => pull(modelAt('http://127.0.0.1:9/', 'http://nowhere.invalid/')));
		expect(failure.message).toContain('127.0.0.1:9: the connection was refused.');
		expect(failure.message).toContain('nowhere.invalid: the name can’t be resolved');
	});

	test('a server that recovers within a retry causes no failure', async () => {
		const hub = await server.unrulyServer(
			server.status(503),
			server.status(429, { 'retry-after': '0' }),
			server.serve(body),
		);
		const { pull } = attempt();
		expect((await pull(modelAt(hub.url))).source).toBe(`127.0.0.1:${hub.port}`);
	});

	test('a redirect to an allowed host is followed', async () => {
		const files = await server.unrulyServer(server.serve(body));
		const hub = await server.unrulyServer(server.status(302, { location: `http://localhost:${files.port}/file` }));
		const { log, pull } = attempt();
		expect((await pull(modelAt(hub.url))).source).toBe(`localhost:${files.port}`);
		expect(log.map(({ outcome }) => outcome)).toEqual([`302 to localhost:${files.port}`, '200']);
	});

	test('a redirect to a foreign host is logged as not followed', async () => {
		const hub = await server.unrulyServer(server.status(302, { location: 'https://elsewhere.invalid/x' }));
		const { log, pull } = attempt();
		await failureOf(() => pull(modelAt(hub.url)));
		expect(log.map(({ outcome }) => outcome)).toEqual(['302 to elsewhere.invalid, not followed']);
	});
});
