import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Download, DownloadRequest } from '../../../../electron/contract/library/hub.ts';
import type { CuratedModel } from '../../../../models/hub/curated-models.ts';
import { failureOf } from '../../../support/failure.ts';
import { type HubRepositoryFixture, type HubServer, hubServer, sha256 } from '../../../support/hub-server.ts';
import { createTestLibrary, type TestLibrary, type TestLibraryOptions } from '../../../support/library.ts';
import { splitGguf } from '../../../support/split-gguf.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyGguf } from '../../../support/tiny-gguf.ts';
import * as server from '../../../support/unruly-server.ts';

const body = tinyGguf();
const other = tinyGguf({ seed: 2 });
/** A busy machine may take seconds for what a test waits for. */
const timing = { answerMs: 15_000, stallMs: 2_500, retryMs: [10, 10, 10], maxRetryAfterMs: 100 };
const repository: HubRepositoryFixture = {
	name: 'ada/Tiny-Chat-GGUF',
	files: { 'Tiny-Chat-Q4_K_M.gguf': body, 'Tiny-Chat-Q8_0.gguf': other, 'mmproj-F16.gguf': body },
	gguf: { total: 7e9, architecture: 'llama', context_length: 512 },
};

function libraryFor(hub: HubServer, options: TestLibraryOptions = {}): TestLibrary {
	const { downloads, ...rest } = options;
	return createTestLibrary({
		hubUrl: hub.url,
		...rest,
		downloads: {
			catalogue: [],
			timing,
			freeDiskBytes: async () => 1e12,
			backOffMs: [20],
			undoMs: 50,
			environment: {},
			room: () => ({ totalBytes: 16e9, freeBytes: 8e9 }),
			...downloads,
		},
	});
}

async function fetched({ library }: TestLibrary, request: DownloadRequest): Promise<Download> {
	const { id } = library.downloads.start(request);
	for (;;) {
		const download = library.downloads.list().find((one) => one.id === id);
		if (download !== undefined && ['done', 'failed', 'cancelled'].includes(download.state)) return download;
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

const q4 = { repository: repository.name, file: 'Q4_K_M' };
const folderOf = ({ folder }: TestLibrary): string => join(folder, 'models', 'ada', 'Tiny-Chat-GGUF');

describe('a repository', () => {
	test('shows what fits, what is recommended, and what is downloaded already', async () => {
		const hub = await hubServer(repository);
		const one = libraryFor(hub);
		const before = await one.library.hub.repository(repository.name);
		expect(before.files.map(({ path, kind, word, recommended }) => [path, kind, word, recommended])).toEqual([
			['Tiny-Chat-Q4_K_M.gguf', 'model', 'Balanced', true],
			['Tiny-Chat-Q8_0.gguf', 'model', 'Large', false],
			['mmproj-F16.gguf', 'projector', 'Reference', false],
		]);
		expect(before.files[0]?.fit).toMatchObject({ verdict: 'fits', basis: 'header', contextSize: 2048 });
		expect(before.recommendation).toContain('Q4_K_M');
		await fetched(one, q4);
		expect((await one.library.hub.repository(repository.name)).files[0]?.modelFileId).toBe(one.library.all()[0]?.id);
		// A recent lookup is not repeated.
		expect(hub.requests.filter(({ path }) => path.includes('/revision/')).length).toBe(1);
	});

	test('recommends nothing if no file fits', async () => {
		const one = libraryFor(await hubServer(repository), {
			downloads: { room: () => ({ totalBytes: 4e8, freeBytes: 1e8 }) },
		});
		const { files, recommendation } = await one.library.hub.repository(repository.name);
		expect(files.map(({ fit: { verdict } }) => verdict)).toEqual(['wont-fit', 'wont-fit', 'wont-fit']);
		expect(recommendation).toContain('no file fits');
	});

	test('is judged by size if its header has absurd values', async () => {
		const absurd = tinyGguf({ metadata: { 'llama.block_count': { type: 'uint32', value: 4_000_000_000 } } });
		const huge = tinyGguf({ metadata: { 'llama.context_length': { type: 'uint64', value: 2n ** 62n } } });
		for (const bytes of [absurd, huge, Buffer.from('<html>')]) {
			const hub = await hubServer({ ...repository, files: { 'a-Q4_K_M.gguf': bytes } });
			const { files } = await libraryFor(hub).library.hub.repository(repository.name);
			expect(files[0]?.fit.neededBytes).toBeLessThan(2e9);
		}
	});
});

test('an invalid address in the settings fails a search; everything else works', async () => {
	const files = await server.unrulyServer(server.serve(body));
	const starter = {
		id: 'starter',
		name: 'Starter',
		description: '',
		license: 'MIT',
		parameters: 1,
		contextLength: 512,
		quantization: 'F32',
		fileName: 's.gguf',
		sizeBytes: body.length,
		sha256: sha256(body),
		sources: [{ kind: 'address' as const, url: files.url, redirectHosts: [] }],
	};
	const one = createTestLibrary({ hubUrl: 'nonsense', downloads: { catalogue: [starter], environment: {} } });
	expect(one.library.hub.entries().length).toBeGreaterThan(5);
	expect(one.library.hub.hosts()).toEqual([]);
	const search = () => one.library.hub.search({ text: 'x', sort: 'downloads', limit: 5 });
	expect((await failureOf(search)).code).toBe('hub-address');
	expect((await fetched(one, { catalogueId: 'starter' })).state).toBe('done');
});

describe('a file of the hub', () => {
	test('is fetched at the revision that was shown, verified, and stored below owner and name', async () => {
		const hub = await hubServer(repository);
		const one = libraryFor(hub);
		const done = await fetched(one, q4);
		expect(done).toMatchObject({ state: 'done', verified: true, quantization: 'Q4_K_M', name: 'Tiny Chat', files: 1 });
		const file = one.library.modelFile(done.modelFileId ?? 0);
		expect(file).toMatchObject({
			name: 'Tiny Chat',
			sha256: sha256(body),
			path: join(folderOf(one), 'Tiny-Chat-Q4_K_M.gguf'),
			source: `127.0.0.1:${hub.port}/ada/Tiny-Chat-GGUF`,
		});
		expect(hub.requests.at(-1)?.path).toBe(`/ada/Tiny-Chat-GGUF/resolve/${'a'.repeat(40)}/Tiny-Chat-Q4_K_M.gguf`);
	});

	test('is found by path, by quantisation, or as the recommended one', async () => {
		const hub = await hubServer(repository);
		const one = libraryFor(hub);
		const names = { repository: repository.name };
		expect((await fetched(one, names)).path).toBe('Tiny-Chat-Q4_K_M.gguf');
		expect((await fetched(one, { ...names, file: 'tiny-chat-q8_0.gguf' })).path).toBe('Tiny-Chat-Q8_0.gguf');
		const unknown = await fetched(one, { ...names, file: 'Q2_K' });
		expect(unknown.failure).toMatchObject({ code: 'hub-file-unknown', next: ['Use one of: Q4_K_M, Q8_0'] });
		expect((await fetched(one, { repository: 'ada/none' })).failure?.code).toBe('hub-not-found');
		expect((await fetched(one, { repository: '../x' })).failure?.code).toBe('hub-repository');
	});

	test('from the catalogue is fetched by its id and shown as installed', async () => {
		const hub = await hubServer(repository);
		const curated: CuratedModel = {
			id: 'tiny',
			name: 'Tiny',
			description: 'x',
			license: 'MIT',
			parameters: 1e6,
			contextLength: 512,
			repository: repository.name,
			quantization: 'Q5_K_M',
		};
		const one = libraryFor(hub, { downloads: { curated: [curated] } });
		expect(one.library.hub.entries()).toMatchObject([{ id: 'tiny', installed: false, sizeExact: false, sha256: null }]);
		// Q5_K_M is gone: the rule decides.
		expect(await fetched(one, { catalogueId: 'tiny' })).toMatchObject({
			state: 'done',
			quantization: 'Q4_K_M',
			name: 'Tiny',
		});
		expect(one.library.hub.entries()).toMatchObject([{ installed: true }]);
	});

	test('whose terms must be accepted is not requested, and the failure says what to do', async () => {
		const hub = await hubServer({ ...repository, gated: 'manual' });
		const failed = await fetched(libraryFor(hub), q4);
		expect(failed.failure?.code).toBe('hub-gated');
		expect(hub.requests.some(({ path }) => path.includes('/resolve/'))).toBe(false);
	});

	test('that turns out to be private is reported as such', async () => {
		const hub = await hubServer(repository);
		hub.replies = [server.status(403)];
		expect((await fetched(libraryFor(hub), q4)).failure).toMatchObject({ code: 'hub-gated' });
	});

	test('is renamed if another file already has its name', async () => {
		const hub = await hubServer(repository);
		const one = libraryFor(hub);
		await fetched(one, q4);
		writeFileSync(join(folderOf(one), 'Tiny-Chat-Q8_0.gguf'), 'mine');
		await fetched(one, { repository: repository.name, file: 'Q8_0' });
		expect(readdirSync(folderOf(one)).sort()).toEqual([
			...['Tiny-Chat-Q4_K_M.gguf', 'Tiny-Chat-Q8_0-2.gguf', 'Tiny-Chat-Q8_0.gguf'],
		]);
	});
});

describe('split model', () => {
	async function split(): Promise<Record<string, Uint8Array>> {
		const folder = temporaryFolder();
		const whole = join(folder, 'Tiny-Chat-Q4_K_M.gguf');
		writeFileSync(whole, body);
		const parts = await splitGguf(whole, join(folder, 'parts'), 3);
		return Object.fromEntries(parts.map((path) => [`Q4_K_M/${basename(path)}`, readFileSync(path)]));
	}

	test('is shown as one, fetched part by part, and named once all parts are complete, the first one last', async () => {
		const files = await split();
		const hub = await hubServer({ ...repository, files });
		const one = libraryFor(hub);
		const shown = await one.library.hub.repository(repository.name);
		expect(shown.files).toMatchObject([{ parts: 3, sha256: null, verifiable: true, quantization: 'Q4_K_M' }]);
		const done = await fetched(one, { repository: repository.name });
		expect(done).toMatchObject({ state: 'done', files: 3, verified: true, totalBytes: shown.files[0]?.sizeBytes });
		expect(readdirSync(folderOf(one)).sort()).toEqual(Object.keys(files).map((path) => basename(path)));
		expect(one.library.modelFile(done.modelFileId ?? 0)).toMatchObject({ parts: 3, kind: 'model' });
		expect((await one.library.hub.repository(repository.name)).files[0]?.modelFileId).toBe(done.modelFileId);
		const totals = one.events.flatMap((event) => (event.type === 'download' ? [event.download.receivedBytes] : []));
		expect(Math.max(...totals)).toBe(done.totalBytes);
	});

	test('with a wrong part is not named at all; the other parts are kept for the next try', async () => {
		const files = await split();
		const [first = '', second = ''] = Object.keys(files);
		const hub = await hubServer({ ...repository, files });
		hub.replies = [server.serve(files[first] ?? body), server.serve(other)];
		const one = libraryFor(hub);
		expect((await fetched(one, { repository: repository.name })).state).toBe('failed');
		expect(readdirSync(folderOf(one))).toEqual([`${basename(first)}.part`]);
		hub.replies = [];
		const asked = hub.requests.length;
		expect((await fetched(one, { repository: repository.name })).state).toBe('done');
		const again = hub.requests.slice(asked).filter(({ path, headers }) => path.includes('/resolve/') && !headers.range);
		expect(again.map(({ path }) => basename(path))[0]).toBe(basename(second));
	});
});

describe('a hub that misbehaves', () => {
	const cases: readonly (readonly [string, server.Reply, RegExp])[] = [
		['sends another file', server.serve(other), /the server sent a different file/],
		['offers a longer file', server.serve(Buffer.concat([body, body])), /offers a file of/],
		['sends endless bytes', server.endless, /sent more than/],
		['sends a compressed file', server.gzipped(body), /compressed \(gzip\)/],
		[
			'redirects to a host that is not allowed',
			server.status(302, { location: 'http://localhost:9/' }),
			/not an allowed host/,
		],
		['redirects to another local port', server.status(302, { location: 'http://127.0.0.1:9/' }), /not an allowed host/],
		['no longer has it', server.status(404, { 'x-error-code': 'EntryNotFound' }), /does not exist there/],
		['answers 429', server.status(429, { 'retry-after': '86400' }), /too many requests/],
	];

	test.each(cases)('and %s fails the download; nothing is left in the library', async (_name, reply, words) => {
		const hub = await hubServer(repository);
		hub.replies = [reply];
		const one = libraryFor(hub);
		const failed = await fetched(one, q4);
		expect(failed).toMatchObject({ state: 'failed', failure: { code: 'download-failed' } });
		expect(failed.failure?.message).toMatch(words);
		expect(one.library.count()).toBe(0);
		expect(existsSync(join(folderOf(one), 'Tiny-Chat-Q4_K_M.gguf'))).toBe(false);
		hub.replies = [];
		expect((await fetched(one, q4)).state).toBe('done');
	});

	test('and drops the connection repeatedly is asked for the rest', async () => {
		const hub = await hubServer(repository);
		hub.replies = [server.cutAfter(150_000, body), server.cutAfter(150_000, body), server.serve(body)];
		const done = await fetched(libraryFor(hub), q4);
		expect(done.state).toBe('done');
		const ranges = hub.requests.slice(-3).map(({ headers }) => headers.range);
		expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/), expect.stringMatching(/^bytes=\d+-$/)]);
	});

	test('and stalls half-way is asked again', async () => {
		const hub = await hubServer(repository);
		hub.replies = [server.stallAfter(100_000, body), server.ignoreRange(body)];
		expect((await fetched(libraryFor(hub), q4)).state).toBe('done');
	});

	test.each([true, false])(
		'and changes the file meanwhile makes the download start over (If-Range honoured: %s)',
		async (ifRange) => {
			const hub = await hubServer(repository);
			const cut: server.Reply = (request, response) => {
				response.setHeader('etag', '"old"');
				server.cutAfter(200_000, other)(request, response);
			};
			hub.replies = [cut, server.versioned(body, '"new"', { ifRange })];
			const one = libraryFor(hub);
			expect((await fetched(one, q4)).state).toBe('done');
			expect(readFileSync(join(folderOf(one), 'Tiny-Chat-Q4_K_M.gguf')).equals(body)).toBe(true);
			const asked = hub.requests.filter(({ headers }) => headers['if-range'] !== undefined);
			expect(asked.map(({ headers }) => [headers['if-range'], headers.range])).toEqual([
				['"old"', expect.stringMatching(/^bytes=\d+-$/)],
			]);
		},
	);

	test('and replaces the file makes the next try look it up again', async () => {
		const hub = await hubServer(repository);
		hub.replies = [server.cutAfter(150_000, body), server.serve(other)];
		const one = libraryFor(hub, { downloads: { timing: { ...timing, retryMs: [] }, backOffMs: [] } });
		expect((await fetched(one, q4)).state).toBe('failed');
		hub.repositories = [{ ...repository, files: { 'Tiny-Chat-Q4_K_M.gguf': other } }];
		expect((await fetched(one, q4)).state).toBe('failed');
		expect(await fetched(one, q4)).toMatchObject({ state: 'done', totalBytes: other.length });
	});

	test('and sends nonsense as its list gives a clear failure', async () => {
		const hub = await hubServer(repository);
		hub.intercept = ({ url }) => (url?.includes('/tree/') === true ? server.serve(Buffer.from('[1,null,{}]')) : null);
		const one = libraryFor(hub);
		expect((await one.library.hub.repository(repository.name)).files).toEqual([]);
		expect((await failureOf(() => one.library.hub.repository('bad name'))).code).toBe('hub-repository');
	});
});
