import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configFileSchema } from '../../../electron/contract/evaluation/config-file.ts';
import { runConfigSchema } from '../../../electron/contract/evaluation/run-config.ts';
import { run } from '../../../electron/database/sql.ts';
import { chatUseOf } from '../../../electron/evaluation/chat-use.ts';
import { resolveConfigFile } from '../../../electron/evaluation/resolve-config-file.ts';
import { writeConfigFile } from '../../../electron/evaluation/write-config-file.ts';
import { insertAdapter, setAdapterRemoved } from '../../../electron/library/adapters/adapter-rows.ts';
import { sha256OfFile } from '../../../models/file-hash.ts';
import { openMeasurement } from '../../../models/native/measurement/session.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { writeTinyLora } from '../../support/tiny-lora.ts';
import { type Setup, setUp, sums } from './setup.ts';

async function addAdapter({ database, context }: Setup, name: string, folder: string): Promise<number> {
	const path = writeTinyLora(join(folder, `${name}.gguf`), { weights: [`blk.${name.length % 2}.attn_output.weight`] });
	const { parameters } = context.library.modelFile(1);
	return insertAdapter(database, {
		...{
			name,
			path,
			sha256: await sha256OfFile(path),
			sizeBytes: statSync(path).size,
			architecture: 'llama',
			rank: 4,
			alpha: 4,
		},
		...{ modules: ['attn_output'], origin: 'trained', trainingRunId: null, datasetVersionId: null, manifest: '' },
		...{ licenceNote: '', createdAt: 1 },
		base: { modelFileId: 1, sha256: null, name: 'Scripted', quantization: '', parameters },
	});
}

const rowsOf = { filter: 'all', scorer: null, bound: 1, tag: null, search: '', offset: 0, limit: 10 } as const;

test('a run measures a model alone and with adapters at several scales; without adapters nothing changes', async () => {
	const folder = temporaryFolder();
	const path = writeTinyGguf(join(folder, 'tiny.gguf'));
	const opened: unknown[] = [];
	const place = setUp(sums(5), {
		path,
		more: {
			openSession(options) {
				opened.push(options.adapters?.map(({ scale }) => scale) ?? null);
				return openMeasurement(options);
			},
		},
	});
	const id = await addAdapter(place, 'sums', folder);
	const parameters = [{ maxTokens: 6 }];
	const plain = await place.evaluations.start(place.config({ parameters, contextSize: 512, threads: 1 }));
	const measured = await place.ended(plain.id);
	expect(measured.failure).toBeNull();

	const modelAdapters = [[], [{ id, scale: 1 }], [{ id, scale: 0.5 }], [{ id, scale: 0 }]];
	const config = place.config({ parameters, contextSize: 512, threads: 1, modelFileIds: [1, 1, 1, 1], modelAdapters });
	const { id: runId } = await place.evaluations.start(config);
	const done = await place.ended(runId);
	expect(done.failure).toBeNull();
	expect(done.status).toBe('done');
	expect(done.arms.map(({ label }) => label)).toEqual(['Without adapter', 'sums', 'sums × 0.5', 'sums × 0']);
	expect(done.arms[1]?.adapters).toMatchObject([{ id, name: 'sums', scale: 1 }]);
	expect(done.arms[0]?.adapters).toBeUndefined();
	// One load for each, shard after shard.
	expect(opened).toEqual([null, null, [1], [0.5], [0]]);
	const rows = await place.evaluations.rows({ ...rowsOf, arms: done.arms.map((arm) => arm.id) });
	const outputs = done.arms.map(({ id: armId }) =>
		rows.rows.map(({ cells }) => cells.find((cell) => cell.armId === armId)?.output),
	);
	expect(outputs[1]).not.toEqual(outputs[0]);
	expect(outputs[3]).toEqual(outputs[0]);

	expect(Object.hasOwn(measured.manifest.arms[0] ?? {}, 'adapters')).toBe(false);
	expect(done.manifest.arms[1]?.adapters).toEqual([
		{ name: 'sums', sha256: await sha256OfFile(join(folder, 'sums.gguf')), scale: 1 },
	]);
	const again = await place.evaluations.start(config);
	expect(again.manifestHash).toBe(done.manifestHash);
	expect(done.manifestHash).not.toBe(measured.manifestHash);
	await place.ended(again.id);

	const armId = done.arms[2]?.id ?? 0;
	expect(chatUseOf(place.context, armId).adapters).toEqual([{ id, scale: 0.5 }]);

	// Its file has other content of the same size.
	const file = join(folder, 'sums.gguf');
	const content = readFileSync(file);
	writeFileSync(file, content.with(-1, (content.at(-1) ?? 0) ^ 1));
	const other = await place.ended((await place.evaluations.start(config)).id);
	expect(other.failure).toMatchObject({ code: 'adapter-file-changed', message: expect.stringContaining('sums') });
	writeFileSync(file, content);

	// A run whose adapter has changed is not continued with another one.
	run(place.database, "UPDATE adapters SET sha256 = 'other'");
	expect((await failureOf(() => place.evaluations.repeat(runId))).message).toContain('the adapter sums is a different');
	setAdapterRemoved(place.database, id, 5);
	expect((await failureOf(() => place.evaluations.start(config))).message).toContain(
		'sums is no longer in the library',
	);
});

test('a config file names adapters with their models, and is written back the same', async () => {
	const place = setUp(sums(1), { models: 2 });
	const folder = temporaryFolder();
	const id = await addAdapter(place, 'sums', folder);
	const text = `dataset: Sums
prompts: Plain
scorers: exact
models:
  - Scripted Q8_0
  - { model: Scripted Q8_0, adapters: sums }
  - model: Scripted Q4_0
    adapters: [{ name: sums, scale: 0.5 }]
`;
	const { config, problems } = resolveConfigFile(place.context, configFileSchema.parse(parse(text)));
	expect(problems).toEqual([]);
	expect(config).toMatchObject({
		modelFileIds: [1, 1, 2],
		modelAdapters: [[], [{ id, scale: 1 }], [{ id, scale: 0.5 }]],
	});
	const written = writeConfigFile(place.context, runConfigSchema.parse(config));
	expect(parse(written.text)).toMatchObject({
		models: [
			'Scripted Q8_0',
			{ model: 'Scripted Q8_0', adapters: ['sums'] },
			{ model: 'Scripted Q4_0', adapters: [{ name: 'sums', scale: 0.5 }] },
		],
	});
	const odd = configFileSchema.parse(parse(text.replace('adapters: sums', 'adapters: other')));
	expect(resolveConfigFile(place.context, odd).problems).toMatchObject([{ code: 'adapter-unknown' }]);
});

test('an adapter of another shape is refused before anything is measured', async () => {
	const place = setUp(sums(1));
	const id = await addAdapter(place, 'sums', temporaryFolder());
	run(place.database, 'UPDATE adapters SET base_parameters = 7');
	const config = place.config({ modelAdapters: [[{ id, scale: 1 }]] });
	expect((await failureOf(() => place.evaluations.start(config))).code).toBe('adapter-unsuitable');
});
