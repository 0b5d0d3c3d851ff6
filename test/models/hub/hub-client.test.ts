import { describe, expect, test } from 'vitest';
import type { NetworkRecord } from '../../../models/download/network-gate.ts';
import { type HubAddress, hubAddress } from '../../../models/hub/hub-address.ts';
import { readRepository, searchHub } from '../../../models/hub/hub-client.ts';
import { failureOf } from '../../support/failure.ts';
import { type HubServer, hubServer, revision, sha256 } from '../../support/hub-server.ts';
import { tinyGguf } from '../../support/tiny-gguf.ts';
import * as server from '../../support/unruly-server.ts';

const body = tinyGguf();
const timing = { answerMs: 1_000, stallMs: 500, retryMs: [], maxRetryAfterMs: 100 };

function asking(hub: HubServer, blocked = false, environment: Record<string, string> = {}) {
	const log: NetworkRecord[] = [];
	const request = {
		timing,
		network: { isBlocked: () => blocked, report: (record: NetworkRecord) => void log.push(record) },
	};
	const address: HubAddress = hubAddress(hub.url, { HF_ENDPOINT: hub.url, ...environment });
	const search = (text: string, limit = 10) => searchHub(address, { text, sort: 'downloads', limit }, request);
	return { log, search, look: (name: string) => readRepository(address, name, request) };
}

const tiny = {
	name: 'ada/tiny-GGUF',
	files: { 'tiny-Q4_K_M.gguf': body, 'tiny-F16.gguf': Buffer.concat([body, body]) },
};

describe('search', () => {
	test("repositories are found with the hub's facts about them", async () => {
		const hub = await hubServer(
			{ ...tiny, gguf: { total: 130_000, architecture: 'llama', context_length: 512, chat_template: 'x' } },
			{ name: 'bob/tiny-2-GGUF', files: {}, gated: 'manual', tags: ['gguf'] },
			{ name: 'bob/else', files: {} },
		);
		const { search, log } = asking(hub);
		expect(await search('tiny')).toEqual({
			more: false,
			models: [
				{
					repository: 'ada/tiny-GGUF',
					downloads: 1000,
					likes: 7,
					updatedAt: Date.UTC(2026, 8, 1, 10),
					license: 'apache-2.0',
					gated: false,
					parameters: 130_000,
					architecture: 'llama',
					contextLength: 512,
					chat: true,
				},
				expect.objectContaining({
					repository: 'bob/tiny-2-GGUF',
					gated: true,
					license: null,
					parameters: null,
					chat: null,
				}),
			],
		});
		expect(await search('tiny', 1)).toMatchObject({ more: true, models: [{ repository: 'ada/tiny-GGUF' }] });
		const asked = new URL(hub.requests[0]?.path ?? '', hub.url).searchParams;
		expect([asked.get('filter'), asked.get('search'), asked.get('sort')]).toEqual(['gguf', 'tiny', 'downloads']);
		expect(asked.getAll('expand')).toContain('gguf');
		expect(log[0]).toMatchObject({ host: `127.0.0.1:${hub.port}`, purpose: 'search for models', outcome: '200' });
	});

	test('repositories with invalid names are left out', async () => {
		const hub = await hubServer({ name: '../../etc', files: {} }, { name: 'a/b', files: {} });
		expect((await asking(hub).search('')).models.map(({ repository }) => repository)).toEqual(['a/b']);
	});

	test('no request is made while the network is switched off', async () => {
		const hub = await hubServer(tiny);
		const { search, log } = asking(hub, true);
		expect((await failureOf(() => search('tiny'))).code).toBe('network-blocked');
		expect(hub.requests).toEqual([]);
		expect(log.map(({ outcome }) => outcome)).toEqual(['refused: the network is switched off']);
	});

	test.each<readonly [string, server.Reply, string, RegExp]>([
		['500', server.status(500), 'hub-unreachable', /HTTP 500/],
		['429', server.status(429, { 'retry-after': '60' }), 'hub-busy', /too many requests/],
		['403', server.status(403), 'hub-unreachable', /access was refused/],
		['nothing', server.silent, 'hub-unreachable', /no response within 1 seconds/],
		[
			'a web page',
			server.serve(Buffer.from('<html>log in to the hotel</html>')),
			'hub-unreachable',
			/response is invalid/,
		],
		['unexpected JSON', server.serve(Buffer.from('{"a":1}')), 'hub-unreachable', /response is invalid/],
		[
			'a redirect elsewhere',
			server.status(302, { location: 'http://localhost:9/x' }),
			'hub-unreachable',
			/not an allowed host/,
		],
		['endless bytes', server.endless, 'hub-unreachable', /too long/],
		['broken gzip', server.claims('gzip', Buffer.from('no')), 'hub-unreachable', /compressed response/],
	])('an answer of %s is reported as such', async (_name, reply, code, words) => {
		const hub = await hubServer(tiny);
		hub.intercept = () => reply;
		const failure = await failureOf(() => asking(hub).search('tiny'));
		expect(failure.code).toBe(code);
		expect(failure.message).toMatch(words);
		expect(failure.next.length).toBeGreaterThan(0);
	});

	test('a response that is compressed without request is read', async () => {
		const hub = await hubServer(tiny);
		hub.intercept = () => server.gzipped(Buffer.from('[]'));
		expect(await asking(hub).search('x')).toEqual({ models: [], more: false });
	});

	test('fields unknown to a mirror are optional', async () => {
		const hub = await hubServer({ ...tiny, gguf: { total: 130_000 } });
		hub.intercept = ({ url }) => (url?.includes('expand=gguf') === true ? server.status(400) : null);
		const { search, look } = asking(hub);
		expect((await search('tiny')).models).toMatchObject([{ repository: 'ada/tiny-GGUF', license: 'apache-2.0' }]);
		expect((await look('ada/tiny-GGUF')).files.length).toBe(2);
	});

	test('a next page on another host is not followed', async () => {
		const hub = await hubServer(tiny);
		hub.intercept = () => (_request, response) => {
			response.writeHead(200, { link: '<http://localhost:9/api/models?cursor=2>; rel="next"' }).end('[]');
		};
		expect((await failureOf(() => asking(hub).search('x', 100))).message).toContain('leads to localhost:9');
	});
});

describe('repository', () => {
	test('its files are listed with size and hash, and the start of the smallest is read', async () => {
		const hub = await hubServer(tiny);
		const { look, log } = asking(hub);
		const found = await look('ada/tiny-GGUF');
		expect(found).toMatchObject({
			revision,
			files: [
				{ quantization: 'Q4_K_M', sizeBytes: body.length, parts: [{ path: 'tiny-Q4_K_M.gguf', sha256: sha256(body) }] },
				{ quantization: 'F16', sizeBytes: body.length * 2 },
			],
		});
		expect(found.header?.get('llama.block_count')).toBeGreaterThan(0);
		expect(found.header?.get('tokenizer.ggml.tokens')).toMatchObject({ length: expect.any(Number) });
		expect(log.map(({ purpose }) => purpose)).toEqual([
			'files of ada/tiny-GGUF',
			'files of ada/tiny-GGUF',
			'header of a file of ada/tiny-GGUF',
		]);
		expect(log.at(-1)?.bytes).toBeLessThanOrEqual(64 * 1024);
	});

	test('the listing works without a readable header', async () => {
		for (const reply of [server.status(403), server.ignoreRange(body), server.claims('gzip', body), server.silent]) {
			const hub = await hubServer(tiny);
			hub.intercept = ({ url }) => (url?.includes('/resolve/') === true ? reply : null);
			expect((await asking(hub).look('ada/tiny-GGUF')).header).toBeNull();
		}
	});

	test('no header is read if the repository has terms to accept', async () => {
		const hub = await hubServer({ ...tiny, gated: 'auto' });
		expect(await asking(hub).look('ada/tiny-GGUF')).toMatchObject({ gated: true, header: null });
		expect(hub.requests.some(({ path }) => path.includes('/resolve/'))).toBe(false);
	});

	test('a missing repository is named; a closed one says what to do', async () => {
		const hub = await hubServer(tiny);
		const missing = await failureOf(() => asking(hub).look('ada/none'));
		expect([missing.code, missing.message]).toEqual(['hub-not-found', expect.stringContaining('ada/none')]);
		hub.intercept = () => server.status(401, { 'x-error-code': 'GatedRepo' });
		const closed = await failureOf(() => asking(hub).look('ada/tiny-GGUF'));
		expect(closed.code).toBe('hub-gated');
		expect(closed.next.join(' ')).toMatch(/Sign in at .*ada\/tiny-GGUF.*HF_TOKEN.*another repository/);
	});

	test('the token in HF_TOKEN is sent, and never along a redirect', async () => {
		const elsewhere = await server.unrulyServer(server.serve(body));
		const hub = await hubServer(tiny);
		hub.intercept = ({ url }) =>
			url?.includes('/resolve/') === true
				? server.status(302, { location: `http://localhost:${elsewhere.port}/f` })
				: null;
		const { look } = asking(hub, false, { HF_TOKEN: 'secret' });
		await look('ada/tiny-GGUF');
		expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual([
			...['Bearer secret', 'Bearer secret', 'Bearer secret'],
		]);
		// Not an allowed host for files, so not requested.
		expect(elsewhere.requests).toEqual([]);
	});
});
