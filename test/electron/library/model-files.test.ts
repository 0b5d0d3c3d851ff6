import { appendFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { all, queryPlan, run } from '../../../electron/database/sql.ts';
import { modelNameOf } from '../../../electron/library/model-name.ts';
import { failureOf } from '../../support/failure.ts';
import { createTestLibrary, type TestLibrary } from '../../support/library.ts';
import { splitGguf } from '../../support/split-gguf.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyGguf, writeTinyGguf } from '../../support/tiny-gguf.ts';

/** Waits for the background hash of a library file. */
async function hashed({ library }: TestLibrary, path: string): Promise<string | null> {
	for (let look = 0; look < 200; look += 1) {
		const file = (await library.files.list()).find((one) => one.path === path);
		if (file !== undefined && (file.sha256 !== null || file.problem !== null)) return file.sha256;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	throw new Error('no hash within two seconds');
}

describe('adding', () => {
	test('keeps a file in its place, with the facts of its header', async () => {
		const one = createTestLibrary();
		const path = writeTinyGguf(join(temporaryFolder(), 'My-Tiny_Model.F32.gguf'));
		const file = await one.library.files.add(path);
		expect(file).toMatchObject({
			name: 'My Tiny Model',
			path,
			quantization: 'F32',
			architecture: 'llama',
			parameters: 119_488,
			contextLength: 2048,
			chat: true,
			default: true,
			problem: null,
		});
		expect(await hashed(one, path)).toMatch(/^[0-9a-f]{64}$/);
		expect(all(one.seam.database, 'SELECT type, count, bytes FROM model_file_tensors')).toEqual([
			{ type: 'F32', count: 21, bytes: 477_952 },
		]);
		expect(one.events.map(({ type }) => type)).toContain('models-changed');
	});

	test('the sampling that a file recommends is kept, and read again for a file that an older version added', async () => {
		const { library, seam } = createTestLibrary();
		const metadata = { 'general.sampling.temp': { type: 'float32', value: 0.25 } } as const;
		const path = writeTinyGguf(join(temporaryFolder(), 'tiny.gguf'), { metadata });
		const recommendedSampling = { values: { temperature: 0.25 }, notApplied: [] };
		const added = await library.files.add(path);
		expect(added).toMatchObject({ recommendedSampling });
		run(seam.database, "DELETE FROM model_settings WHERE key = 'recommended-sampling'");
		expect(await library.files.list()).toMatchObject([{ recommendedSampling }]);
	});

	test('a split model with a missing part is reported, without being loaded', async () => {
		const { library } = createTestLibrary();
		const folder = temporaryFolder();
		const [first = '', second = ''] = await splitGguf(writeTinyGguf(join(folder, 'tiny.gguf')), folder, 3);
		await library.files.add(first);
		rmSync(second);
		const [file] = await library.files.list();
		expect([file?.problem?.code, file?.problem?.message]).toEqual([
			...['model-part-missing', 'This model is missing 1 of its 3 parts: tiny-00002-of-00003.gguf.'],
		]);
	});

	test('adding the same path twice gives one row, and only the first file is the default', async () => {
		const { library } = createTestLibrary();
		const folder = temporaryFolder();
		const first = await library.files.add(writeTinyGguf(join(folder, 'a.gguf')));
		const second = await library.files.add(writeTinyGguf(join(folder, 'b.gguf'), { chatTemplate: null }));
		expect((await library.files.add(first.path)).id).toBe(first.id);
		expect([second.default, second.chat, library.count()]).toEqual([false, false, 2]);
		expect(library.defaultModelFile()?.id).toBe(first.id);
		expect((await library.files.list()).map(({ id }) => id)).toEqual([second.id, first.id]);
	});

	test.each([
		['an empty file', () => Buffer.alloc(0), 'model-file-empty'],
		['a text file', () => Buffer.from('not a model, really'), 'not-gguf'],
		['a truncated model', () => tinyGguf().subarray(0, 200_000), 'model-file-truncated'],
		[
			'a model of an unknown architecture',
			() => tinyGguf({ metadata: { 'general.architecture': { type: 'string', value: 'brain' } } }),
			'architecture-unknown',
		],
		[
			'a model that would crash the engine',
			() => tinyGguf({ metadata: { 'llama.attention.head_count_kv': { type: 'uint32', value: 0 } } }),
			'gguf-header-damaged',
		],
	])('%s is refused and leaves nothing behind', async (_name, bytes, code) => {
		const { library } = createTestLibrary();
		const path = join(temporaryFolder(), 'x.gguf');
		writeFileSync(path, bytes());
		expect((await failureOf(() => library.files.add(path))).code).toBe(code);
		expect(await library.files.list()).toEqual([]);
	});

	test('inspecting shows what a file contains and stores nothing', async () => {
		const { library } = createTestLibrary();
		const base = writeTinyGguf(join(temporaryFolder(), 'base.gguf'), { chatTemplate: null });
		const inspection = await library.files.inspect(base);
		expect(inspection.facts.layers).toBe(2);
		expect(inspection.warnings).toEqual(['It has no chat template: a base model, not trained to chat.']);
		expect(library.count()).toBe(0);
	});
});

test('a base model is the default only while there is no chat model', async () => {
	const { library } = createTestLibrary();
	const folder = temporaryFolder();
	const base = await library.files.add(writeTinyGguf(join(folder, 'base.gguf'), { chatTemplate: null }));
	expect(library.defaultModelFile()?.id).toBe(base.id);
	const chat = await library.files.add(writeTinyGguf(join(folder, 'chat.gguf')));
	await library.files.add(writeTinyGguf(join(folder, 'other.gguf'), { seed: 2 }));
	expect(library.defaultModelFile()?.id).toBe(chat.id);
});

describe('the same weights in two places', () => {
	async function twice() {
		const one = createTestLibrary();
		const first = writeTinyGguf(join(temporaryFolder(), 'a.gguf'));
		const second = writeTinyGguf(join(temporaryFolder(), 'b.gguf'));
		const ids = [(await one.library.files.add(first)).id, (await one.library.files.add(second)).id] as const;
		await expect.poll(async () => (await one.library.files.list()).length, { timeout: 20_000 }).toBe(1);
		return { ...one, first, second, ids };
	}

	test('are one entry with both paths once the hashes are known', async () => {
		const { library, first, second, ids } = await twice();
		expect(await library.files.list()).toMatchObject([
			{ id: ids[0], path: first, copies: [{ id: ids[1], path: second }] },
		]);
		expect(library.all().map(({ path }) => path)).toEqual([second, first]);
	});

	test('replace each other if one is gone', async () => {
		const { library, runtime, first, second, ids } = await twice();
		rmSync(first);
		expect(await library.files.list()).toMatchObject([{ path: second, problem: null, copies: [{ path: first }] }]);
		await library.acquire(ids[0], {});
		expect(runtime.requests.map(({ path }) => path)).toEqual([second]);
	});

	test('are removed and restored as one, including the default', async () => {
		const { library, ids } = await twice();
		await library.remove(ids[0], false);
		expect(await library.files.list()).toEqual([]);
		await library.files.restore(ids[0]);
		expect(await library.files.list()).toMatchObject([{ id: ids[0], default: true, copies: [{ id: ids[1] }] }]);
	});

	test('are loaded once, whichever is requested', async () => {
		const { library, runtime, ids } = await twice();
		const engine = await library.acquire(ids[1], {});
		expect(await library.acquire(ids[0], {})).toBe(engine);
		expect(runtime.requests).toHaveLength(1);
	});
});

describe('files of other kinds', () => {
	test.each([
		['an embedding model', { 'llama.pooling_type': { type: 'uint32', value: 1 } }, 'embedding'],
		['a reranker', { 'llama.pooling_type': { type: 'uint32', value: 4 } }, 'reranker'],
		['a LoRA adapter', { 'general.type': { type: 'string', value: 'adapter' } }, 'adapter'],
		['a projector', { 'general.architecture': { type: 'string', value: 'clip' } }, 'projector'],
	] as const)('%s is listed with its kind, never the default, and not loaded', async (_name, metadata, kind) => {
		const { library } = createTestLibrary();
		const file = await library.files.add(writeTinyGguf(join(temporaryFolder(), 'x.gguf'), { metadata }));
		expect([file.kind, file.chat, file.default]).toEqual([kind, false, false]);
		expect((await failureOf(() => library.acquire(file.id, {}))).code).toBe('not-a-language-model');
		expect((await failureOf(async () => library.files.setDefault(file.id))).code).toBe('not-a-language-model');
	});
});

describe('a file that no longer is what was added', () => {
	async function withFile(): Promise<
		TestLibrary & { path: string; id: number; problem: () => Promise<string | null> }
	> {
		const one = createTestLibrary();
		const path = writeTinyGguf(join(temporaryFolder(), 'a.gguf'));
		const { id } = await one.library.files.add(path);
		await hashed(one, path);
		return { ...one, path, id, problem: async () => (await one.library.files.list())[0]?.problem?.code ?? null };
	}

	test('is reported when it is gone, and fine again when it is back', async () => {
		const { library, path, id, problem } = await withFile();
		renameSync(path, `${path}.away`);
		expect(await problem()).toBe('model-file-missing');
		expect((await failureOf(() => library.acquire(id, {}))).message).toBe(`There is no file at ${path}.`);
		expect(library.modelFile(id).problem?.code).toBe('model-file-missing');
		renameSync(`${path}.away`, path);
		expect(await problem()).toBeNull();
	});

	test('is reported when its size changed, and can be added again', async () => {
		const { library, path, id, problem } = await withFile();
		appendFileSync(path, 'more');
		expect(await problem()).toBe('model-file-changed');
		const failure = await failureOf(() => library.acquire(id, {}));
		expect(failure.message).toContain('it had 487,840 bytes and has 487,844.');
		const added = await library.files.add(path);
		expect([added.id, added.problem, added.sha256]).toEqual([id, null, null]);
	});

	test('is reported when only its content changed, once the hash is known', async () => {
		const one = await withFile();
		writeTinyGguf(one.path, { seed: 7 });
		utimesSync(one.path, 1, 1);
		await one.library.files.list();
		await expect.poll(() => one.problem()).toBe('model-file-changed');
		expect((await failureOf(() => one.library.acquire(one.id, {}))).message).toContain('its SHA-256 was ');
	});

	test('is fine if only its time changed', async () => {
		const one = await withFile();
		utimesSync(one.path, 1, 1);
		await one.library.files.list();
		await new Promise((resolve) => setTimeout(resolve, 200));
		expect(await one.problem()).toBeNull();
	});
});

test('the default flag is looked up by key', () => {
	const { seam } = createTestLibrary();
	const plan = queryPlan(seam.database, "SELECT 1 FROM model_settings WHERE model_file_id = 1 AND key = 'default'");
	expect(plan.join()).toContain('SEARCH model_settings USING PRIMARY KEY (model_file_id=? AND key=?)');
});

test.each([
	['SmolLM2-135M-Instruct.Q4_1.gguf', 'SmolLM2 135M Instruct'],
	['/x/Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf', 'Meta Llama 3.1 8B Instruct'],
	['gemma-3-270m-q4_k_m.gguf', 'gemma 3 270m'],
	['phi-4-IQ2_XXS.GGUF', 'phi 4'],
	['model-BF16.gguf', 'model'],
	['no-extension', 'no extension'],
])('the name of %s is %s', (path, name) => {
	expect(modelNameOf(path)).toBe(name);
});

describe('a name that the user gives a model', () => {
	test('is its name everywhere, outlives another addition, and can be taken away', async () => {
		const { library, events } = createTestLibrary();
		const folder = temporaryFolder();
		const { id, path } = await library.files.add(writeTinyGguf(join(folder, 'Tiny-Model.F32.gguf')));
		events.length = 0;
		expect(library.files.rename([{ id, name: 'Pocket' }])).toMatchObject([{ name: 'Pocket', ownName: 'Tiny Model' }]);
		expect(events.map(({ type }) => type)).toEqual(['models-changed']);
		expect(library.modelFile(id).name).toBe('Pocket');
		expect((await library.files.add(path)).name).toBe('Pocket');
		expect(library.files.rename([{ id, name: null }])).toMatchObject([{ name: 'Tiny Model' }]);
	});

	test('is also that of files of the model which are added later', async () => {
		const { library } = createTestLibrary();
		const folder = temporaryFolder();
		const first = await library.files.add(writeTinyGguf(join(folder, 'Tiny-Model.F32.gguf')));
		library.files.rename([{ id: first.id, name: 'Pocket' }]);
		const second = await library.files.add(writeTinyGguf(join(folder, 'b', 'Tiny-Model.F16.gguf'), { seed: 2 }));
		const other = await library.files.add(writeTinyGguf(join(folder, 'Other.gguf'), { seed: 3 }));
		expect([second.name, other.name]).toEqual(['Pocket', 'Other']);
	});

	test('changes no file if one of them is unknown', async () => {
		const { library } = createTestLibrary();
		const { id } = await library.files.add(writeTinyGguf(join(temporaryFolder(), 'a.gguf')));
		const failure = await failureOf(async () => {
			library.files.rename([
				{ id, name: 'x' },
				{ id: 999, name: 'y' },
			]);
		});
		expect([failure.code, library.modelFile(id).name]).toEqual(['model-unknown', 'a']);
	});
});

test('a file that an earlier Assay added gets what its header says of the model', async () => {
	const one = createTestLibrary();
	const lineage = { 'general.basename': 'Tiny', 'general.size_label': '120K', 'general.finetune': 'Instruct' };
	const metadata = Object.fromEntries(
		Object.entries(lineage).map(([key, value]) => [key, { type: 'string' as const, value }]),
	);
	const path = writeTinyGguf(join(temporaryFolder(), 'a.gguf'), { metadata });
	const { id } = await one.library.files.add(path);
	run(one.seam.database, 'UPDATE model_files SET lineage = NULL');
	expect(one.library.modelFile(id).lineage).toBeNull();
	await one.library.files.list();
	expect(one.library.modelFile(id).lineage).toMatchObject({
		basename: 'Tiny',
		sizeLabel: '120K',
		finetune: 'Instruct',
	});
});
