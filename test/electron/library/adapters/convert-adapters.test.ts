import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { trainingRecordSchema } from '../../../../electron/contract/adaptation/schema.ts';
import { run } from '../../../../electron/database/sql.ts';
import { findVersionByHash } from '../../../../electron/dataset/store/versions.ts';
import type { NewJob } from '../../../../electron/jobs/jobs.ts';
import { createAdapters } from '../../../../electron/library/adapters/adapters.ts';
import {
	type ConversionContext,
	createAdapterConversion,
} from '../../../../electron/library/adapters/convert-adapters.ts';
import { sha256OfFile } from '../../../../models/file-hash.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { createTestLibrary } from '../../../support/library.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';
import { writeTinyLora } from '../../../support/tiny-lora.ts';

async function place() {
	const { library, seam, folder } = createTestLibrary();
	const adapters = createAdapters(seam, library);
	const base = await library.files.add(writeTinyGguf(join(temporaryFolder(), 'tiny.gguf')));
	const started: NewJob[] = [];
	const context = {
		...{ database: seam.database, adapters, library, modelsFolder: join(folder, 'models'), native: runNativeTask },
		jobs: { start: (job: NewJob) => started.push(job) },
		lane: () => Promise.reject(new Error('the work failed')),
	};
	const start = (changes: object = {}) =>
		createAdapterConversion({ ...context, ...changes } as unknown as ConversionContext);
	const source = writeTinyLora(join(temporaryFolder(), 'mine.gguf'));
	return { adapters, base, source, started, start, library, database: seam.database };
}

test('an adapter that is imported again has a path that none had', async () => {
	const { adapters, source, start } = await place();
	const conversion = start();
	const first = await conversion.import({ path: source });
	await adapters.remove(first.id);
	const second = await conversion.import({ path: source });
	expect(second.path).not.toBe(first.path);
	expect((await adapters.restore(first.id)).problem).toBeNull();
	expect(existsSync(second.path)).toBe(true);
	await adapters.close();
});

test('an import that can not be stored leaves no file', async () => {
	const { adapters, source, start } = await place();
	mkdirSync(adapters.folder, { recursive: true });
	const register = () => Promise.reject(new Error('the disk is full'));
	const conversion = start({ adapters: { folder: adapters.folder, register } });
	await expect(conversion.import({ path: source })).rejects.toThrow('the disk is full');
	expect(readdirSync(adapters.folder)).toEqual([]);
});

test('two merges at once have paths of their own, and names with their scales', async () => {
	const { base, source, started, start } = await place();
	const conversion = start();
	const { id } = await conversion.import({ path: source });
	const merge = (scale: number) =>
		conversion.merge({ type: 'F16', quantise: [], modelFileId: base.id, adapters: [{ id, scale }] });
	const [one, two, half] = await Promise.all([merge(1), merge(1), merge(0.5)]);
	expect(new Set([one.path, two.path, half.path]).size).toBe(3);
	expect(started.map(({ title }) => String(title)).sort()).toEqual(['tiny + mine', 'tiny + mine', 'tiny + mine × 0.5']);
	// One that failed gives its path back.
	await expect(started[Number(one.job) - 1]?.work({} as never)).rejects.toThrow('the work failed');
	expect((await merge(1)).path).toBe(one.path);
});

test('an adapter that was trained elsewhere from an export is known again: its base, its data and its name', async () => {
	const { base, source, start, library, database } = await place();
	const dataset = run(database, "INSERT INTO datasets (name, created_at, updated_at) VALUES ('Tickets', 1, 1)");
	const version = run(
		database,
		"INSERT INTO dataset_versions (dataset_id, number, sha256, created_at, frozen_at) VALUES (:id, 2, 'abc', 1, 1)",
		{ id: dataset.id },
	);
	const conversion = start({ versionWithHash: (sha256: string) => findVersionByHash(database, sha256) });
	const folder = join(temporaryFolder(), 'for-gpu', 'adapter');
	mkdirSync(folder, { recursive: true });
	const path = join(folder, 'mine.gguf');
	copyFileSync(source, path);
	const record = trainingRecordSchema.parse({
		...{ format: 'assay-training', version: 1, name: 'Tickets', objective: 'sft', settings: {} },
		base: { name: 'tiny', quantization: 'F32', sha256: await sha256OfFile(base.path) },
		dataset: { name: 'Tickets', number: 2, sha256: 'abc' },
	});
	writeFileSync(join(folder, '..', 'assay-training.json'), JSON.stringify(record));
	await vi.waitFor(() => expect(library.all()[0]?.sha256).toBe(record.base.sha256), 20_000);
	// Without the data of the export, a record that lies above is of something else.
	expect(await conversion.import({ path })).toMatchObject({ name: 'mine', datasetVersionId: null, manifest: '' });
	writeFileSync(join(folder, '..', 'train.jsonl'), '');
	const imported = await conversion.import({ path });
	expect(imported).toMatchObject({
		name: 'Tickets',
		origin: 'gguf',
		datasetVersionId: version.id,
		base: { modelFileId: base.id },
	});
	expect(imported.base.sha256).toBe(record.base.sha256);
	expect(JSON.parse(imported.manifest)).toMatchObject({ objective: 'sft', dataset: { number: 2 } });

	// For another base, neither the base nor the data is certain.
	const other = { ...record, base: { ...record.base, sha256: 'f'.repeat(64) } };
	writeFileSync(join(folder, '..', 'assay-training.json'), JSON.stringify(other));
	expect(await conversion.import({ path })).toMatchObject({ datasetVersionId: null, base: { modelFileId: base.id } });

	// What somebody else wrote there is no reason to refuse the adapter.
	writeFileSync(join(folder, '..', 'assay-training.json'), '{"format": 3}');
	expect(await conversion.import({ path })).toMatchObject({ name: 'mine 2', datasetVersionId: null, manifest: '' });
});
