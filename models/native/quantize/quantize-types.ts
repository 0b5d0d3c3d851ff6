import { basename } from 'node:path';
import { type QuantizeType, quantizeTypeSchema } from '../../contract/native/tasks.ts';

/** llama_ftype of every type that llama-quantize offers, and its eponymous tensor type. */
const types: Record<QuantizeType, { ftype: number; tensorType: string }> = {
	F32: { ftype: 0, tensorType: 'F32' },
	F16: { ftype: 1, tensorType: 'F16' },
	BF16: { ftype: 32, tensorType: 'BF16' },
	Q8_0: { ftype: 7, tensorType: 'Q8_0' },
	Q6_K: { ftype: 18, tensorType: 'Q6_K' },
	Q5_K_M: { ftype: 17, tensorType: 'Q5_K' },
	Q5_K_S: { ftype: 16, tensorType: 'Q5_K' },
	Q5_1: { ftype: 9, tensorType: 'Q5_1' },
	Q5_0: { ftype: 8, tensorType: 'Q5_0' },
	Q4_K_M: { ftype: 15, tensorType: 'Q4_K' },
	Q4_K_S: { ftype: 14, tensorType: 'Q4_K' },
	Q4_1: { ftype: 3, tensorType: 'Q4_1' },
	Q4_0: { ftype: 2, tensorType: 'Q4_0' },
	IQ4_NL: { ftype: 25, tensorType: 'IQ4_NL' },
	IQ4_XS: { ftype: 30, tensorType: 'IQ4_XS' },
	MXFP4_MOE: { ftype: 38, tensorType: 'MXFP4' },
	Q3_K_L: { ftype: 13, tensorType: 'Q3_K' },
	Q3_K_M: { ftype: 12, tensorType: 'Q3_K' },
	Q3_K_S: { ftype: 11, tensorType: 'Q3_K' },
	IQ3_M: { ftype: 27, tensorType: 'IQ3_S' },
	IQ3_S: { ftype: 26, tensorType: 'IQ3_S' },
	IQ3_XS: { ftype: 22, tensorType: 'IQ3_S' },
	IQ3_XXS: { ftype: 23, tensorType: 'IQ3_XXS' },
	Q2_K: { ftype: 10, tensorType: 'Q2_K' },
	Q2_K_S: { ftype: 21, tensorType: 'Q2_K' },
	Q2_0: { ftype: 41, tensorType: 'Q2_0' },
	IQ2_M: { ftype: 29, tensorType: 'IQ2_S' },
	IQ2_S: { ftype: 28, tensorType: 'IQ2_XS' },
	IQ2_XS: { ftype: 20, tensorType: 'IQ2_XS' },
	IQ2_XXS: { ftype: 19, tensorType: 'IQ2_XXS' },
	TQ2_0: { ftype: 37, tensorType: 'TQ2_0' },
	TQ1_0: { ftype: 36, tensorType: 'TQ1_0' },
	IQ1_M: { ftype: 31, tensorType: 'IQ1_M' },
	IQ1_S: { ftype: 24, tensorType: 'IQ1_S' },
	Q1_0: { ftype: 40, tensorType: 'Q1_0' },
};

const aliases: Record<string, QuantizeType> = { Q3_K: 'Q3_K_M', Q4_K: 'Q4_K_M', Q5_K: 'Q5_K_M' };

/** Returns a type by llama-quantize's name, ignoring case; null for an unknown one. */
export function quantizeTypeOf(name: string): QuantizeType | null {
	const upper = name.toUpperCase();
	const parsed = quantizeTypeSchema.safeParse(aliases[upper] ?? upper);
	return parsed.success ? parsed.data : null;
}

/** Returns for example `model.Q4_K_M.gguf` for `model.F16.gguf`. */
export function outputName(input: string, type: QuantizeType): string {
	const stem = basename(input).replace(/\.gguf$/i, '');
	const parts = /^(.*)[.-]([A-Za-z0-9_]+)$/.exec(stem);
	const named = parts?.[2] !== undefined && quantizeTypeOf(parts[2]) !== null;
	return `${named ? parts?.[1] : stem}.${type}.gguf`;
}

export function ftypeOf(type: QuantizeType): number {
	return types[type].ftype;
}

/** Returns ggml's name for the main tensor type of a file type, for example "Q4_K" for Q4_K_M. */
export function tensorTypeOf(type: QuantizeType): string {
	return types[type].tensorType;
}
