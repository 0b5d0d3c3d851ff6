import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { ORPCError } from '@orpc/server';
import { expect, onTestFinished, test } from 'vitest';
import { libraryHandlers } from '../../../electron/api/open-models.ts';
import { type Application, createApplication } from '../../../electron/application/application.ts';
import { createLibrary } from '../../../electron/library/library.ts';
import { probeEngine } from '../../../electron/library/probe-engine.ts';
import type { CatalogueModel } from '../../../models/download/catalogue.ts';
import { engineBuild } from '../../../models/engine-build.ts';
import { addEmptyDatabase } from '../../support/database.ts';
import { scriptedRuntime } from '../../support/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyGguf, writeTinyGguf } from '../../support/tiny-gguf.ts';
import * as server from '../../support/unruly-server.ts';

const body = tinyGguf();

async function openApplication(catalogue: readonly CatalogueModel[] = []): Promise<Application & { folder: string }> {
	const folder = temporaryFolder();
	addEmptyDatabase(folder);
	const application = await createApplication({
		dataFolder: folder,
		host: 'cli',
		version: '0.0.0',
		log: () => {},
		models(seam, os) {
			const downloads = { catalogue, curated: [], freeDiskBytes: async () => 1e12 };
			const library = createLibrary(seam, { runtime: scriptedRuntime(), engineBuild, probeEngine, downloads });
			return { library, handlers: libraryHandlers(os, library) };
		},
	});
	onTestFinished(() => application.close());
	return { ...application, folder };
}

test('a client adds, inspects, loads, unloads and removes a model', async () => {
	const { client } = await openApplication();
	const path = writeTinyGguf(join(temporaryFolder(), 'tiny.gguf'));
	expect((await client.models.inspect({ path })).facts.architecture).toBe('llama');
	const { id } = await client.models.add({ path });
	expect(await client.models.list()).toMatchObject({
		models: [{ id, name: 'tiny', path, default: true }],
		states: [{ state: 'unloaded', modelFileId: id, failure: null }],
	});
	expect(await client.models.load({ id, contextSize: 1024 })).toMatchObject({
		state: 'loaded',
		busy: false,
		capabilities: { contextSize: 1024 },
	});
	expect((await client.models.list()).states[0]?.state).toBe('loaded');
	expect((await client.models.unload({ id })).state).toBe('unloaded');
	expect((await client.models.setDefault({ id })).default).toBe(true);
	expect(await client.models.remove({ id, deleteFile: false })).toEqual({ freedBytes: 0 });
	expect((await client.models.list()).models).toEqual([]);
});

test('an error in a file reaches the client as a failure with next steps', async () => {
	const { client } = await openApplication();
	const error = await client.models.add({ path: '/nowhere/model.gguf' }).catch((thrown: unknown) => thrown);
	expect(error).toBeInstanceOf(ORPCError);
	expect(error).toMatchObject({
		code: 'FAILED',
		data: { code: 'model-file-missing', message: 'There is no file at /nowhere/model.gguf.' },
	});
});

test('a client downloads a model and finds the request in the log', async () => {
	const hub = await server.unrulyServer(server.serve(body));
	const sha256 = createHash('sha256').update(body).digest('hex');
	const { client } = await openApplication([
		{
			id: 'tiny',
			name: 'Tiny',
			description: '',
			license: 'MIT',
			parameters: 130_000,
			contextLength: 512,
			quantization: 'F32',
			fileName: 'tiny.gguf',
			sizeBytes: body.length,
			sha256,
			sources: [{ kind: 'address', url: hub.url, redirectHosts: [] }],
		},
	]);
	const { id } = await client.downloads.start({ catalogueId: 'tiny' });
	await expect.poll(async () => (await client.downloads.list()).downloads[0]).toMatchObject({ id, state: 'done' });
	expect(await client.models.list()).toMatchObject({ models: [{ name: 'Tiny', sha256, default: true }] });
	expect((await client.hub.catalogue()).entries).toMatchObject([{ id: 'tiny', installed: true }]);
	expect((await client.downloads.cancel({ downloadId: id })).state).toBe('done');
	expect(await client.activity.list({ filter: { kinds: ['network'] } })).toMatchObject({
		entries: [
			{
				subject: `127.0.0.1:${hub.port}`,
				outcome: '200',
				result: 'fine',
				facts: { purpose: 'download of Tiny', bytes: body.length },
			},
		],
	});
});

test('the doctor loads llama.cpp in its own process', async () => {
	const { client } = await openApplication();
	const { engine, checks } = await client.system.doctor();
	expect(engine).toEqual({ build: engineBuild, available: true, name: 'c-api' });
	expect(checks.find(({ name }) => name === 'engine')?.detail).toContain('llama.cpp');
	const broken = await probeEngine({ entry: '/nowhere/native.js' });
	expect(broken).toMatchObject({ build: engineBuild, available: false });
});

test('the doctor names files that are missing, and is content once they are back', async () => {
	const { client, folder } = await openApplication();
	const paths = ['a.gguf', 'b.gguf', 'c.gguf'].map((name, seed) =>
		writeTinyGguf(join(folder, name), { seed: seed + 1 }),
	);
	for (const path of paths) await client.models.add({ path });
	const check = async () => (await client.system.doctor()).checks.find(({ name }) => name === 'models');
	expect(await check()).toMatchObject({ name: 'models', ok: true, detail: '3 files, all usable', next: null });
	renameSync(paths[1]!, `${paths[1]}.away`);
	expect(await check()).toMatchObject({ ok: false, detail: '1 of 3 files needs attention: b.gguf' });
	renameSync(`${paths[1]}.away`, paths[1]!);
	expect(await check()).toMatchObject({ ok: true });
});
