import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { NewJob } from '../../../../electron/jobs/jobs.ts';
import { createAdapters } from '../../../../electron/library/adapters/adapters.ts';
import {
	type ConversionContext,
	createAdapterConversion,
} from '../../../../electron/library/adapters/convert-adapters.ts';
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
	return { adapters, base, source, started, start };
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
