import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type QuantizeType, quantizeTypeSchema } from '../../../../models/contract/native/tasks.ts';
import { predictQuantizedSize } from '../../../../models/gguf/quantized-size.ts';
import { readGguf } from '../../../../models/gguf/read-gguf.ts';
import { openNativeLibrary } from '../../../../models/native/libllama/open-library.ts';
import { QuantizeLog } from '../../../../models/native/quantize/quantize-log.ts';
import { ftypeOf } from '../../../../models/native/quantize/quantize-types.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { writeStarterAsF16 } from '../../../support/starter-f16.ts';
import { type TinyGgufOptions, writeTinyGguf } from '../../../support/tiny-gguf.ts';

let folder: string;
let f16: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'assay-sizes-'));
	f16 = join(folder, 'f16.gguf');
	await writeStarterAsF16(f16);
});

afterAll(() => rmSync(folder, { recursive: true }));

/**
 * What llama.cpp says that it would write: all tensors, in MiB rounded to two digits; null if it refuses the type.
 */
function plan(input: string, type: QuantizeType): number | null {
	const { functions, log } = openNativeLibrary();
	const reader = new QuantizeLog(type);
	log.clear();
	log.onLine = (line) => reader.line(line);
	const params = {
		...functions.llama_model_quantize_default_params(),
		...{ nthread: 1, ftype: ftypeOf(type), allow_requantize: true, dry_run: true },
	};
	const code = functions.llama_model_quantize(input, join(folder, 'none.gguf'), params);
	log.onLine = null;
	return code === 0 ? reader.sizeBytes : null;
}

/** Compares every type with llama.cpp's plan, within its rounding and the padding of the tensors. */
async function compare(path: string): Promise<void> {
	const { header } = await readGguf(path);
	for (const type of quantizeTypeSchema.options) {
		const planned = plan(path, type);
		const predicted = predictQuantizedSize(header, type);
		if (planned === null || predicted === null) {
			expect(predicted?.type ?? null, type).toBe(planned);
			continue;
		}
		const apart = Math.abs(predicted.sizeBytes - header.dataOffset - planned);
		expect(apart, `${type}: ${predicted.sizeBytes} and ${planned}`).toBeLessThan(11_000 + 32 * header.tensors.length);
	}
}

test('the predicted size of every type is what llama.cpp plans for the starter model', async () => {
	await compare(f16);
});

test('quantised files have the predicted size to the byte, and the predicted fallbacks', async () => {
	const { header } = await readGguf(f16);
	const types: QuantizeType[] = ['Q8_0', 'Q5_K_M', 'Q4_K_M', 'Q3_K_M', 'Q2_K'];
	const outputs = types.map((type) => ({ type, path: join(folder, `${type}.gguf`) }));
	const { result } = await runNativeTask({ kind: 'quantize', input: f16, outputs, threads: 2 });
	expect(types.map((type) => predictQuantizedSize(header, type))).toEqual(
		result.outputs.map(({ type, path, fallbacks }) => ({
			type,
			sizeBytes: statSync(path).size,
			fallbacks: fallbacks.length,
			tensors: header.tensors.length,
		})),
	);
}, 120_000);

/** A tiny model with rows eight times as wide, so that they divide into every block. */
const wide: TinyGgufOptions = {
	layers: 16,
	metadata: {
		'llama.embedding_length': { type: 'uint32', value: 512 },
		'llama.feed_forward_length': { type: 'uint32', value: 1024 },
		'llama.rope.dimension_count': { type: 'uint32', value: 128 },
	},
	tensors: (tensors) =>
		tensors.map(({ name, type, dimensions }) => {
			const more = dimensions.map((length) => (Number(length) < 300 ? 8 * Number(length) : Number(length)));
			return { name, type, dimensions: more, data: new Uint8Array(4 * more.reduce((all, each) => all * each, 1)) };
		}),
};

test.each([
	['rows that divide into every block', {}],
	['four query heads for each key head', { 'llama.attention.head_count_kv': { type: 'uint32', value: 1 } }],
	[
		'eight experts',
		{ 'llama.expert_count': { type: 'uint32', value: 8 }, 'llama.expert_used_count': { type: 'uint32', value: 2 } },
	],
] as const)('every type is predicted for a model with %s', async (_, metadata) => {
	const path = writeTinyGguf(join(folder, 'wide.gguf'), { ...wide, metadata: { ...wide.metadata, ...metadata } });
	await compare(path);
	const tied = (tensors: Parameters<NonNullable<TinyGgufOptions['tensors']>>[0]) =>
		wide.tensors!(tensors.filter(({ name }) => name !== 'output.weight'));
	await compare(
		writeTinyGguf(join(folder, 'tied.gguf'), { ...wide, tensors: tied, metadata: { ...wide.metadata, ...metadata } }),
	);
});
