import { describe, expect, test } from 'vitest';
import type { ComputeDevice } from '../../../electron/contract/library/schema.ts';
import { gpuConditions, gpuOptions } from '../../../electron/library/gpu-settings.ts';
import { computeFit, vramFor } from '../../../electron/library/model-fit.ts';
import { probeEngine } from '../../../electron/library/probe-engine.ts';
import type { ModelShape } from '../../../models/fit/model-shape.ts';
import { assumeProcessor } from '../../../models/fit/processor.ts';

const cpu: ComputeDevice = { kind: 'cpu', name: 'AMD Ryzen 7', memoryBytes: 16e9 };
const cuda: ComputeDevice = { kind: 'cuda', name: 'NVIDIA RTX 3050', memoryBytes: 4e9, freeBytes: 3.6e9 };
const vulkan: ComputeDevice = { kind: 'vulkan', name: 'AMD Radeon 780M', memoryBytes: 8e9, freeBytes: 7e9 };
const metal: ComputeDevice = { kind: 'metal', name: 'Apple M3', memoryBytes: 16e9, freeBytes: 12e9 };

/** A model of 4.7 GB with 28 layers. */
const shape: ModelShape = {
	architecture: 'qwen2',
	trainedContext: 32_768,
	embeddingLength: 3584,
	feedForwardLength: 18_944,
	heads: 28,
	headLength: 128,
	vocabularySize: 152_064,
	merges: 151_387,
	slidingWindow: 0,
	layers: Array.from({ length: 28 }, () => ({ keyLength: 512, valueLength: 512, sliding: false, stateLength: 0 })),
	tensors: [
		{ name: 'token_embd.weight', type: 'Q5_K', bytes: 300e6, dimensions: [3584, 152_064] },
		{ name: 'output.weight', type: 'Q6_K', bytes: 450e6, dimensions: [3584, 152_064] },
		...Array.from({ length: 28 }, (_, layer) => ({
			name: `blk.${layer}.ffn_up.weight`,
			type: 'Q6_K',
			bytes: 140e6,
			dimensions: [3584, 18_944],
		})),
	],
};

const room = { totalBytes: 16e9, freeBytes: 9e9 };

function fitting(asked: Parameters<typeof computeFit>[2], devices: readonly ComputeDevice[]) {
	return computeFit(
		1,
		shape,
		asked,
		room,
		{ bytes: 0, copiedBytes: null, last: null },
		assumeProcessor('x64'),
		vramFor(devices, asked.gpu),
	);
}

describe('the device of a model', () => {
	test('is CUDA or Metal by default, never Vulkan, and never one that is absent', () => {
		expect(vramFor([cpu, vulkan])).toBeNull();
		expect(vramFor([cpu, cuda, vulkan])).toEqual({ freeBytes: 3.6e9 });
		expect(vramFor([cpu, cuda, cuda])).toEqual({ freeBytes: 7.2e9 });
		expect(vramFor([cpu, metal])).toEqual({ freeBytes: null });
		expect(vramFor([cpu, cuda, vulkan], 'vulkan')).toEqual({ freeBytes: 7e9 });
		expect(vramFor([cpu, cuda], 'cpu')).toBeNull();
		expect(vramFor([cpu, { ...cuda, absent: 'No driver.' }])).toBeNull();
	});

	test('comes from the engine: each kind with its devices, or why there are none', async () => {
		const { found, available } = await probeEngine({ everyGpu: true });
		expect(available).toBe(true);
		for (const { kind, absent, memoryBytes } of found ?? []) {
			expect(kind).not.toBe('cpu');
			expect(absent === undefined ? (memoryBytes ?? 0) > 0 : absent.length > 10).toBe(true);
		}
	});

	test('is recorded with a measurement, which uses the model’s own choice', () => {
		expect(gpuConditions({ devices: ['CPU: AMD Ryzen 7'] })).toEqual({});
		expect(gpuConditions({ devices: ['CUDA0: NVIDIA RTX 3050', 'CPU: AMD Ryzen 7'], gpuLayers: 12 })).toEqual({
			gpu: 'CUDA0: NVIDIA RTX 3050, 12 layers',
		});
		expect(gpuOptions({ gpu: 'cuda', threads: 2 })).toEqual({ gpu: 'cuda' });
		expect(gpuOptions({})).toEqual({});
	});
});

describe('the fit', () => {
	test('stays the same without a GPU, whatever layers were chosen', () => {
		const plain = fitting({}, [cpu]);
		expect(plain).toMatchObject({ vramBytes: 0, gpu: null, options: { gpuLayers: 0 } });
		expect(fitting({ gpuLayers: 12 }, [cpu])).toEqual(plain);
		expect(fitting({ gpu: 'cpu', gpuLayers: 12 }, [cpu, cuda])).toEqual(plain);
	});

	test('moves as many layers as possible onto the GPU, and out of main memory', () => {
		const plain = fitting({}, [cpu]);
		const moved = fitting({}, [cpu, cuda]);
		expect(moved.gpu).toMatchObject({ most: 29, freeBytes: 3.6e9 });
		expect(moved.options.gpuLayers).toBeGreaterThan(10);
		expect(moved.options.gpuLayers).toBeLessThan(29);
		expect(moved.vramBytes).toBeLessThan(3.6e9 - 300e6);
		const layers = moved.options.gpuLayers - 1;
		expect(plain.needBytes - moved.needBytes).toBeGreaterThan(layers * 140e6 + 450e6);
		expect(fitting({}, [cpu, { ...cuda, freeBytes: 12e9 }]).gpu?.layers).toBe(29);
	});

	test('fails if the chosen layers exceed the GPU’s memory', () => {
		expect(fitting({ gpuLayers: 29 }, [cpu, cuda]).verdict).toBe('wont-fit');
		expect(fitting({ gpuLayers: 4 }, [cpu, cuda])).toMatchObject({ verdict: 'fits', gpu: { layers: 4 } });
	});

	test('counts everything as main memory if the GPU shares it', () => {
		expect(fitting({}, [cpu, metal])).toMatchObject({
			vramBytes: 0,
			needBytes: fitting({}, [cpu]).needBytes,
			gpu: { layers: 29, most: 29, freeBytes: null },
		});
	});
});
