import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLane } from '../../../electron/jobs/lane.ts';
import { createQuantizer } from '../../../electron/library/quantize-model.ts';
import { quantizedPath, removeUnfinishedQuantized } from '../../../electron/library/quantized-files.ts';
import { createQuantizedSizes } from '../../../electron/library/quantized-sizes.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { failureOf } from '../../support/failure.ts';
import { createTestLibrary } from '../../support/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

const plain = { imatrix: null, imatrixText: null };

async function withParent() {
	const one = createTestLibrary();
	const parent = await one.library.files.add(writeTinyGguf(join(temporaryFolder(), 'tiny.F32.gguf')));
	const modelsFolder = join(one.folder, 'models');
	const maker = createQuantizer({
		sizes: createQuantizedSizes(),
		database: one.seam.database,
		library: one.library,
		jobs: one.seam.jobs,
		lane: createLane(),
		native: runNativeTask,
		clock: () => 5,
		modelsFolder,
	});
	const ended = async (id: string) => {
		await expect.poll(() => one.seam.jobs.get(id).endedAt, { timeout: 60_000 }).not.toBeNull();
		return one.seam.jobs.get(id);
	};
	return { one, parent, maker, modelsFolder, ended };
}

describe('files quantised from a model', () => {
	test('enter the library with their origin and the tensors that did not get the type', {
		timeout: 90_000,
	}, async () => {
		const { one, parent, maker, ended } = await withParent();
		const job = maker.start({ id: parent.id, types: ['Q8_0', 'Q4_K_M', 'Q8_0'], ...plain });
		expect(job).toMatchObject({ kind: 'quantise', title: expect.stringContaining('Q8_0, Q4_K_M') });
		expect(await ended(job.id)).toMatchObject({ state: 'done', failure: null });
		const files = (await one.library.files.list()).filter(({ id }) => id !== parent.id);
		expect(files.map(({ quantization }) => quantization).sort()).toEqual(['Q4_K_M', 'Q8_0']);
		const small = files.find(({ quantization }) => quantization === 'Q4_K_M')!;
		expect(small.sizeBytes).toBeLessThan(parent.sizeBytes);
		expect(small.source).toBe('made here');
		const made = maker.origin(small.id);
		expect(made).toMatchObject({ parent: { id: parent.id, quantization: parent.quantization }, type: 'Q4_K_M', at: 5 });
		// Rows of 64 weights are not a multiple of 256.
		expect(made?.fallbacks.length).toBeGreaterThan(0);
		expect(maker.origin(parent.id)).toBeNull();
		expect(small.quantizedFrom).toBe(parent.id);
		expect((await one.library.files.list()).find(({ id }) => id === parent.id)).not.toHaveProperty('quantizedFrom');
	});

	test('can use an importance matrix of a text, which is kept, named and not computed twice', {
		timeout: 90_000,
	}, async () => {
		const { one, parent, maker, modelsFolder, ended } = await withParent();
		const text = join(temporaryFolder(), 'notes.txt');
		writeFileSync(text, 'the cat and the dog went to the sea and said so. '.repeat(300));
		const titles = new Set<string>();
		one.seam.events.subscribe((event) => event.type === 'job' && titles.add(event.job.title));
		await ended(maker.start({ id: parent.id, types: ['Q8_0'], ...plain }).id);
		const guided = { imatrix: null, imatrixText: text };
		const job = await ended(maker.start({ id: parent.id, types: ['Q8_0', 'Q4_0'], ...guided }).id);
		expect(job).toMatchObject({ state: 'done', unit: 'tensors' });
		expect([...titles].filter((title) => title.endsWith('importance matrix of notes.txt'))).toHaveLength(1);
		const kept = readdirSync(dirname(quantizedPath(modelsFolder, parent.path, 'Q8_0', null))).toSorted();
		const mark = /imatrix-[0-9a-f]{8}/.exec(kept.join(' '))?.[0];
		expect(kept).toEqual([
			...[`notes.${mark}.gguf`, `tiny.Q4_0.${mark}.gguf`],
			...['tiny.Q8_0.gguf', `tiny.Q8_0.${mark}.gguf`],
		]);
		const files = await one.library.files.list();
		const small = files.find(({ path }) => path.endsWith(`tiny.Q4_0.${mark}.gguf`))!;
		expect(maker.origin(small.id)?.imatrix).toMatchObject({ datasets: ['notes.txt'], chunks: expect.any(Number) });
		titles.clear();
		const { mtimeMs } = statSync(join(dirname(small.path), `notes.${mark}.gguf`));
		expect((await ended(maker.start({ id: parent.id, types: ['Q2_K'], ...guided }).id)).state).toBe('done');
		expect(statSync(join(dirname(small.path), `notes.${mark}.gguf`)).mtimeMs).toBe(mtimeMs);
	});

	test('need at most one matrix, from a readable text', async () => {
		const { parent, maker, ended } = await withParent();
		const missing = await ended(
			maker.start({ id: parent.id, types: ['Q8_0'], imatrix: null, imatrixText: '/no/text' }).id,
		);
		expect(missing.failure).toMatchObject({ code: 'file-unreadable', next: ['Check the path', 'Choose another file'] });
		const twice = await ended(maker.start({ id: parent.id, types: ['Q8_0'], imatrix: '/a', imatrixText: '/b' }).id);
		expect(twice.failure).toMatchObject({ code: 'imatrix-twice' });
	});

	test('are not written after a cancellation, or over an existing file', { timeout: 90_000 }, async () => {
		const { one, parent, maker, modelsFolder, ended } = await withParent();
		const job = maker.start({ id: parent.id, types: ['Q8_0'], ...plain });
		expect((await one.seam.jobs.cancel(job.id)).state).toBe('cancelled');
		const folder = dirname(quantizedPath(modelsFolder, parent.path, 'Q8_0', null));
		await expect.poll(() => existsSync(folder)).toBe(false);

		await ended(maker.start({ id: parent.id, types: ['Q8_0'], ...plain }).id);
		const again = await ended(maker.start({ id: parent.id, types: ['Q8_0'], ...plain }).id);
		expect(again.state).toBe('failed');
		expect(again.failure?.next.length).toBeGreaterThan(0);
		expect(await one.library.files.list()).toHaveLength(2);
	});

	test('of a killed process leave no unfinished file and no empty folder after the next start', async () => {
		const { modelsFolder } = await withParent();
		const [killed, other] = ['aaaaaaaa', 'bbbbbbbb'].map((name) => join(modelsFolder, 'quantised', name));
		for (const folder of [killed!, other!, join(modelsFolder, 'quantised', 'cccccccc')])
			mkdirSync(folder, { recursive: true });
		writeFileSync(join(killed!, '.tiny.Q8_0.gguf.assay-part'), 'half');
		writeFileSync(join(other!, '.tiny.Q4_0.gguf.assay-part'), 'half');
		writeFileSync(join(other!, 'tiny.Q8_0.gguf'), 'whole');
		removeUnfinishedQuantized(modelsFolder);
		expect(readdirSync(join(modelsFolder, 'quantised'), { recursive: true }).toSorted()).toEqual([
			'bbbbbbbb',
			join('bbbbbbbb', 'tiny.Q8_0.gguf'),
		]);
	});

	test('need a model and a type', async () => {
		const { parent, maker } = await withParent();
		expect((await failureOf(() => maker.start({ id: parent.id, types: [], ...plain }))).code).toBe('nothing-to-make');
		expect((await failureOf(() => maker.start({ id: 99, types: ['Q8_0'], ...plain }))).code).toBe('model-unknown');
	});
});
