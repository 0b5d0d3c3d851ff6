import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { ModelFile } from '../../../../electron/contract/library/schema.ts';
import { connectionOf } from '../../../../electron/database/database.ts';
import { type Adapters, createAdapters, resolveAdapters } from '../../../../electron/library/adapters/adapters.ts';
import { failureOf } from '../../../support/failure.ts';
import { createTestLibrary, type TestLibrary } from '../../../support/library.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';
import { type TinyLoraOptions, writeTinyLora } from '../../../support/tiny-lora.ts';

interface Place extends TestLibrary {
	readonly adapters: Adapters;
	readonly base: ModelFile;
	/** Writes a file into the adapters folder. */
	readonly write: (name: string, options?: TinyLoraOptions) => string;
}

async function place(): Promise<Place> {
	const test = createTestLibrary();
	const adapters = createAdapters(test.seam, test.library);
	const base = await test.library.files.add(writeTinyGguf(join(temporaryFolder(), 'tiny.gguf')));
	mkdirSync(adapters.folder, { recursive: true });
	return { ...test, adapters, base, write: (name, options) => writeTinyLora(join(adapters.folder, name), options) };
}

const facts = {
	origin: 'trained',
	trainingRunId: 7,
	datasetVersionId: null,
	manifest: '{"seed":1}',
	licenceNote: '',
} as const;

describe('an adapter in the library', () => {
	test('is listed with the facts of its file and the models of its shape', async () => {
		const { adapters, base, write, library, events } = await place();
		const other = await library.files.add(writeTinyGguf(join(temporaryFolder(), 'wider.gguf'), { layers: 3 }));
		const path = write('a.gguf', { rank: 4, metadata: { 'adapter.lora.alpha': { type: 'float32', value: 8 } } });
		const added = await adapters.register({ ...facts, name: 'JSON', path, base, exact: true });
		expect(added).toMatchObject({
			name: 'JSON',
			architecture: 'llama',
			rank: 4,
			alpha: 8,
			modules: ['attn_output', 'attn_q'],
			trainingRunId: 7,
			base: { modelFileId: base.id, name: base.name, quantization: 'F32', parameters: base.parameters },
			problem: null,
			fits: [base.id],
		});
		expect(added.fits).not.toContain(other.id);
		expect(added.sha256).toMatch(/^[0-9a-f]{64}$/);
		expect(await adapters.list()).toEqual([added]);
		expect(events).toContainEqual({ type: 'adapters-changed' });
	});

	test('never has the name of another one', async () => {
		const { adapters, base, write } = await place();
		const add = (name: string, file: string) =>
			adapters.register({ ...facts, name, path: write(file), base, exact: true });
		const first = await add('Tickets', 'a.gguf');
		expect((await add('tickets', 'b.gguf')).name).toBe('tickets 2');
		const third = await add('Letters', 'c.gguf');
		const failure = await failureOf(() => adapters.change({ id: third.id, name: 'TICKETS' }));
		expect(failure).toMatchObject({ code: 'adapter-name-taken', next: ['Choose another name, such as “TICKETS 3”'] });
		expect((await adapters.change({ id: third.id, name: 'letters' })).name).toBe('letters');
		await adapters.remove(first.id);
		await adapters.change({ id: third.id, name: 'Tickets' });
		expect((await adapters.restore(first.id)).name).toBe('Tickets 3');
	});

	test('never has the name of one that is added at the same time', async () => {
		const { adapters, base, write } = await place();
		const added = await Promise.all(
			['a.gguf', 'b.gguf'].map((file) =>
				adapters.register({ ...facts, name: 'Tickets', path: write(file), base, exact: true }),
			),
		);
		expect(added.map(({ name }) => name).toSorted()).toEqual(['Tickets', 'Tickets 2']);
	});

	test('keeps its file if the library can’t be changed, because the disk is full', async () => {
		const { adapters, base, write, seam } = await place();
		const { id, path } = await adapters.register({ ...facts, name: 'A', path: write('a.gguf'), base, exact: true });
		connectionOf(seam.database).pragma('query_only = ON');
		await expect(adapters.remove(id)).rejects.toThrow();
		connectionOf(seam.database).pragma('query_only = OFF');
		expect(existsSync(path)).toBe(true);
		expect(await adapters.get(id)).toMatchObject({ problem: null });
	});

	test('is renamed; removing it can be undone for a minute, and a missing file is named', async () => {
		const { adapters, base, write } = await place();
		const { id, path } = await adapters.register({ ...facts, name: 'A', path: write('a.gguf'), base, exact: true });
		expect(await adapters.change({ id, name: 'B' })).toMatchObject({ name: 'B', licenceNote: '' });
		await adapters.remove(id);
		expect(existsSync(path)).toBe(false);
		expect(await adapters.list()).toEqual([]);
		expect((await failureOf(() => adapters.get(id))).code).toBe('adapter-unknown');
		expect(await adapters.restore(id)).toMatchObject({ name: 'B', problem: null });
		expect(existsSync(path)).toBe(true);

		await adapters.remove(id);
		await adapters.close();
		expect((await failureOf(() => adapters.restore(id))).code).toBe('adapter-file-deleted');
		expect(await adapters.list()).toEqual([]);
	});

	test('that load settings name is taken out of them when it is removed, and put back by undo', async () => {
		const { adapters, base, write, library, seam } = await place();
		const one = await adapters.register({ ...facts, name: 'One', path: write('1.gguf'), base, exact: true });
		const two = { path: write('2.gguf'), scale: 1 };
		const settings = { threads: 1, adapters: [{ path: one.path, scale: 0.5 }, two] };
		library.setOptions(base.id, settings);
		await adapters.remove(one.id);
		expect(library.options(base.id)).toEqual({ threads: 1, adapters: [two] });
		// Also at the second attempt, if the disk was full at the first.
		connectionOf(seam.database).pragma('query_only = ON');
		await expect(adapters.restore(one.id)).rejects.toThrow();
		connectionOf(seam.database).pragma('query_only = OFF');
		await adapters.restore(one.id);
		expect(library.options(base.id)).toEqual(settings);

		library.setOptions(base.id, { threads: 1, adapters: [{ path: one.path, scale: 0.5 }] });
		await adapters.remove(one.id);
		expect(library.options(base.id)).toEqual({ threads: 1 });
		await adapters.close();
	});

	test('says which models use it by their load settings, and at which scale', async () => {
		const { adapters, base, write, library } = await place();
		const one = await adapters.register({ ...facts, name: 'One', path: write('1.gguf'), base, exact: true });
		const two = await adapters.register({ ...facts, name: 'Two', path: write('2.gguf'), base, exact: true });
		const uses = async () => (await adapters.list()).map(({ id, usedBy }) => [id, usedBy] as const);
		expect(Object.fromEntries(await uses())).toEqual({ [one.id]: [], [two.id]: [] });
		library.setOptions(base.id, { adapters: [{ path: two.path, scale: 0.5 }] });
		expect(Object.fromEntries(await uses())).toEqual({
			[one.id]: [],
			[two.id]: [{ modelFileId: base.id, scale: 0.5 }],
		});
		await library.remove(base.id, false);
		expect((await adapters.get(two.id)).usedBy).toEqual([]);
	});

	test('is not put back over another file, and can be once that is gone', async () => {
		const { adapters, base, write } = await place();
		const { id, path } = await adapters.register({ ...facts, name: 'A', path: write('a.gguf'), base, exact: true });
		await adapters.remove(id);
		writeFileSync(path, 'another');
		expect((await failureOf(() => adapters.restore(id))).code).toBe('file-not-restored');
		expect(readFileSync(path, 'utf8')).toBe('another');
		rmSync(path);
		expect(await adapters.restore(id)).toMatchObject({ id, problem: null });
		await adapters.close();
	});

	test('that an earlier session removed no longer takes space', async () => {
		const { adapters, seam, library } = await place();
		const aside = join(adapters.folder, '.deleted');
		mkdirSync(join(aside, '1'), { recursive: true });
		const next = createAdapters(seam, library);
		await vi.waitFor(() => expect(existsSync(aside)).toBe(false));
		await next.close();
	});

	test('whose file is elsewhere keeps its file when it is removed', async () => {
		const { adapters, base, write } = await place();
		const path = join(temporaryFolder(), 'mine.gguf');
		copyFileSync(write('a.gguf'), path);
		const { id } = await adapters.register({ ...facts, name: 'Mine', path, base, exact: false });
		expect(await adapters.remove(id)).toBe(0);
		await adapters.close();
		expect(existsSync(path)).toBe(true);
	});

	test('is resolved for a model of its shape only, with what an answer records', async () => {
		const { adapters, base, write, seam } = await place();
		const one = await adapters.register({ ...facts, name: 'One', path: write('1.gguf'), base, exact: true });
		const two = await adapters.register({ ...facts, name: 'Two', path: write('2.gguf'), base, exact: true });
		const uses = [
			{ id: two.id, scale: 0.5 },
			{ id: one.id, scale: 1 },
		];
		expect(resolveAdapters(seam.database, uses, base)).toEqual({
			files: [
				{ path: two.path, scale: 0.5 },
				{ path: one.path, scale: 1 },
			],
			used: [
				{ id: two.id, name: 'Two', sha256: two.sha256, scale: 0.5 },
				{ id: one.id, name: 'One', sha256: one.sha256, scale: 1 },
			],
		});
		const wrong = await failureOf(async () => resolveAdapters(seam.database, uses, { ...base, parameters: 1 }));
		expect(wrong.code).toBe('adapter-unsuitable');
		writeFileSync(one.path, 'x');
		expect((await adapters.get(one.id)).problem?.code).toBe('adapter-file-changed');
	});

	test.each<[string, TinyLoraOptions, RegExp]>([
		['of another architecture', { architecture: 'qwen2' }, /architecture “qwen2”/],
		['whose rank is above its width', { rank: 65 }, /rank of “blk.0.attn_q.weight” is 65, above its width of 64/],
		[
			'whose halves have other ranks',
			{ tensors: (all) => all.map((t, i) => (i === 1 ? { ...t, dimensions: [2, 128] } : t)) },
			/the ranks 4 and 2/,
		],
		[
			'whose alpha is not a number',
			{ metadata: { 'adapter.lora.alpha': { type: 'float32', value: Number.NaN } } },
			/alpha/,
		],
	])('%s is refused with the reason', async (_, options, reason) => {
		const { adapters, base, write } = await place();
		const failure = await failureOf(() =>
			adapters.register({ ...facts, name: 'A', path: write('a.gguf', options), base, exact: true }),
		);
		expect(failure.code).toBe('adapter-unsuitable');
		expect(failure.message).toMatch(reason);
		expect(await adapters.list()).toEqual([]);
	});
});
