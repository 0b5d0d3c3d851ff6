import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { queryPlan } from '../../../electron/database/sql.ts';
import { correctionsFrom } from '../../../electron/library/fit-corrections.ts';
import { readThreadTrials, storeThreadTrials } from '../../../electron/library/loaded/measured-threads.ts';
import { listLoads, type MeasuredLoad } from '../../../electron/library/store/model-loads.ts';
import { engineBuild } from '../../../models/engine-build.ts';
import { createModelRuntime, createNodeLauncher } from '../../../models/runtime/runtime.ts';
import { failureOf } from '../../support/failure.ts';
import { nodeLlamaCppBuild } from '../../support/fixtures/model.ts';
import { createTestLibrary, loadFailure } from '../../support/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type TinyGgufOptions, writeTinyGguf } from '../../support/tiny-gguf.ts';

const memory = { memoryBytes: () => 16_000_000_000, availableBytes: () => 6_900_000_000 };

const tiny = (name: string, options: TinyGgufOptions = {}): string =>
	writeTinyGguf(join(temporaryFolder(), name), options);

describe('the fit of a library', () => {
	test('is each model’s estimate against free memory, with the context that the badges assume', async () => {
		const { library } = createTestLibrary(memory);
		const a = await library.files.add(tiny('a.gguf', { contextLength: 4096 }));
		await library.files.add(tiny('x.gguf', { metadata: { 'general.type': { type: 'string', value: 'adapter' } } }));
		const { memory: room, fits } = await library.fits.all(await library.files.list(), 8192);
		expect(room).toEqual({
			totalBytes: 16_000_000_000,
			freeBytes: 6_900_000_000,
			loadedBytes: 0,
			headroomBytes: 1_000_000_000,
		});
		expect(fits).toHaveLength(1);
		const [fit] = fits;
		// Never more than the model was trained for.
		expect([fit?.modelFileId, fit?.options.contextSize, fit?.verdict]).toEqual([a.id, 4096, 'fits']);
		const sum = fit?.parts.reduce((total, { bytes }) => total + bytes, 0) ?? 0;
		expect(fit?.needBytes).toBe(sum);
		expect(fit?.sumBytes).toBe(sum + 1_000_000_000);
		expect(fit?.spareBytes).toBe(6_900_000_000 - sum - 1_000_000_000);
		expect(fit?.last).toBeNull();
	});

	test('follows the user’s settings, and changes that are only tried out', async () => {
		const { library } = createTestLibrary(memory);
		const { id } = await library.files.add(tiny('a.gguf'));
		const kv = async (change = {}) =>
			(await library.fits.one(library.modelFile(id), change)).parts.find(({ kind }) => kind === 'kv')?.bytes ?? 0;
		const whole = await kv();
		expect(await kv({ contextSize: 1024 })).toBe(whole / 2);
		expect(library.setOptions(id, { contextSize: 1024 })).toEqual({ options: { contextSize: 1024 }, reload: false });
		expect(await kv()).toBe(whole / 2);
		expect((await library.fits.all(library.all(), 2048)).fits[0]?.options.contextSize).toBe(1024);
		expect(library.setOptions(id, { contextSize: 'auto', threads: 'auto' }).options).toEqual({});
	});

	test('covers a file that is not in the library', async () => {
		const { library } = createTestLibrary(memory);
		expect(await library.fits.file(tiny('a.gguf'))).toMatchObject({ modelFileId: null, verdict: 'fits' });
		expect((await failureOf(() => library.fits.file('/nowhere.gguf'))).code).toBe('model-file-missing');
	});
});

describe('load settings', () => {
	test('apply to the load, within the file’s limits', async () => {
		const { library, runtime } = createTestLibrary();
		const { id } = await library.files.add(tiny('a.gguf', { contextLength: 2048 }));
		library.setOptions(id, {
			contextSize: 1_000_000,
			keyType: 'Q8_0',
			valueType: 'Q8_0',
			flashAttention: 'on',
			mapWeights: false,
			threads: 1,
			batchSize: 64,
			lockMemory: true,
		});
		await library.acquire(id, {});
		expect(runtime.requests[0]?.options).toMatchObject({
			contextSize: 2048,
			keyType: 'Q8_0',
			valueType: 'Q8_0',
			flashAttention: 'on',
			mapWeights: false,
			threads: 1,
			batchSize: 64,
			lockMemory: true,
			checkTensors: false,
		});
	});

	test('include adapters, drafting and rotary settings as chosen', async () => {
		const { library, runtime } = createTestLibrary();
		const { id } = await library.files.add(tiny('a.gguf'));
		const extras = {
			adapters: [{ path: '/adapters/pirate.gguf', scale: 0.5 }],
			drafting: 'lookup' as const,
			rope: { frequencyScale: 0.5 },
		};
		library.setOptions(id, extras);
		await library.acquire(id, {});
		expect(runtime.requests[0]?.options).toMatchObject(extras);
	});

	test('allow a longer context than the file has if its positions are stretched', async () => {
		const { library, runtime } = createTestLibrary(memory);
		const { id } = await library.files.add(tiny('a.gguf', { contextLength: 2048 }));
		const rope = { frequencyScale: 0.5 };
		library.setOptions(id, { contextSize: 10_000, rope });
		const { options, largestContext } = await library.fits.one(library.modelFile(id));
		expect([options.contextSize, largestContext]).toEqual([4096, 4096]);
		await library.acquire(id, {});
		expect(runtime.requests[0]?.options).toMatchObject({ contextSize: 4096, rope });
		expect((await library.fits.one(library.modelFile(id), { rope: {} })).options.contextSize).toBe(2048);
	});

	test('never request quantised values without flash attention', async () => {
		const { library, runtime } = createTestLibrary();
		const { id } = await library.files.add(tiny('a.gguf'));
		library.setOptions(id, { keyType: 'Q8_0', valueType: 'Q8_0', flashAttention: 'off' });
		await library.acquire(id, {});
		expect(runtime.requests[0]?.options.valueType).toBeUndefined();
		expect(runtime.requests[0]?.options.keyType).toBe('Q8_0');
	});

	test('changed while the model is loaded apply from the user’s next load', async () => {
		const { library, runtime } = createTestLibrary();
		const { id } = await library.files.add(tiny('a.gguf'));
		await library.load(id);
		expect(library.setOptions(id, { contextSize: 512 }).reload).toBe(true);
		await library.acquire(id, {});
		expect(runtime.requests).toHaveLength(1);
		await library.load(id);
		expect(runtime.requests.map(({ options }) => options.contextSize)).toEqual(['auto', 512]);
	});
});

describe('history', () => {
	test('names the engine that was loaded; estimates learn from the usual one only', async () => {
		const runtime = createModelRuntime({ launcher: createNodeLauncher(), log: () => {} });
		const { library, seam } = createTestLibrary({ ...memory, runtime, engineBuild });
		onTestFinished(() => runtime.close());
		const { id } = await library.files.add(tiny('b.gguf'));
		library.setOptions(id, { contextSize: 512, threads: 1, engine: 'node-llama-cpp' });
		await library.load(id);
		await expect.poll(() => library.history(id), { timeout: 20_000 }).toHaveLength(1);
		expect(library.history(id)[0]).toMatchObject({ outcome: 'loaded', engineBuild: nodeLlamaCppBuild });
		expect((await library.fits.one(library.modelFile(id))).last).toBeNull();
		expect(library.measuringObstacle(id)?.code).toBe('engine-cannot-measure');

		// Speeds are kept by engine.
		const trials = [{ threads: 1, tokensPerSecond: 50 }];
		storeThreadTrials(seam, id, { threadTrials: trials, engine: 'node-llama-cpp' });
		expect([readThreadTrials(seam, id), readThreadTrials(seam, id, 'node-llama-cpp')]).toEqual([[], trials]);
		library.setOptions(id, { contextSize: 512, threads: 1 });
		expect(library.measuringObstacle(id)).toBeNull();
	});

	test('a speed that was measured while other programs were busy says so', async () => {
		const { library, seam } = createTestLibrary(memory);
		const { id } = await library.files.add(tiny('c.gguf'));
		const speed = () => {
			const { tokensPerSecond, speedUnderLoad } = library.modelFile(id);
			return [tokensPerSecond, speedUnderLoad];
		};
		expect(speed()).toEqual([null, false]);
		const trials = [
			{ threads: 1, tokensPerSecond: 50 },
			{ threads: 2, tokensPerSecond: 30, underLoad: true as const },
		];
		storeThreadTrials(seam, id, { threadTrials: trials });
		expect(speed()).toEqual([50, true]);
		storeThreadTrials(seam, id, { threadTrials: [{ threads: 2, tokensPerSecond: 90 }] });
		expect(speed()).toEqual([90, false]);
	});

	test('of a real worker keeps estimate and measurement, which correct the next estimate', async () => {
		const runtime = createModelRuntime({ launcher: createNodeLauncher(), log: () => {} });
		const { library } = createTestLibrary({ ...memory, runtime, engineBuild });
		onTestFinished(() => runtime.close());
		const { id } = await library.files.add(tiny('a.gguf'));
		const before = await library.fits.one(library.modelFile(id));
		library.setOptions(id, { contextSize: 512, threads: 1 });
		const state = await library.load(id);
		await expect.poll(() => library.history(id), { timeout: 20_000 }).toHaveLength(1);
		const [load] = library.history(id);
		expect(load).toMatchObject({
			outcome: 'loaded',
			contextSize: 512,
			threads: 1,
			failure: null,
			options: { contextSize: 512, threads: 1 },
		});
		const { predictedBytes = 0, measuredBytes = 0 } = load ?? {};
		expect(measuredBytes).toBe(state.state === 'loaded' ? state.residentBytes : 0);
		const after = await library.fits.one(library.modelFile(id));
		expect(after.last).toMatchObject({ predictedBytes, measuredBytes });
		// From a checkout the worker is larger than from a build, and an estimate is raised at once.
		const more = (measuredBytes ?? 0) - (predictedBytes ?? 0);
		expect(more).toBeGreaterThan(0);
		expect(Math.abs(after.needBytes - (predictedBytes ?? 0) - more)).toBeLessThan(2);
		expect(before.last).toBeNull();
	});

	test('names why a load failed', async () => {
		const { library, runtime } = createTestLibrary();
		const { id } = await library.files.add(tiny('a.gguf'));
		runtime.hold = async () => {
			throw loadFailure;
		};
		await failureOf(() => library.acquire(id, {}));
		expect(library.history(id)).toMatchObject([
			{ outcome: 'failed', failure: { code: 'load-failed' }, contextSize: null },
		]);
	});

	test('keeps the newest fifty loads of a file, found by an index', async () => {
		const { library, seam, runtime } = createTestLibrary();
		const { id } = await library.files.add(tiny('a.gguf'));
		runtime.hold = async () => {
			throw loadFailure;
		};
		for (let index = 0; index < 55; index += 1) await failureOf(() => library.load(id));
		expect(listLoads(seam.database, id)).toHaveLength(50);
		const plan = queryPlan(seam.database, 'SELECT * FROM model_loads WHERE model_file_id = 1 ORDER BY id DESC');
		expect(plan.join(' ')).toContain('model_loads_file');
	});
});

describe('corrections', () => {
	const load = (modelFileId: number, predicted: number, measured: number, worked = 1): MeasuredLoad => ({
		modelFileId,
		at: 1,
		contextSize: 8192,
		predictedBytes: predicted * 1e6,
		measuredBytes: measured * 1e6,
		copiedBytes: null,
		worked,
	});

	test('come from a model’s own newest load if there is one', () => {
		const correction = correctionsFrom([load(1, 400, 450), load(1, 400, 390)]);
		expect(correction(1)).toMatchObject({ bytes: 50e6, last: { at: 1, predictedBytes: 400e6, measuredBytes: 450e6 } });
	});

	test('come from the other models’ loads if there is none, within bounds', () => {
		const correction = correctionsFrom([load(1, 400, 420), load(2, 300, 330), load(3, 500, 540)]);
		expect(correction(9)).toMatchObject({ bytes: 30e6, last: null });
		expect(correctionsFrom([load(1, 400, 900)])(9).bytes).toBe(100e6);
		expect(correctionsFrom([])(null)).toEqual({ bytes: 0, copiedBytes: null, last: null });
	});

	test('keep the copies that the engine logged for the load whose error is used', () => {
		const logged = { ...load(1, 400, 410), copiedBytes: 90e6 };
		expect(correctionsFrom([logged])(1).copiedBytes).toBe(90e6);
		// A newer load that has not answered yet is not the one whose error counts.
		expect(correctionsFrom([{ ...load(1, 400, 380, 0), copiedBytes: 80e6 }, logged])(1).copiedBytes).toBe(90e6);
		expect(correctionsFrom([logged])(2).copiedBytes).toBeNull();
	});

	test('lower an estimate only if the model has answered: until then its buffers were not used', () => {
		expect(correctionsFrom([load(1, 400, 380, 0)])(1).bytes).toBe(0);
		expect(correctionsFrom([load(1, 400, 380, 0), load(1, 400, 385, 1)])(1).bytes).toBe(-15e6);
	});
});
