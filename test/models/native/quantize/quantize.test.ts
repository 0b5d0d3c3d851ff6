import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { QuantizeResult, QuantizeTask } from '../../../../models/contract/native/tasks.ts';
import { readGgufFacts } from '../../../../models/gguf/read-gguf.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { failureOf } from '../../../support/failure.ts';
import { prose, workshop } from '../tiny.ts';

type Task = Partial<QuantizeTask> & Pick<QuantizeTask, 'input' | 'outputs'>;

async function quantize(task: Task): Promise<QuantizeResult> {
	return (await runNativeTask({ kind: 'quantize', threads: 1, ...task })).result;
}

describe('results', () => {
	test('one input gives several types, each complete, with its size, hash and fallbacks', async () => {
		const shop = workshop();
		const input = shop.model('a.gguf');
		const outputs = (['F16', 'Q8_0', 'Q4_K_M'] as const).map((type) => ({ type, path: shop.path(`${type}.gguf`) }));
		const result = await quantize({ input, outputs });
		for (const [index, output] of result.outputs.entries()) {
			const facts = await readGgufFacts(output.path);
			const sha256 = createHash('sha256').update(readFileSync(output.path)).digest('hex');
			expect(output).toMatchObject({ type: outputs[index]?.type, sha256, sizeBytes: facts.sizeBytes });
			expect(facts.quantization).toBe(output.type);
		}
		const [f16, q8, q4] = result.outputs;
		expect(f16?.bitsPerWeight).toBeGreaterThan(q8?.bitsPerWeight ?? 99);
		expect(q8?.fallbacks).toEqual([]);
		// Seven matrices in each of two layers, the token table and the output matrix.
		expect(q4?.fallbacks.length).toBe(2 * 7 + 2);
		expect(q4?.fallbacks).toContainEqual({
			tensor: 'blk.1.ffn_down.weight',
			from: 'Q6_K',
			to: 'Q8_0',
			reason: "its rows of 128 don't divide into blocks of 256",
		});
		expect(result).toMatchObject({ warnings: [], imatrix: null, source: { path: input, quantization: 'F32' } });
		expect(readdirSync(dirname(input)).filter((name) => name.includes('part'))).toEqual([]);
	});

	test('requantising is refused unless allowed, and then carries a warning', async () => {
		const shop = workshop();
		const q8 = shop.path('q8.gguf');
		await quantize({ input: shop.model('a.gguf'), outputs: [{ type: 'Q8_0', path: q8 }] });
		const again: Task = { input: q8, outputs: [{ type: 'Q4_0', path: shop.path('q4.gguf') }] };
		const failure = await failureOf(() => quantize(again));
		expect(failure.code).toBe('source-quantized');
		expect(existsSync(shop.path('q4.gguf'))).toBe(false);
		expect((await quantize({ ...again, allowRequantize: true })).warnings).toMatchObject([{ code: 'requantized' }]);
	});

	test('an importance matrix computed here works for types that need one, and the file names it without its folder', async () => {
		const shop = workshop();
		const input = shop.model('a.gguf');
		const outputs: QuantizeTask['outputs'] = [{ type: 'IQ2_XXS', path: shop.path('iq2.gguf') }];
		// Rows of 64 fall back to IQ4_NL, which does not need a matrix but uses it.
		const text = shop.text('words.txt', prose);
		const imatrix = shop.path('a.imatrix.gguf');
		const made = await runNativeTask({
			kind: 'imatrix',
			model: input,
			text,
			output: imatrix,
			contextSize: 64,
			threads: 1,
		});
		expect(made.result).toMatchObject({ entries: 14, warnings: [{ code: 'few-tokens' }] });
		const withMatrix = await quantize({ input, outputs, imatrix });
		expect(withMatrix.imatrix).toEqual({
			path: imatrix,
			entries: 14,
			chunks: made.result.chunks,
			datasets: ['words.txt'],
		});
		const bytes = readFileSync(shop.path('iq2.gguf')).toString('latin1');
		expect(bytes).toContain('a.imatrix.gguf');
		expect(bytes).not.toContain(dirname(imatrix));
		const [plain] = (await quantize({ input, outputs, overwrite: true })).outputs;
		expect(plain?.sha256).not.toBe(withMatrix.outputs[0]?.sha256);
	});

	test('the same task gives the same bytes with any number of threads', async () => {
		const shop = workshop();
		const input = shop.model('a.gguf');
		const hashes = [];
		for (const threads of [1, 2]) {
			const outputs: QuantizeTask['outputs'] = [{ type: 'Q4_0', path: shop.path(`${threads}.gguf`) }];
			hashes.push((await quantize({ input, outputs, threads })).outputs[0]?.sha256);
		}
		expect(hashes[0]).toBe(hashes[1]);
	});
});

describe('failures', () => {
	test('existing files, missing folders and the source itself are not overwritten', async () => {
		const shop = workshop();
		const input = shop.model('a.gguf');
		const codeOf = async (path: string, overwrite = false): Promise<string> =>
			(await failureOf(() => quantize({ input, outputs: [{ type: 'Q8_0', path }], overwrite }))).code;
		const other = shop.text('other.gguf', 'mine');
		expect(await codeOf(other)).toBe('output-exists');
		expect(readFileSync(other, 'utf8')).toBe('mine');
		expect(await codeOf(input, true)).toBe('output-is-input');
		expect(await codeOf(shop.path('none/x.gguf'))).toBe('output-folder-missing');
		expect(await codeOf(dirname(input), true)).toBe('output-exists');
	});

	test('an invalid matrix, or one of another model, is refused', async () => {
		const shop = workshop();
		const input = shop.model('a.gguf');
		const outputs: QuantizeTask['outputs'] = [{ type: 'Q4_0', path: shop.path('q4.gguf') }];
		const codeOf = async (imatrix: string): Promise<string> =>
			(await failureOf(() => quantize({ input, outputs, imatrix }))).code;
		expect(await codeOf(shop.path('none'))).toBe('imatrix-unreadable');
		expect(await codeOf(shop.text('words', prose))).toBe('imatrix-unreadable');
		expect(await codeOf(input)).toBe('imatrix-unreadable');
		const damaged = readFileSync(input).subarray(0, 700);
		writeFileSync(shop.path('damaged'), damaged);
		expect(await codeOf(shop.path('damaged'))).toBe('imatrix-unreadable');
	});

	test("a type incompatible with the model's shape is refused with the engine’s reason", async () => {
		const shop = workshop();
		const input = shop.model('a.gguf');
		const failure = await failureOf(() => quantize({ input, outputs: [{ type: 'Q1_0', path: shop.path('q1.gguf') }] }));
		expect(failure.code).toBe('quantize-failed');
		expect(failure.message).toContain('no tensor type fallback is defined for type q1_0');
	});
});
