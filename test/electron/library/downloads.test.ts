import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Download } from '../../../electron/contract/model.ts';
import type { CatalogueModel } from '../../../models/library/catalogue.ts';
import { failureOf } from '../../support/failure.ts';
import { createTestLibrary, type TestLibrary } from '../../support/library.ts';
import { tinyGguf } from '../../support/tiny-gguf.ts';
import * as server from '../../support/unruly-server.ts';

const body = tinyGguf();
const timing = { answerMs: 300, stallMs: 300, retryMs: [10], maxRetryAfterMs: 100 };

const model = (id: string, url: string): CatalogueModel => ({
	id,
	name: `Tiny ${id}`,
	description: 'A tiny model.',
	license: 'MIT',
	quantization: 'F32',
	fileName: `${id}.gguf`,
	sizeBytes: body.length,
	sha256: createHash('sha256').update(body).digest('hex'),
	sources: [{ kind: 'address', url, redirectHosts: [] }],
});

function libraryWith(catalogue: readonly CatalogueModel[], networkBlocked = false): TestLibrary {
	return createTestLibrary({
		networkBlocked,
		downloads: { catalogue, timing, freeDiskBytes: async () => 1e12 },
	});
}

const updates = ({ events }: TestLibrary): Download[] =>
	events.flatMap((event) => (event.type === 'download' ? [event.download] : []));

async function end({ library }: TestLibrary, id: string): Promise<Download> {
	for (;;) {
		const download = library.downloads.list().find((one) => one.id === id);
		if (download !== undefined && ['done', 'failed', 'cancelled'].includes(download.state)) return download;
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

test('a download becomes a model of the library, the default, with its hash, licence and source', async () => {
	const hub = await server.unrulyServer(server.serve(body));
	const one = libraryWith([model('a', hub.url)]);
	expect(one.library.downloads.entries()).toMatchObject([
		{ id: 'a', installed: false, sources: [`127.0.0.1:${hub.port}`], license: 'MIT' },
	]);
	const started = one.library.downloads.start('a');
	expect(started).toMatchObject({ state: 'queued', totalBytes: body.length, modelFileId: null });
	const done = await end(one, started.id);
	const file = one.library.modelFile(done.modelFileId ?? 0);
	expect(file).toMatchObject({
		name: 'Tiny a',
		path: join(one.folder, 'models', 'a.gguf'),
		sha256: model('a', '').sha256,
		default: true,
	});
	expect(one.library.downloads.entries()[0]?.installed).toBe(true);
	expect([...new Set(updates(one).map(({ state }) => state))]).toEqual(['queued', 'running', 'verifying', 'done']);
	expect(one.events.filter(({ type }) => type === 'network-request')).toMatchObject([
		{ host: `127.0.0.1:${hub.port}`, purpose: 'download of Tiny a', outcome: '200', bytes: body.length },
	]);
	expect(await one.library.remove(file.id, true)).toBe(body.length);
	expect(one.library.downloads.entries()[0]?.installed).toBe(false);
});

test('asking again while it runs joins it, and another one waits for its turn', async () => {
	const hub = await server.unrulyServer(server.stallAfter(1000, body), server.serve(body));
	const one = libraryWith([model('a', hub.url), model('b', hub.url)]);
	const a = one.library.downloads.start('a');
	const b = one.library.downloads.start('b');
	expect(one.library.downloads.start('a').id).toBe(a.id);
	expect((await end(one, a.id)).state).toBe('done');
	expect((await end(one, b.id)).state).toBe('done');
	const order = updates(one).map(({ id, state }) => `${id === a.id ? 'a' : 'b'} ${state}`);
	expect(order.indexOf('a done')).toBeLessThan(order.indexOf('b running'));
	expect(one.library.count()).toBe(2);
});

test('one that is cancelled keeps what has come, and the next goes on from there', async () => {
	const hub = await server.unrulyServer(server.stallAfter(200_000, body), server.serve(body));
	const one = libraryWith([model('a', hub.url), model('b', hub.url)]);
	const a = one.library.downloads.start('a');
	const b = one.library.downloads.start('b');
	await expect.poll(() => one.library.downloads.list()[0]?.receivedBytes).toBeGreaterThan(0);
	expect((await one.library.downloads.cancel(b.id)).state).toBe('cancelled');
	expect(await one.library.downloads.cancel(a.id)).toMatchObject({ state: 'cancelled', bytesPerSecond: null });
	expect(existsSync(join(one.folder, 'models', 'a.gguf.part'))).toBe(true);
	expect((await end(one, one.library.downloads.start('a').id)).state).toBe('done');
	expect(hub.requests.map(({ range }) => range?.startsWith('bytes='))).toEqual([undefined, true]);
	expect(one.library.downloads.list().map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'done']);
});

test('one that fails says what was tried, and the library stays as it was', async () => {
	const hub = await server.unrulyServer(server.status(404));
	const one = libraryWith([model('a', hub.url)]);
	const failed = await end(one, one.library.downloads.start('a').id);
	expect(failed).toMatchObject({ state: 'failed', modelFileId: null, failure: { code: 'download-failed' } });
	expect(failed.failure?.message).toContain(`127.0.0.1:${hub.port}: it does not have the file (HTTP 404).`);
	expect(one.library.count()).toBe(0);
});

test('nothing is asked for while the network is switched off', async () => {
	const hub = await server.unrulyServer(server.serve(body));
	const one = libraryWith([model('a', hub.url)], true);
	expect((await end(one, one.library.downloads.start('a').id)).failure?.code).toBe('network-blocked');
	expect(hub.requests).toEqual([]);
});

test('unknown models and downloads are named', async () => {
	const { library } = libraryWith([model('a', 'http://127.0.0.1:9/')]);
	const unknown = await failureOf(() => library.downloads.start('b'));
	expect([unknown.code, unknown.next]).toEqual(['catalogue-unknown', ['Fetch Tiny a: a']]);
	expect((await failureOf(() => library.downloads.cancel('x'))).code).toBe('download-unknown');
});

test('the end of the application ends a download', async () => {
	const hub = await server.unrulyServer(server.stallAfter(1000, body));
	const one = libraryWith([model('a', hub.url)]);
	const { id } = one.library.downloads.start('a');
	await expect.poll(() => one.library.downloads.list()[0]?.receivedBytes).toBeGreaterThan(0);
	await one.library.close();
	expect((await end(one, id)).state).toBe('cancelled');
});
