import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
	bodies,
	end,
	found,
	libraryWith,
	model,
	received,
	records,
	start,
	timing,
	updates,
} from '../../../support/downloads.ts';
import { failureOf } from '../../../support/failure.ts';
import { tinyGguf } from '../../../support/tiny-gguf.ts';
import * as server from '../../../support/unruly-server.ts';

const body = bodies.a;

test('a download becomes a model in the library, the default, with its hash and source', async () => {
	const hub = await server.unrulyServer(server.serve(body));
	const one = libraryWith([model('a', hub.url)]);
	expect(one.library.hub.entries()).toMatchObject([
		{ id: 'a', installed: false, sizeExact: true, sources: [`127.0.0.1:${hub.port}`], license: 'MIT' },
	]);
	const started = start(one, 'a');
	expect(started).toMatchObject({ state: 'running', totalBytes: body.length, modelFileId: null, verified: null });
	const done = await end(one, started.id);
	expect(done).toMatchObject({ state: 'done', verified: true, receivedBytes: body.length, freeBytes: 1e12 });
	const file = one.library.modelFile(done.modelFileId ?? 0);
	expect(file).toMatchObject({
		name: 'Tiny a',
		path: join(one.folder, 'models', 'a.gguf'),
		sha256: model('a', '').sha256,
		default: true,
	});
	expect(one.library.hub.entries()[0]?.installed).toBe(true);
	expect([...new Set(updates(one).map(({ state }) => state))]).toEqual(['queued', 'running', 'verifying', 'done']);
	expect(one.events.filter(({ type }) => type === 'network-request')).toMatchObject([
		{ host: `127.0.0.1:${hub.port}`, purpose: 'download of Tiny a', outcome: '200', bytes: body.length },
	]);
	expect(records(one)).toEqual([]);
});

test('a file whose hash the library has is not downloaded again', async () => {
	const hub = await server.unrulyServer(server.serve(body));
	const one = libraryWith([model('a', hub.url), { ...model('a', hub.url), id: 'same' }]);
	const first = await end(one, start(one, 'a').id);
	expect(await end(one, start(one, 'same').id)).toMatchObject({ state: 'done', modelFileId: first.modelFileId });
	expect(hub.requests.length).toBe(1);
});

test('a repeated request joins the running download, and another one waits for its turn', async () => {
	const hub = await server.unrulyServer(server.stallAfter(1000, body), server.serve(body), server.serve(bodies.b));
	const one = libraryWith([model('a', hub.url), model('b', hub.url)], {
		downloads: { timing: { ...timing, stallMs: 200 } },
	});
	const a = start(one, 'a');
	const b = start(one, 'b');
	expect(b.state).toBe('queued');
	expect(start(one, 'a').id).toBe(a.id);
	expect((await end(one, a.id)).state).toBe('done');
	expect((await end(one, b.id)).state).toBe('done');
	const order = updates(one).map(({ id, state }) => `${id === a.id ? 'a' : 'b'} ${state}`);
	expect(order.indexOf('a done')).toBeLessThan(order.indexOf('b running'));
	expect(one.library.count()).toBe(2);
});

test('a paused download lets the next one start, and resumes where it stopped', async () => {
	const hub = await server.unrulyServer(server.stallAfter(200_000, body), server.serve(bodies.b), server.serve(body));
	const one = libraryWith([model('a', hub.url), model('b', hub.url)]);
	const a = start(one, 'a');
	const b = start(one, 'b');
	await received(one, a.id).toBeGreaterThan(0);
	const paused = await one.library.downloads.pause(a.id);
	expect(paused).toMatchObject({ state: 'paused', bytesPerSecond: null });
	expect((await end(one, b.id)).state).toBe('done');
	expect(found(one, a.id)?.state).toBe('paused');
	expect(one.library.downloads.resume(a.id).state).not.toBe('paused');
	expect((await end(one, a.id)).state).toBe('done');
	expect(hub.requests.map(({ range }) => range)).toEqual([undefined, undefined, `bytes=${paused.receivedBytes}-`]);
});

test('a cancelled download can be resumed for a moment; then its data is deleted', async () => {
	const hub = await server.unrulyServer(
		server.stallAfter(200_000, body),
		server.stallAfter(1000, body),
		server.stallAfter(1000, body),
	);
	const one = libraryWith([model('a', hub.url)], { downloads: { undoMs: 300 } });
	const { id } = start(one, 'a');
	const partial = join(one.folder, 'models', 'a.gguf.part');
	await received(one, id).toBeGreaterThan(0);
	expect((await one.library.downloads.cancel(id)).state).toBe('cancelled');
	expect(existsSync(partial)).toBe(true);
	one.library.downloads.resume(id);
	await expect.poll(() => hub.requests.length).toBe(2);
	expect(hub.requests[1]?.range).toMatch(/^bytes=\d+-$/);
	expect((await one.library.downloads.cancel(id)).state).toBe('cancelled');
	await expect.poll(() => existsSync(partial)).toBe(false);
	await expect.poll(() => records(one)).toEqual([]);
	expect(one.library.downloads.list()).toEqual([]);
	expect((await failureOf(() => one.library.downloads.resume(id))).code).toBe('download-unknown');
});

test('a download cancelled twice at once, then resumed, keeps its data', async () => {
	const hub = await server.unrulyServer(server.stallAfter(200_000, body), server.stallAfter(1000, body));
	const one = libraryWith([model('a', hub.url)], { downloads: { undoMs: 300 } });
	const { downloads } = one.library;
	const { id } = start(one, 'a');
	await received(one, id).toBeGreaterThan(0);
	const states = await Promise.all([downloads.cancel(id), downloads.pause(id), downloads.cancel(id)]);
	expect(states.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
	downloads.resume(id);
	await sleep(600);
	expect(existsSync(join(one.folder, 'models', 'a.gguf.part'))).toBe(true);
	expect(downloads.list()).toMatchObject([{ id, state: 'running' }]);
});

test('a waiting download is cancelled without any request', async () => {
	const hub = await server.unrulyServer(server.stallAfter(1000, body));
	const one = libraryWith([model('a', hub.url), model('b', hub.url)]);
	start(one, 'a');
	const b = start(one, 'b');
	expect((await one.library.downloads.cancel(b.id)).state).toBe('cancelled');
	await received(one, one.library.downloads.list()[0]?.id ?? '').toBeGreaterThan(0);
	expect(hub.requests.length).toBe(1);
});

test('a temporary problem is shown and retried after longer and longer waits', async () => {
	const hub = await server.unrulyServer(server.status(503), server.status(503), server.status(500), server.serve(body));
	const one = libraryWith([model('a', hub.url)], { downloads: { timing: { ...timing, retryMs: [] } } });
	const { id } = start(one, 'a');
	expect((await end(one, id)).state).toBe('failed');
	const waits = updates(one).filter(({ state }) => state === 'waiting');
	expect(waits.length).toBe(2);
	expect(waits[0]?.failure?.message).toContain('the server has a problem (HTTP 503)');
	expect(waits[0]?.retryAt).toBeGreaterThan(0);
	one.library.downloads.resume(id);
	expect((await end(one, id)).state).toBe('done');
});

test('a server that asks to wait is obeyed, up to an hour', async () => {
	const hub = await server.unrulyServer(
		server.status(429, { 'retry-after': '3' }),
		server.status(429, { 'retry-after': '9000' }),
	);
	const one = libraryWith([model('a', hub.url)]);
	const { id } = start(one, 'a');
	await expect.poll(() => found(one, id)?.state).toBe('waiting');
	const { at } = { at: found(one, id)?.retryAt ?? 0 };
	expect(at - (one.seam.clock() as number)).toBeGreaterThan(2_500);
	one.library.downloads.resume(id);
	expect((await end(one, id)).state).toBe('failed');
});

test('a failed download reports what was tried, and the library stays as it was', async () => {
	const hub = await server.unrulyServer(server.status(404));
	const one = libraryWith([model('a', hub.url)]);
	const failed = await end(one, start(one, 'a').id);
	expect(failed).toMatchObject({ state: 'failed', modelFileId: null, failure: { code: 'download-failed' } });
	expect(failed.failure?.message).toContain(`127.0.0.1:${hub.port}: the file does not exist there (HTTP 404).`);
	expect(one.library.count()).toBe(0);
});

test('an intact file that is not a usable model is reported, and not added', async () => {
	const other = tinyGguf({ metadata: { 'general.architecture': { type: 'string', value: 'unheard-of' } } });
	const hub = await server.unrulyServer(server.serve(other));
	const wrong = {
		...model('a', hub.url),
		sizeBytes: other.length,
		sha256: createHash('sha256').update(other).digest('hex'),
	};
	const one = libraryWith([wrong]);
	const failed = await end(one, start(one, 'a').id);
	expect(failed.failure?.code).toBe('architecture-unknown');
	expect(readdirSync(join(one.folder, 'models'))).not.toContain('a.gguf');
	expect(one.library.count()).toBe(0);
});

test('a blocked network prevents every request, and the downloads continue after it', async () => {
	const hub = await server.unrulyServer(server.serve(body));
	let networkBlocked = true;
	const one = libraryWith([model('a', hub.url)], { networkBlocked: () => networkBlocked });
	const { id } = start(one, 'a');
	expect((await end(one, id)).failure?.code).toBe('network-blocked');
	expect(hub.requests).toEqual([]);
	networkBlocked = false;
	one.library.downloads.resume(id);
	expect((await end(one, id)).state).toBe('done');
});

test('a full disk is reported before any request', async () => {
	const hub = await server.unrulyServer(server.serve(body));
	const one = libraryWith([model('a', hub.url)], { downloads: { freeDiskBytes: async () => 1e6 } });
	expect(await end(one, start(one, 'a').id)).toMatchObject({ state: 'failed', failure: { code: 'disk-full' } });
	expect(hub.requests).toEqual([]);
});

test('unknown models and downloads are reported', async () => {
	const { library } = libraryWith([model('a', 'http://127.0.0.1:9/')]);
	const unknown = await failureOf(() => library.downloads.start({ catalogueId: 'b' }));
	expect([unknown.code, unknown.next]).toEqual(['catalogue-unknown', ['Download Tiny a: a']]);
	expect((await failureOf(() => library.downloads.cancel('x'))).code).toBe('download-unknown');
	expect((await failureOf(() => library.downloads.pause('x'))).code).toBe('download-unknown');
});
