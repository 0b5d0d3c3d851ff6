import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bodies, end, libraryWith, model, received, records, start } from '../../../support/downloads.ts';
import * as server from '../../../support/unruly-server.ts';

const body = bodies.a;

test('a download stopped by the end of the application resumes at the next start where it stopped', async () => {
	const hub = await server.unrulyServer(server.stallAfter(200_000, body), server.serve(body), server.serve(bodies.b));
	const catalogue = [model('a', hub.url), model('b', hub.url)];
	const one = libraryWith(catalogue);
	const { id } = start(one, 'a');
	start(one, 'b');
	await received(one, id).toBeGreaterThan(0);
	await one.library.close();
	const kept = readFileSync(join(one.folder, 'models', 'a.gguf.part')).length;
	expect(kept).toBeGreaterThan(0);
	const two = libraryWith(catalogue, { folder: one.folder });
	expect(two.library.downloads.list()).toMatchObject([
		{ id, state: 'queued', receivedBytes: kept, totalBytes: body.length },
		{ state: 'queued', receivedBytes: 0 },
	]);
	expect((await end(two, id)).state).toBe('done');
	expect(hub.requests[1]?.range).toBe(`bytes=${kept}-`);
	await expect.poll(() => two.library.count(), { timeout: 10_000 }).toBe(2);
	expect(records(two)).toEqual([]);
});

test('a command, or a start with the network blocked, does not resume it', async () => {
	const hub = await server.unrulyServer(server.stallAfter(1000, body));
	const catalogue = [model('a', hub.url)];
	const one = libraryWith(catalogue);
	const { id } = start(one, 'a');
	await received(one, id).toBeGreaterThan(0);
	await one.library.close();
	const command = libraryWith(catalogue, { folder: one.folder, staysOpen: false });
	expect(command.library.downloads.list()).toMatchObject([{ id, state: 'paused', failure: null }]);
	await command.library.close();
	const blocked = libraryWith(catalogue, { folder: one.folder, networkBlocked: true });
	expect(blocked.library.downloads.list()).toMatchObject([{ id, state: 'paused' }]);
	await new Promise((resolve) => setTimeout(resolve, 50));
	expect(hub.requests.length).toBe(1);
});

test('a paused or failed download stays so after a restart; a cancelled one is cleaned up', async () => {
	const hub = await server.unrulyServer(
		server.stallAfter(1000, body),
		server.status(404),
		server.stallAfter(1000, body),
	);
	const catalogue = [model('a', hub.url), model('b', hub.url), model('c', hub.url)];
	const one = libraryWith(catalogue, { downloads: { undoMs: 60_000 } });
	const a = start(one, 'a');
	await received(one, a.id).toBeGreaterThan(0);
	await one.library.downloads.pause(a.id);
	const b = start(one, 'b');
	await end(one, b.id);
	const c = start(one, 'c');
	await received(one, c.id).toBeGreaterThan(0);
	await one.library.downloads.cancel(c.id);
	await one.library.close();
	const two = libraryWith(catalogue, { folder: one.folder });
	expect(two.library.downloads.list()).toMatchObject([
		{ id: a.id, state: 'paused' },
		{ id: b.id, state: 'failed', failure: { code: 'download-failed' } },
	]);
	await expect.poll(() => readdirSync(join(one.folder, 'models'))).not.toContain('c.gguf.part');
});

test('a damaged record is skipped and logged, and blocks nothing', async () => {
	const one = libraryWith([]);
	await one.library.close();
	mkdirSync(join(one.folder, 'models', '.downloads'), { recursive: true });
	const outside = { fileName: '../../evil.gguf', name: 'x', sizeBytes: 1, sha256: null, sources: [] };
	const bad = {
		id: 'x',
		createdAt: 1,
		request: { catalogueId: 'a' },
		name: 'x',
		state: 'queued',
		versions: {},
		failure: null,
		plan: { name: 'x', quantization: '', repository: null, path: null, folder: '', license: null, files: [outside] },
	};
	writeFileSync(join(one.folder, 'models', '.downloads', 'x.json'), JSON.stringify(bad));
	writeFileSync(join(one.folder, 'models', '.downloads', 'y.json'), '{"id":');
	const two = libraryWith([], { folder: one.folder });
	expect(two.library.downloads.list()).toEqual([]);
});
