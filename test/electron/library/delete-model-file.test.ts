import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { connectionOf } from '../../../electron/database/database.ts';
import { deleteSetAsideFiles } from '../../../electron/library/delete-model-file.ts';
import { failureOf } from '../../support/failure.ts';
import { createTestLibrary } from '../../support/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

describe('removing', () => {
	test('keeps the file, makes another the default, and adding it again restores its id', async () => {
		const { library } = createTestLibrary();
		const folder = temporaryFolder();
		const first = await library.files.add(writeTinyGguf(join(folder, 'a.gguf')));
		const second = await library.files.add(writeTinyGguf(join(folder, 'b.gguf'), { seed: 2 }));
		expect(await library.remove(first.id, false)).toBe(0);
		expect(existsSync(first.path)).toBe(true);
		expect(library.defaultModelFile()?.id).toBe(second.id);
		expect((await failureOf(() => library.modelFile(first.id))).code).toBe('model-unknown');
		expect((await library.files.add(first.path)).id).toBe(first.id);
		library.files.setDefault(first.id);
		expect((await library.files.list()).map((file) => [file.id, file.default])).toEqual([
			[first.id, true],
			[second.id, false],
		]);
	});

	test('deletes a file in the data folder and reports the freed space', async () => {
		const { library, folder } = createTestLibrary();
		const { id, path } = await library.files.add(writeTinyGguf(join(folder, 'models', 'a.gguf')));
		expect(await library.remove(id, true)).toBe(487_840);
		expect(existsSync(path)).toBe(false);
	});

	test('can be undone: the file is back in its place, and the default again', async () => {
		const { library, folder } = createTestLibrary();
		const { id, path } = await library.files.add(writeTinyGguf(join(folder, 'models', 'a.gguf')));
		await library.files.add(writeTinyGguf(join(folder, 'models', 'b.gguf'), { seed: 2 }));
		await library.remove(id, true);
		expect([existsSync(path), library.defaultModelFile()?.id === id]).toEqual([false, false]);
		expect(await library.files.restore(id)).toMatchObject({ id, path, default: true, problem: null });
		expect(existsSync(path)).toBe(true);
	});

	test('keeps the file in its place if the library can’t be changed, because the disk is full', async () => {
		const { library, folder, seam } = createTestLibrary();
		const { id, path } = await library.files.add(writeTinyGguf(join(folder, 'models', 'a.gguf')));
		connectionOf(seam.database).pragma('query_only = ON');
		await expect(library.remove(id, true)).rejects.toThrow();
		connectionOf(seam.database).pragma('query_only = OFF');
		expect([existsSync(path), library.modelFile(id).problem]).toEqual([true, null]);
		await library.close();
		expect(existsSync(path)).toBe(true);
	});

	test('can be undone again once what kept one of its copies from its place is gone', async () => {
		const { library, folder } = createTestLibrary();
		const [first, copy] = await Promise.all(
			['a', 'b'].map((name) => library.files.add(writeTinyGguf(join(folder, 'models', name, 'm.gguf')))),
		);
		await expect.poll(() => library.modelFile(copy!.id).sha256).not.toBeNull();
		await expect.poll(() => library.modelFile(first!.id).sha256).not.toBeNull();
		await library.remove(first!.id, true);
		expect([existsSync(first!.path), existsSync(copy!.path)]).toEqual([false, false]);
		writeTinyGguf(copy!.path, { seed: 2 });
		expect((await failureOf(() => library.files.restore(first!.id))).code).toBe('file-not-restored');
		rmSync(copy!.path);
		await library.files.restore(first!.id);
		expect([existsSync(first!.path), existsSync(copy!.path)]).toEqual([true, true]);
	});

	test('can be undone at the second attempt if the disk was full at the first', async () => {
		const { library, folder, seam } = createTestLibrary();
		const { id, path } = await library.files.add(writeTinyGguf(join(folder, 'models', 'a.gguf')));
		await library.files.add(writeTinyGguf(join(folder, 'models', 'b.gguf'), { seed: 2 }));
		await library.remove(id, true);
		connectionOf(seam.database).pragma('query_only = ON');
		await expect(library.files.restore(id)).rejects.toThrow();
		connectionOf(seam.database).pragma('query_only = OFF');
		expect(await library.files.restore(id)).toMatchObject({ id, path, default: true, problem: null });
	});

	test('can be undone in the last moment, and by two clients', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		onTestFinished(() => void vi.useRealTimers());
		const { library, folder } = createTestLibrary();
		const { id, path } = await library.files.add(writeTinyGguf(join(folder, 'models', 'a.gguf')));
		await library.remove(id, true);
		const undone = Promise.all([library.files.restore(id), library.files.restore(id)]);
		vi.advanceTimersByTime(120_000);
		expect(await undone).toMatchObject([{ problem: null }, { problem: null }]);
		expect(existsSync(path)).toBe(true);
	});

	test('can be undone while what an earlier session left is still being deleted', async () => {
		const { library, folder } = createTestLibrary();
		const models = join(folder, 'models');
		const { id, path } = await library.files.add(writeTinyGguf(join(models, 'a.gguf')));
		for (let n = 0; n < 400; n += 1) mkdirSync(join(models, '.deleted', 'left', `${n}`), { recursive: true });
		const deleting = deleteSetAsideFiles(models);
		await library.remove(id, true);
		await deleting;
		expect(await library.files.restore(id)).toMatchObject({ id, problem: null });
		expect(existsSync(path)).toBe(true);
	});

	test('frees the disk when the application ends, and at the next start what a killed one left', async () => {
		const { library, folder } = createTestLibrary();
		const { id } = await library.files.add(writeTinyGguf(join(folder, 'models', 'a.gguf')));
		await library.remove(id, true);
		const aside = join(folder, 'models', '.deleted');
		expect(readdirSync(aside)).toHaveLength(1);
		await library.close();
		expect(existsSync(aside) ? readdirSync(aside) : []).toEqual([]);
		writeTinyGguf(join(folder, 'models', '.deleted', '1', 'left.gguf'));
		await deleteSetAsideFiles(join(folder, 'models'));
		expect(existsSync(aside)).toBe(false);
	});

	test('never deletes a file elsewhere, even behind a link', async () => {
		const { library, folder } = createTestLibrary();
		const outside = writeTinyGguf(join(temporaryFolder(), 'mine.gguf'));
		mkdirSync(join(folder, 'models'));
		symlinkSync(outside, join(folder, 'models', 'link.gguf'));
		for (const path of [
			outside,
			join(folder, 'models', 'link.gguf'),
			join(folder, 'models', '..', 'models', 'link.gguf'),
		]) {
			const { id } = await library.files.add(path);
			expect((await failureOf(() => library.remove(id, true))).code).toBe('file-not-ours');
			expect(library.modelFile(id).id).toBe(id);
		}
		expect(existsSync(outside)).toBe(true);
	});

	test('works if the file is gone, and frees nothing while another name links to it', async () => {
		const { library, folder } = createTestLibrary();
		const gone = await library.files.add(writeTinyGguf(join(folder, 'models', 'gone.gguf')));
		rmSync(gone.path);
		expect(await library.remove(gone.id, true)).toBe(0);
		const linked = await library.files.add(writeTinyGguf(join(folder, 'models', 'linked.gguf')));
		linkSync(linked.path, join(folder, 'other-name'));
		expect(await library.remove(linked.id, true)).toBe(0);
	});
});
