import { describe, expect, test } from 'vitest';
import { headroomBytes, largestContext, leversOf, needOf, verdictOf } from '../../../models/fit/fit-verdict.ts';
import { layersOf, layersThatFit } from '../../../models/fit/gpu-layers.ts';
import { kvBytes, kvTypeFits, stateBytes } from '../../../models/fit/kv-cache.ts';
import { type EstimateOptions, estimateParts, sumParts } from '../../../models/fit/memory-estimate.ts';
import { type ModelShape, readModelShape } from '../../../models/fit/model-shape.ts';
import { assumeProcessor, type Processor, parseSystemInfo } from '../../../models/fit/processor.ts';
import { secondCopies } from '../../../models/fit/second-copies.ts';
import type { GgufHeader, GgufValue } from '../../../models/gguf/header.ts';

/** A processor with AVX2 only. */
const x64 = assumeProcessor('x64');

const usual: EstimateOptions = {
	contextSize: 8192,
	keyType: 'F16',
	valueType: 'F16',
	flashAttention: true,
	mapWeights: true,
	batchSize: 512,
	gpuLayers: 0,
};

function header(
	architecture: string,
	keys: Record<string, GgufValue>,
	tensors: GgufHeader['tensors'] = [],
): GgufHeader {
	const metadata = new Map<string, GgufValue>([['general.architecture', architecture]]);
	for (const [key, value] of Object.entries(keys)) metadata.set(key.replace('$', architecture), value);
	return { version: 3, metadata, valueTypes: new Map(), tensors, dataOffset: 0, alignment: 32 };
}

const list = (length: number): GgufValue => ({ length, itemType: 8, position: 0 });

/** SmolLM2 135M (docs/formulas.md#published-figures-used-by-tests). */
const smol = (): ModelShape =>
	readModelShape(
		header('llama', {
			'$.context_length': 8192,
			'$.block_count': 30,
			'$.embedding_length': 576,
			'$.feed_forward_length': 1536,
			'$.attention.head_count': 9,
			'$.attention.head_count_kv': 3,
			'tokenizer.ggml.tokens': list(49_152),
		}),
	);

describe('KV cache', () => {
	test('30 layers of 3 heads of 64, keys and values, 16 bits, match llama.cpp byte for byte', () => {
		// "llama_kv_cache: CPU KV buffer size = 180.00 MiB" for this model at 8,192 tokens.
		expect(kvBytes(smol(), { ...usual, contextSize: 8192 })).toBe(180 * 2 ** 20);
		expect(kvBytes(smol(), { ...usual, contextSize: 2048 })).toBe(45 * 2 ** 20);
	});

	test('the size grows in steps of 256 tokens', () => {
		expect(kvBytes(smol(), { ...usual, contextSize: 257 })).toBe(kvBytes(smol(), { ...usual, contextSize: 512 }));
	});

	test('Q8_0 takes 34 bytes for 32 values, Q4_0 takes 18', () => {
		const exact = kvBytes(smol(), usual);
		expect(kvBytes(smol(), { ...usual, keyType: 'Q8_0', valueType: 'Q8_0' }) / exact).toBe(34 / 64);
		expect(kvBytes(smol(), { ...usual, keyType: 'Q4_0', valueType: 'Q4_0' }) / exact).toBe(18 / 64);
	});

	test('sliding layers are kept whole by the engine, and could be limited to the window', () => {
		const gemma = readModelShape(
			header('gemma3', {
				'$.context_length': 32_768,
				'$.block_count': 18,
				'$.embedding_length': 640,
				'$.attention.head_count': 4,
				'$.attention.head_count_kv': 1,
				'$.attention.key_length': 256,
				'$.attention.value_length': 256,
				'$.attention.sliding_window': 512,
			}),
		);
		// Every sixth layer attends to everything: 3 of 18.
		expect(gemma.layers.filter(({ sliding }) => !sliding)).toHaveLength(3);
		const perLayer = 2 * 256 * 2;
		expect(kvBytes(gemma, usual)).toBe(18 * 8192 * perLayer);
		expect(kvBytes(gemma, { ...usual, wholeWindows: false })).toBe((3 * 8192 + 15 * 1024) * perLayer);
	});

	test('a hybrid caches only its layers with heads; the others have a state of fixed size', () => {
		const hybrid = readModelShape(
			header('jamba', {
				'$.context_length': 4096,
				'$.block_count': 4,
				'$.embedding_length': 64,
				'$.attention.head_count': 4,
				'$.attention.head_count_kv': [0, 2, 0, 0],
				'$.ssm.inner_size': 128,
				'$.ssm.state_size': 16,
				'$.ssm.conv_kernel': 4,
			}),
		);
		expect(kvBytes(hybrid, { ...usual, contextSize: 1024 })).toBe(1024 * 2 * 2 * 16 * 2);
		expect(stateBytes(hybrid)).toBe(3 * (3 * 128 + 16 * 128) * 4);
	});

	test('latent attention holds one compressed vector and no values', () => {
		const latent = readModelShape(
			header('deepseek2', {
				'$.context_length': 4096,
				'$.block_count': 2,
				'$.embedding_length': 64,
				'$.attention.head_count': 16,
				'$.attention.head_count_kv': 1,
				'$.attention.key_length': 576,
				'$.attention.value_length': 512,
				'$.attention.key_length_mla': 192,
			}),
		);
		expect(kvBytes(latent, { ...usual, contextSize: 256 })).toBe(256 * 2 * 576 * 2);
	});

	test('a cache can be quantised if 32 divides the heads', () => {
		expect(kvTypeFits(smol(), 'Q8_0')).toBe(true);
		expect(kvTypeFits({ ...smol(), headLength: 80 }, 'Q8_0')).toBe(false);
	});
});

describe('weights', () => {
	const tensors = (type: string): GgufHeader['tensors'] => [
		{ name: 'token_embd.weight', dimensions: [576, 1000], type, elements: 1, bytes: 1_000_000, offset: 0 },
		{ name: 'blk.0.attn_q.weight', dimensions: [576, 576], type, elements: 1, bytes: 500_000, offset: 0 },
		{ name: 'output.weight', dimensions: [576, 1000], type: 'Q6_K', elements: 1, bytes: 700_000, offset: 0 },
	];
	const shape = (type: string): ModelShape => ({
		...smol(),
		tensors: readModelShape(header('llama', {}, tensors(type))).tensors,
	});
	const partOf = (kind: string, type: string, options = usual): number =>
		estimateParts(shape(type), options, x64).find((part) => part.kind === kind)?.bytes ?? 0;

	test('repacked weights take a second copy, and with mapping the file stays in memory too', () => {
		expect([partOf('weights', 'Q4_1'), partOf('repacked', 'Q4_1')]).toEqual([2_200_000, 0]);
		expect([partOf('weights', 'Q4_0'), partOf('repacked', 'Q4_0')]).toEqual([2_200_000, 500_000]);
		const copied = { ...usual, mapWeights: false };
		expect([partOf('weights', 'Q4_0', copied), partOf('repacked', 'Q4_0', copied)]).toEqual([1_700_000, 500_000]);
	});

	test('weights that the load did not copy after all stay where they are', () => {
		const weights = (loggedCopyBytes: number) =>
			estimateParts({ ...shape('Q4_0'), loggedCopyBytes }, { ...usual, mapWeights: false }, x64)[0]?.bytes;
		expect([weights(0), weights(250_000), weights(500_000)]).toEqual([2_200_000, 1_950_000, 1_700_000]);
	});

	test('embeddings that are also the output are held in both layouts, with or without mapping', () => {
		const amx: Processor = { ...x64, features: new Set(['AMX_INT8', 'AVX2']) };
		const tied = { ...shape('Q8_0'), tensors: shape('Q8_0').tensors.filter(({ name }) => name !== 'output.weight') };
		// 1000 rows are no whole number of AMX tiles, 1024 are.
		const [embeddings, ...others] = tied.tensors;
		const tensors = [{ ...embeddings!, dimensions: [576, 1024] }, ...others];
		const bytes = (mapWeights: boolean) =>
			estimateParts({ ...tied, tensors }, { ...usual, mapWeights }, amx)
				.filter(({ kind }) => kind === 'weights' || kind === 'repacked')
				.map((part) => part.bytes);
		const copies = Math.round((1_500_000 * 38) / 34);
		expect([bytes(true), bytes(false)]).toEqual([
			[1_500_000, copies],
			[1_000_000, copies],
		]);
	});

	test('weights move to the GPU by layer, with their part of the cache', () => {
		const parts = estimateParts(shape('Q4_1'), { ...usual, gpuLayers: 31 }, x64);
		expect(sumParts(parts, 'vram')).toBeGreaterThan(kvBytes(shape('Q4_1'), usual));
		expect(parts.filter(({ where }) => where === 'ram').map(({ kind }) => kind)).toEqual([
			// The token embeddings stay.
			...['weights', 'compute', 'process'],
		]);
		const weights = (gpuLayers: number): number[] =>
			(['ram', 'vram'] as const).map((place) =>
				estimateParts(shape('Q4_1'), { ...usual, gpuLayers }, x64)
					.filter(({ kind, where }) => kind === 'weights' && where === place)
					.reduce((sum, { bytes }) => sum + bytes, 0),
			);
		expect(weights(0)).toEqual([2_200_000, 0]);
		// The output first, then layers from the last one.
		expect(weights(1)).toEqual([1_500_000, 700_000]);
		expect(weights(30)).toEqual([1_500_000, 700_000]);
		expect(weights(31)).toEqual([1_000_000, 1_200_000]);
	});
});

describe('second copies of weights', () => {
	// Output of llama_print_system_info on processors with AVX2, AVX-512, AMX (Sapphire Rapids), and on an ARM server.
	const systemInfos = {
		avx2: 'CPU : SSE3 = 1 | SSSE3 = 1 | AVX = 1 | AVX2 = 1 | F16C = 1 | FMA = 1 | BMI2 = 1 | LLAMAFILE = 1 | REPACK = 1 | ',
		avx512:
			'CUDA : ARCHS = 500 | CPU : SSE3 = 1 | AVX = 1 | AVX2 = 1 | F16C = 1 | FMA = 1 | AVX512 = 1 | AVX512_VNNI = 1 | LLAMAFILE = 1 | REPACK = 1 | ',
		amx: 'CPU : SSE3 = 1 | AVX = 1 | AVX2 = 1 | AVX512 = 1 | AVX512_VNNI = 1 | AVX512_BF16 = 1 | AMX_INT8 = 1 | LLAMAFILE = 1 | REPACK = 1 | ',
		arm: 'CPU : NEON = 1 | ARM_FMA = 1 | MATMUL_INT8 = 1 | DOTPROD = 1 | LLAMAFILE = 1 | REPACK = 1 | ',
	};

	function copied(
		kind: keyof typeof systemInfos,
		type: string,
		{ name = 'blk.0.ffn_up.weight', dimensions = [576, 1536], tied = false } = {},
	): number {
		const processor = parseSystemInfo(systemInfos[kind]);
		if (processor === null) throw new Error('not understood');
		return secondCopies([{ name, type, bytes: 1_000_000, dimensions }], processor, tied).copyBytes;
	}

	test.each([
		['avx2', ['Q4_0', 'Q4_K', 'IQ4_NL', 'MXFP4']],
		['avx512', ['Q2_K', 'Q4_0', 'Q4_K', 'IQ4_NL', 'MXFP4']],
		// Types that AMX does not take are repacked for AVX.
		['amx', ['F16', 'Q2_K', 'Q4_0', 'Q4_1', 'Q4_K', 'Q5_K', 'Q6_K', 'Q8_0', 'IQ4_NL', 'IQ4_XS', 'MXFP4']],
		['arm', ['Q4_0', 'Q4_K', 'Q5_K', 'Q6_K', 'Q8_0', 'IQ4_NL', 'MXFP4']],
	] as const)('%s copies %j, and no other type', (kind, types) => {
		const all = [
			...['F32', 'F16', 'BF16', 'Q2_K', 'Q3_K', 'Q4_0', 'Q4_1', 'Q4_K', 'Q5_0', 'Q5_1', 'Q5_K', 'Q6_K', 'Q8_0'],
			...['IQ4_NL', 'IQ4_XS', 'IQ2_XXS', 'MXFP4'],
		];
		expect(all.filter((type) => copied(kind, type, { dimensions: [1024, 1536] }) > 0)).toEqual(types);
	});

	test('on AMX include sums and unpacked scales', () => {
		const wide = { dimensions: [1024, 1536] };
		expect(['Q4_1', 'F16', 'Q6_K'].map((type) => copied('amx', type, wide))).toEqual([1e6, 1e6, 1e6]);
		// A block of 34, 144 or 176 bytes grows by 4; one of 136 grows by 2.
		expect(['Q8_0', 'Q4_K', 'Q5_K', 'IQ4_XS'].map((type) => copied('amx', type, wide))).toEqual([
			...[1_117_647, 1_027_778, 1_022_727, 1_014_706],
		]);
	});

	test('need rows and lengths that fill whole tiles', () => {
		expect(copied('amx', 'Q4_1', { dimensions: [576, 1520] })).toBe(0);
		expect(copied('amx', 'Q6_K', { dimensions: [576, 1536] })).toBe(0);
		expect(copied('avx2', 'Q4_0', { dimensions: [576, 1532] })).toBe(0);
		expect(copied('arm', 'Q4_0', { dimensions: [576, 1532] })).toBe(1_000_000);
	});

	test('exclude looked-up weights, unless these also serve as the output', () => {
		for (const kind of ['avx2', 'amx'] as const) {
			expect(copied(kind, 'Q4_0', { name: 'token_embd.weight' })).toBe(0);
			expect(copied(kind, 'Q4_0', { name: 'token_embd.weight', tied: true })).toBe(1_000_000);
			expect(copied(kind, 'Q4_0', { name: 'per_layer_token_embd.weight', tied: true })).toBe(0);
		}
	});

	test('include experts on AVX, never on AMX', () => {
		const experts = { name: 'blk.0.ffn_up_exps.weight', dimensions: [1024, 1536, 8] };
		expect([copied('amx', 'Q4_0', experts), copied('amx', 'Q4_1', experts)]).toEqual([1_000_000, 0]);
	});

	test('follow the flags of the system until the engine has been asked', () => {
		const flags = new Set(
			'avx2 avx512f avx512cd avx512vl avx512dq avx512bw avx512vbmi avx512_vnni avx512_bf16'.split(' '),
		);
		expect([...assumeProcessor('x64', flags).features].sort()).toEqual(['AVX2', 'AVX512', 'REPACK']);
		expect(assumeProcessor('x64', new Set([...flags, 'amx_int8'])).features.has('AMX_INT8')).toBe(true);
		expect(assumeProcessor('x64', new Set(['amx_int8'])).features.has('AMX_INT8')).toBe(false);
		expect(parseSystemInfo('CUDA : ARCHS = 500 | ')).toBeNull();
	});
});

describe('layers for a GPU', () => {
	const { gpuLayers: _none, ...options } = usual;
	const need = (gpuLayers: number): number => sumParts(estimateParts(smol(), { ...usual, gpuLayers }, x64), 'vram');

	test('all layers go on the GPU if everything fits with 300 MB to spare, none if not even the output fits', () => {
		expect(layersThatFit(smol(), options, need(31) + 300e6)).toBe(layersOf(smol()));
		expect(layersThatFit(smol(), options, 300e6)).toBe(0);
	});

	test('in between, as many layers as fit go on the GPU, and one byte less means one layer less', () => {
		expect(layersThatFit(smol(), options, need(17) + 300e6)).toBe(17);
		expect(layersThatFit(smol(), options, need(17) + 300e6 - 1)).toBe(16);
	});

	test('layers include their own part of the cache', () => {
		const cache = (gpuLayers: number, place: string): number =>
			estimateParts(smol(), { ...usual, gpuLayers }, x64).find(({ kind, where }) => kind === 'kv' && where === place)
				?.bytes ?? 0;
		expect(cache(16, 'ram') + cache(16, 'vram')).toBe(kvBytes(smol(), usual));
		expect(cache(16, 'ram')).toBe(cache(16, 'vram'));
	});
});

describe('verdict', () => {
	const total = 16_000_000_000;
	const room = { totalBytes: total, freeBytes: 6_900_000_000 };

	test('a sixteenth of the memory stays free, and half as much to spare counts as tight', () => {
		expect(headroomBytes(total)).toBe(1_000_000_000);
		expect(verdictOf(5_400_000_000, room)).toBe('fits');
		expect(verdictOf(5_450_000_000, room)).toBe('tight');
		expect(verdictOf(5_900_000_001, room)).toBe('wont-fit');
	});

	test('each lever frees what it says and changes the verdict', () => {
		const need = needOf(smol(), usual, x64);
		const small = { totalBytes: 1_000_000_000, freeBytes: need + 250_000_000 + 20_000_000 };
		const levers = leversOf(smol(), usual, x64, small);
		expect(levers.map(({ change }) => change)).toEqual([
			{ contextSize: 4096 },
			{ contextSize: 2048 },
			{ keyType: 'Q8_0', valueType: 'Q8_0' },
			{ keyType: 'Q4_0', valueType: 'Q4_0' },
		]);
		for (const { change, freesBytes, verdict } of levers) {
			const then = needOf(smol(), { ...usual, ...change }, x64);
			expect([need - then, verdictOf(then, small)]).toEqual([freesBytes, verdict]);
		}
	});

	test('the largest context is the last that fits, and at most the trained length', () => {
		const need = needOf(smol(), { ...usual, contextSize: 3072 }, x64);
		const small = { totalBytes: 1_000_000_000, freeBytes: need + headroomBytes(1_000_000_000) };
		expect(largestContext(smol(), usual, x64, small)).toBe(3072);
		expect(largestContext(smol(), usual, x64, room)).toBe(8192);
		expect(largestContext(smol(), usual, x64, { totalBytes: 1e9, freeBytes: 1e6 })).toBe(0);
	});
});
