import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Job } from '../../../electron/contract/jobs/schema.ts';
import { failureOf } from '../../support/failure.ts';
import { createTestLibrary, type TestLibrary } from '../../support/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyGguf, writeTinyGguf } from '../../support/tiny-gguf.ts';

async function ended({ seam }: TestLibrary, { id }: Job): Promise<Job> {
	await expect.poll(() => seam.jobs.get(id).endedAt, { timeout: 20_000 }).not.toBeNull();
	return seam.jobs.get(id);
}

async function scan(one: TestLibrary, ...paths: string[]) {
	const job = await one.library.scans.start(paths);
	expect((await ended(one, job)).state).toBe('done');
	return one.library.scans.report(job.id);
}

describe('scanning a folder', () => {
	test('adds models in place, on its own thread, and reports progress', async () => {
		const one = createTestLibrary();
		const folder = temporaryFolder();
		const paths = ['a.gguf', 'b.gguf'].map((name, seed) => writeTinyGguf(join(folder, name), { seed }));
		writeFileSync(join(folder, 'broken.gguf'), tinyGguf().subarray(0, 400_000));
		const report = await scan(one, folder);
		expect(report).toEqual({ files: 3, added: 2, known: 0, broken: 1, unreadable: [] });
		const listed = await one.library.files.list();
		expect(listed.filter(({ problem }) => problem === null).map(({ path }) => path)).toEqual(paths.toReversed());
		expect(listed.find(({ problem }) => problem !== null)).toMatchObject({
			architecture: 'llama',
			default: false,
			problem: { code: 'model-file-truncated' },
		});
		expect(one.events.filter(({ type }) => type === 'job').length).toBeGreaterThan(1);
	});

	test('again adds nothing twice, and brings back a removed model', async () => {
		const one = createTestLibrary();
		const folder = temporaryFolder();
		writeTinyGguf(join(folder, 'a.gguf'));
		await scan(one, folder);
		expect(await scan(one, folder)).toMatchObject({ added: 0, known: 1 });
		const [file] = await one.library.files.list();
		await one.library.remove(file?.id ?? 0, false);
		expect(await scan(one, folder)).toMatchObject({ added: 1, known: 0 });
		expect((await one.library.files.list()).map(({ id }) => id)).toEqual([file?.id]);
	});

	test('a damaged file is fine again once the rest has arrived', async () => {
		const one = createTestLibrary();
		const path = join(temporaryFolder(), 'a.gguf');
		writeFileSync(path, tinyGguf().subarray(0, 400_000));
		await scan(one, join(path, '..'));
		const [broken] = await one.library.files.list();
		expect(broken?.problem?.message).toMatch(/^This model file is incomplete: it has 400 of 488 kB/);
		expect((await failureOf(() => one.library.acquire(broken?.id ?? 0, {}))).code).toBe('model-file-truncated');
		appendFileSync(path, tinyGguf().subarray(400_000));
		expect(await one.library.files.list()).toMatchObject([{ id: broken?.id, problem: null, chat: true }]);
		await one.library.acquire(broken?.id ?? 0, {});
	});

	test('a file without a readable header is listed with its cause and disappears with its file', async () => {
		const one = createTestLibrary();
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'page.gguf'), '<!doctype html><p>Not found');
		await scan(one, folder);
		expect(await one.library.files.list()).toMatchObject([
			{ name: 'page', parameters: 0, problem: { code: 'not-gguf' } },
		]);
		rmSync(join(folder, 'page.gguf'));
		expect(await one.library.files.list()).toMatchObject([{ problem: { code: 'model-file-missing' } }]);
	});

	test('can be cancelled, and keeps what it found', async () => {
		const one = createTestLibrary();
		const folder = temporaryFolder();
		for (let index = 0; index < 30; index += 1) writeTinyGguf(join(folder, `${index}.gguf`), { seed: index });
		const job = await one.library.scans.start([folder]);
		await one.seam.jobs.cancel(job.id);
		expect(one.seam.jobs.get(job.id).state).toBe('cancelled');
		expect(one.library.scans.report(job.id)).toBeNull();
		await one.library.files.list();
	});

	test('is refused before it starts if the path is missing or a file', async () => {
		const one = createTestLibrary();
		const file = writeTinyGguf(join(temporaryFolder(), 'a.gguf'));
		expect((await failureOf(() => one.library.scans.start(['/nowhere/at/all']))).code).toBe('folder-missing');
		expect((await failureOf(() => one.library.scans.start([file]))).code).toBe('not-a-folder');
		expect((await one.library.scans.places()).filter(({ id }) => id !== null)).toEqual([]);
	});
});

describe('places', () => {
	test('are the added folders and the default folders of other programs that exist', async () => {
		const home = temporaryFolder();
		const studio = join(home, '.lmstudio', 'models');
		const usual = () => [
			{ app: 'LM Studio', path: studio },
			{ app: 'Ollama', path: join(home, '.ollama', 'models') },
		];
		const one = createTestLibrary({ scan: { usual } });
		mkdirSync(studio, { recursive: true });
		expect(await one.library.scans.places()).toEqual([
			{ id: null, path: studio, app: 'LM Studio', exists: true, files: 0, scannedAt: null },
		]);
		writeTinyGguf(join(studio, 'ada', 'tiny', 'tiny.Q4_K_M.gguf'));
		await scan(one, studio);
		const [place] = await one.library.scans.places();
		expect(place).toMatchObject({ app: 'LM Studio', files: 1, scannedAt: expect.any(Number) });
		expect(await one.library.files.list()).toMatchObject([{ source: 'LM Studio', name: 'tiny' }]);
		const own = temporaryFolder();
		const file = writeTinyGguf(join(own, 'mine', 'other.gguf'), { seed: 2 });
		const { id } = await one.library.add(file);
		expect(one.library.modelFile(id).source).toBeNull();
		await scan(one, own);
		expect(one.library.modelFile(id).source).toBe(own);
		renameSync(studio, `${studio}-away`);
		expect((await one.library.scans.places())[0]).toMatchObject({ id: place?.id, exists: false });
		one.library.scans.remove(place?.id ?? 0);
		expect(await one.library.scans.places()).toMatchObject([{ path: own, app: null }]);
		expect(one.library.count()).toBe(2);
	});
});
