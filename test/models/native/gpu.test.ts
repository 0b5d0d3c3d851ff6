import { dirname, join } from 'node:path';
import koffi from 'koffi';
import { describe, expect, test } from 'vitest';
import { gpuWarning } from '../../../electron/hosts/cli/gpu-option.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { conditionsOf } from '../../../models/native/conditions.ts';
import { NativeContext } from '../../../models/native/context.ts';
import { chooseOffload, freeVram } from '../../../models/native/gpu-offload.ts';
import {
	backendFor,
	backendObstacle,
	buildUnusableFailure,
	type Computer,
	noDeviceFailure,
} from '../../../models/native/libllama/choose-backend.ts';
import { type DeviceFunctions, listDevices } from '../../../models/native/libllama/devices.ts';
import { findNativeLibrary, hasBuildFor } from '../../../models/native/libllama/find-library.ts';
import { type NativeLibrary, openNativeLibrary } from '../../../models/native/libllama/open-library.ts';
import { NativeModel } from '../../../models/native/model.ts';
import { performTask } from '../../../models/native/perform-task.ts';
import { gpuFacts } from '../../../models/worker/llama/open-llama-engine.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

const computer = (platform: string, arch: string, ...there: string[]): Computer => ({
	platform,
	arch,
	exists: (path: string) => there.includes(path),
});

const plain = computer('linux', 'x64');
const nvidia = computer('linux', 'x64', '/dev/nvidiactl', '/dev/dri');
const apple = computer('darwin', 'arm64');

/** Fakes ggml's functions for these devices: type, name, description, free and total bytes. */
function reporting(...devices: [number, string, string, bigint, bigint][]): DeviceFunctions {
	const at = (device: bigint) => devices[Number(device) - 1]!;
	return {
		ggml_backend_dev_count: () => devices.length,
		ggml_backend_dev_get: (index) => BigInt(index + 1),
		ggml_backend_dev_type: (device) => at(device)[0],
		ggml_backend_dev_name: (device) => at(device)[1],
		ggml_backend_dev_description: (device) => at(device)[2],
		ggml_backend_dev_memory(device, free, total) {
			free[0] = at(device)[3];
			total[0] = at(device)[4];
		},
	};
}

const card: [number, string, string, bigint, bigint] = [1, 'CUDA0', 'NVIDIA RTX 3050', 3_600_000_000n, 4_294_967_296n];
const processor: [number, string, string, bigint, bigint] = [0, 'CPU', 'AMD Ryzen 7', 8_000_000_000n, 16_000_000_000n];

describe('devices', () => {
	test('type and name identify devices, which report their memory', () => {
		const found = listDevices(
			reporting(card, [2, 'Vulkan0', 'AMD Radeon 780M', 1n, 2n], [1, 'MTL0', 'Apple M3', 3n, 4n], processor),
		);
		expect(found.map(({ backend }) => backend)).toEqual(['cuda', 'vulkan', 'metal', null]);
		expect(found[0]).toMatchObject({ freeBytes: 3_600_000_000, totalBytes: 4_294_967_296 });
	});

	test('a device that computes on the CPU is not a GPU, whatever its name', () => {
		const found = listDevices(
			reporting([1, 'Vulkan0', 'llvmpipe (LLVM 19.1.7)', 1n, 2n], [3, 'BLAS', 'Accelerate', 0n, 0n]),
		);
		expect(found.map(({ backend }) => backend)).toEqual([null, null]);
	});

	test('the installed library has only the CPU here, as the real functions report', () => {
		const { functions, devices, gpus, gpuFailure } = openNativeLibrary();
		const found = listDevices(functions);
		expect(found.map(({ name, description }) => `${name}: ${description}`)).toEqual(devices);
		const [cpu] = found.filter(({ name }) => name === 'CPU');
		expect(cpu?.totalBytes).toBeGreaterThan(1e8);
		expect([gpus, gpuFailure]).toEqual([[], null]);
	});
});

describe('back-end', () => {
	test("'auto' chooses a GPU with a driver, never Vulkan", () => {
		expect(backendFor('auto', plain)).toBeNull();
		expect(backendFor('auto', nvidia)).toBe('cuda');
		expect(backendFor('auto', apple)).toBe('metal');
		expect(backendFor('auto', computer('linux', 'x64', '/dev/dri'))).toBeNull();
		expect(backendFor('auto', computer('linux', 'arm64', '/dev/nvidiactl'))).toBeNull();
	});

	test('the requested back-end is chosen, or none for the CPU', () => {
		expect(backendFor('cpu', nvidia)).toBeNull();
		expect(backendFor('cpu', apple)).toBeNull();
		expect(backendFor('vulkan', nvidia)).toBe('vulkan');
	});

	test('a back-end that can’t work has a cause and a next step', () => {
		expect(backendObstacle('cuda', plain)).toMatchObject({
			code: 'gpu-unavailable',
			message: expect.stringContaining('driver'),
		});
		expect(backendObstacle('metal', plain)?.message).toContain('no Metal build for linux on x64');
		expect(backendObstacle('cuda', nvidia)).toBeNull();
		expect(noDeviceFailure('cuda', 'no CUDA-capable device').detail).toBe('no CUDA-capable device');
		const broken = buildUnusableFailure('vulkan', new Error('libvulkan.so.1: cannot open shared object file'));
		expect(broken.message).toContain('Vulkan build can’t be loaded'.replace('’', "'"));
		expect(broken.detail).toContain('libvulkan.so.1');
		const absent = buildUnusableFailure(
			'cuda',
			new Failure({ code: 'native-library-missing', message: 'Not there.', next: [] }),
		);
		expect(absent.message).toContain('not part of this installation');
		for (const { next } of [broken, absent, noDeviceFailure('cuda', '')]) expect(next.length).toBeGreaterThan(1);
	});

	test('each back-end has its own package', () => {
		const asked: string[] = [];
		const resolve = (name: string): string => {
			asked.push(name);
			throw new Error('Cannot find module');
		};
		for (const backend of ['cuda', 'vulkan', null] as const) {
			expect(() => findNativeLibrary('win32', 'x64', resolve, backend)).toThrow('not installed');
		}
		expect(asked.map((name) => name.replace(`${dirname(name)}/`, ''))).toEqual([
			...['win-x64-cuda', 'win-x64-vulkan', 'win-x64'],
		]);
	});

	test('the check falls back to the CPU if the back-end is missing, and says why', async () => {
		const result = await performTask({ kind: 'check', gpu: 'auto' }, () => {}, new AbortController().signal);
		expect(result).toMatchObject({ gpus: [], gpuFailure: null });
		const known = 'obstacles' in result ? result.obstacles.map(({ backend }) => backend) : null;
		const built = (['cuda', 'metal', 'vulkan'] as const).filter((one) =>
			hasBuildFor(one, process.platform, process.arch),
		);
		expect(known).toEqual(built);
	});
});

describe('offload', () => {
	const gpus = listDevices(reporting(card)).filter(({ backend }) => backend !== null);

	test('without a GPU or with 0 layers, nothing is offloaded and no file is read', async () => {
		const needs = { gpuLayers: 'auto', contextSize: 'auto', batchSize: 512 } as const;
		const library = openNativeLibrary();
		expect(await chooseOffload(library, '/nowhere', needs)).toEqual({ layers: 0, share: 0 });
		expect(await chooseOffload({ ...library, gpus }, '/nowhere', { ...needs, gpuLayers: 0 })).toEqual({
			layers: 0,
			share: 0,
		});
		expect(freeVram(library)).toBe(0);
	});

	test('two models scored side by side each get half of the memory', async () => {
		const path = writeTinyGguf(join(temporaryFolder(), 'tiny.gguf'));
		// The tiny model needs a few MB in addition to the 300 MB that stay free.
		const small: typeof card = [card[0], card[1], card[2], 400_000_000n, card[4]];
		const { functions, ...rest } = openNativeLibrary();
		const library = { ...rest, functions: { ...functions, ...reporting(small) }, gpus };
		const needs = { gpuLayers: 'auto', contextSize: 512, batchSize: 512 } as const;
		expect((await chooseOffload(library, path, needs)).layers).toBeGreaterThan(0);
		expect((await chooseOffload(library, path, { ...needs, models: 2 })).layers).toBe(0);
	});

	test('device, layers and memory are reported, or the reason why there is none', () => {
		const library = openNativeLibrary();
		const model = { library: { ...library, gpus }, gpuLayers: 12, facts: { layers: 30 } as never };
		expect(gpuFacts(model, 81_000_000)).toEqual({
			backend: 'cuda',
			gpu: { device: 'CUDA0: NVIDIA RTX 3050', layers: 12, ofLayers: 31, usedBytes: 81_000_000 },
		});
		const gpuFailure = noDeviceFailure('cuda', '');
		expect(gpuFacts({ ...model, library: { ...library, gpuFailure }, gpuLayers: 0 }, 0)).toEqual({
			backend: 'cpu',
			gpuFailure,
		});
		expect(gpuFacts({ ...model, library, gpuLayers: 0 }, 0)).toEqual({ backend: 'cpu' });
	});
});

describe('parameters', () => {
	/** Creates a library that records its arguments; it loads a model of 30 layers and creates no context. */
	function noting(): { library: NativeLibrary; given: Record<string, unknown>[] } {
		const { functions, ...rest } = openNativeLibrary();
		const given: Record<string, unknown>[] = [];
		const noted = {
			...functions,
			llama_model_load_from_file: {
				async(_path: string, params: Record<string, unknown>, done: (error: null, result: bigint) => void) {
					given.push(params);
					done(null, 1n);
				},
			},
			llama_init_from_model(_model: bigint, params: Record<string, unknown>) {
				given.push(params);
				return null;
			},
			llama_model_get_vocab: () => 2n,
			llama_vocab_get_add_bos: () => false,
			llama_vocab_bos: () => 1,
			llama_model_meta_val_str: () => -1,
			llama_model_desc: () => -1,
			llama_model_n_params: () => 1,
			llama_model_size: () => 1,
			llama_model_n_layer: () => 30,
			llama_model_n_embd: () => 576,
			llama_model_n_head: () => 9,
			llama_model_n_head_kv: () => 3,
			llama_model_n_ctx_train: () => 8192,
			llama_vocab_n_tokens: () => 384,
		} as unknown as NativeLibrary['functions'];
		return { library: { ...rest, functions: noted }, given };
	}

	test.each([
		{ gpuLayers: 0, layers: 0, offload: false },
		{ gpuLayers: 12, layers: 12, offload: true },
		{ gpuLayers: 99, layers: 31, offload: true },
	])('$gpuLayers layers are passed to llama.cpp for the weights, and for cache and computation', async (each) => {
		const { library, given } = noting();
		const model = await NativeModel.open(library, '/some.gguf', { checkTensors: false, gpuLayers: each.gpuLayers });
		expect(model?.gpuLayers).toBe(each.layers);
		expect(() => new NativeContext(model!, { contextSize: 256, batchSize: 32, threads: 1 })).toThrow(
			'could not set up',
		);
		expect(given[0]).toMatchObject({ n_gpu_layers: each.gpuLayers });
		expect(given[1]).toMatchObject({ offload_kqv: each.offload, op_offload: each.offload });
	});

	test('offsets are those of llama.h of v0.4.0', () => {
		const { structs } = openNativeLibrary();
		expect(koffi.offsetof(structs.modelParams, 'n_gpu_layers')).toBe(16);
		expect(koffi.offsetof(structs.contextParams, 'offload_kqv')).toBe(
			koffi.offsetof(structs.contextParams, 'embeddings') + 1,
		);
		expect(koffi.offsetof(structs.contextParams, 'op_offload')).toBe(
			koffi.offsetof(structs.contextParams, 'embeddings') + 3,
		);
	});
});

test('a measurement without the requested GPU says so, and why', () => {
	const gpuFailure = { code: 'gpu-missing', message: 'No driver for CUDA was found.', next: ['Install the driver'] };
	const library = { ...openNativeLibrary(), gpuFailure };
	expect(conditionsOf(library, 2).gpuFailure).toEqual(gpuFailure);
	expect(conditionsOf(openNativeLibrary(), 2)).not.toHaveProperty('gpuFailure');
	expect(gpuWarning(gpuFailure)).toBe(
		'warning: the processor computed everything. No driver for CUDA was found.\n  - Install the driver',
	);
});
