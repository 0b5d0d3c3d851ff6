import { expect, test } from 'vitest';
import { quantizeTypeSchema } from '../../../../models/contract/native/tasks.ts';
import { fileTypes, tensorTypes } from '../../../../models/gguf/tensor-types.ts';
import { QuantizeLog } from '../../../../models/native/quantize/quantize-log.ts';
import { ftypeOf, quantizeTypeOf, tensorTypeOf } from '../../../../models/native/quantize/quantize-types.ts';

const warn = (text: string) => ({ level: 'warn' as const, text });

test('fallbacks have the intended type, the type used and the reason', () => {
	const log = new QuantizeLog('Q4_K_M');
	log.line(
		warn(
			'warning: blk.0.attn_v.weight                  - ncols    576 not divisible by 256 (required for type    q6_K) -> falling back to    q8_0',
		),
	);
	log.line(
		warn(
			'warning: blk.1.odd.weight                     - ncols     50 not divisible by 256 (required for type    q4_K) (WARNING: must use F16 due to unusual shape) -> falling back to     f16',
		),
	);
	expect(log.fallbacks).toEqual([
		{
			tensor: 'blk.0.attn_v.weight',
			from: 'Q6_K',
			to: 'Q8_0',
			reason: "its rows of 576 don't divide into blocks of 256",
		},
		{
			tensor: 'blk.1.odd.weight',
			from: 'Q4_K',
			to: 'F16',
			reason: "its rows of 50 don't divide into blocks of 256, nor into smaller ones",
		},
	]);
});

test('a silent fallback of the output matrix to Q8_0 is named, even with a remark in between', () => {
	const plain = new QuantizeLog('Q2_K');
	plain.line(
		warn(
			'[   2/ 272] token_embd.weight                    - [   576,  49152,      1,      1], type =    f16, converting to q8_0 .. size =    54.00 MiB ->    28.69 MiB',
		),
	);
	expect(plain.fallbacks).toMatchObject([{ tensor: 'token_embd.weight', from: 'Q6_K', to: 'Q8_0' }]);
	const split = new QuantizeLog('IQ2_M');
	split.line(
		warn('[   2/ 272] output.weight                        - [   576,  49152,      1,      1], type =    f16, '),
	);
	split.line(warn('====== llama_model_quantize_impl: did not find weights for output.weight'));
	split.line(warn('converting to q8_0 .. size =    54.00 MiB ->    28.69 MiB'));
	expect(split.fallbacks).toMatchObject([{ tensor: 'output.weight', from: 'Q5_K', to: 'Q8_0' }]);
	const asked = new QuantizeLog('Q8_0');
	asked.line(
		warn('[   2/ 272] token_embd.weight - [   576,  49152,      1,      1], type =    f16, converting to q8_0 .. '),
	);
	expect(asked.fallbacks).toEqual([]);
});

test('progress is reported per tensor, and a dry run reports the size and whether a matrix is needed', () => {
	const log = new QuantizeLog('IQ1_S');
	expect(log.piece('[  12/ 272] blk.1.attn_k.weight                  - [')).toEqual({
		done: 11,
		total: 272,
		tensor: 'blk.1.attn_k.weight',
	});
	expect(log.piece('converting to q4_K .. ')).toBeNull();
	log.line(warn('llama_model_quantize_impl: quant size  =    98.87 MiB (6.17 BPW)'));
	log.line(
		warn(
			'llama_model_quantize_impl: WARNING: dry run completed successfully, but actually completing this quantization will require an imatrix!',
		),
	);
	log.line(warn('llama_model_quantize: failed to quantize: requantizing from type q4_1 is disabled'));
	expect(log).toMatchObject({ tensors: 12, sizeBytes: Math.ceil(98.87 * 1024 * 1024), needsImatrix: true });
	expect(log.refusal).toBe('requantizing from type q4_1 is disabled');
});

test('every type has its number in GGUF files and an existing tensor type', () => {
	const names = new Set(Object.values(tensorTypes).map(({ name }) => name));
	for (const type of quantizeTypeSchema.options) {
		expect(fileTypes[ftypeOf(type)]).toBe(type);
		expect(names).toContain(tensorTypeOf(type));
	}
});

test("types are found in any case and by llama-quantize's short names", () => {
	expect(['q4_k_m', 'Q4_K', 'iq2_xxs', 'Q9'].map(quantizeTypeOf)).toEqual(['Q4_K_M', 'Q4_K_M', 'IQ2_XXS', null]);
});
