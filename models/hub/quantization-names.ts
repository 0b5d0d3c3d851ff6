import { type Said, said, sentences } from '../contract/said.ts';

/** Size category of a quantisation, in one word. */
export type SizeWord = 'Tiny' | 'Small' | 'Balanced' | 'Large' | 'Reference';

/**
 * Longer names first: IQ3_XXS is not IQ3_X. "UD-" (Unsloth) and "i1-" (mradermacher) are prefixes of a name, not part
 * of it.
 */
const label =
	/(?:^|[-_. /])((?:IQ[1-4]_(?:XXS|XS|NL|[SM])|Q[2-8]_K(?:_(?:XXL|XL|XS|[SML]))?|Q[1-8]_[0-8](?:_[48]_[48])?|TQ[12]_0|MXFP4(?:_MOE)?|NVFP4|BF16|F16|FP16|F32|FP32))(?=$|[-_. /])/gi;

/** Returns the quantisation named in a file's path, in llama.cpp's spelling; the last one if there are several. */
export function quantizationInName(path: string): string | null {
	const stem = path.replace(/-\d{5}-of-\d{5}(?=\.gguf$)/i, '').replace(/\.gguf$/i, '');
	const file = stem.slice(stem.lastIndexOf('/') + 1);
	const found = [...file.matchAll(label)].at(-1)?.[1] ?? [...stem.matchAll(label)].at(-1)?.[1];
	return found?.toUpperCase().replace(/^FP/, 'F') ?? null;
}

/**
 * Bits per weight of each family, as stated by llama.cpp's quantize tool for a Llama of 8 billion weights; used for
 * ordering and for estimating the number of weights from a file's size.
 */
const bits: readonly (readonly [RegExp, number])[] = [
	[/^F32$/, 32],
	[/^B?F16$/, 16],
	[/^Q8/, 8.5],
	[/^Q6/, 6.6],
	[/^Q5_1/, 6],
	[/^Q5/, 5.7],
	[/^Q4_1/, 5.1],
	[/^Q4_K_M|^Q4_K_[XL]/, 4.9],
	[/^Q4|^MXFP4|^NVFP4/, 4.7],
	[/^IQ4/, 4.4],
	[/^Q3_K_[XL]/, 4.3],
	[/^Q3/, 3.9],
	[/^IQ3/, 3.5],
	[/^Q2/, 3.1],
	[/^IQ2/, 2.5],
	[/^TQ2/, 2.1],
	[/^IQ1|^TQ1|^Q1/, 1.8],
];

/** Returns the approximate bits per weight; null for an unknown name. */
export function bitsOf(quantization: string): number | null {
	return bits.find(([pattern]) => pattern.test(quantization))?.[1] ?? null;
}

/**
 * Returns the word for a quantisation: Large from 6 bits per weight (hardly any loss), Balanced from 4.2 (the usual
 * choice), Small from 3.3 (a visible loss), Tiny below; Reference is unquantised.
 */
export function sizeWordOf(quantization: string): SizeWord | null {
	const perWeight = bitsOf(quantization);
	if (perWeight === null) return null;
	if (perWeight >= 16) return 'Reference';
	if (perWeight >= 6.2) return 'Large';
	if (perWeight >= 4.35) return 'Balanced';
	return perWeight >= 3.3 ? 'Small' : 'Tiny';
}

/** Below this, a model loses more by quantising than the saved memory is worth. */
const smallModelWeights = 1.5e9;

export interface Candidate {
	readonly quantization: string | null;
	readonly sizeBytes: number;
	readonly verdict: 'fits' | 'tight' | 'wont-fit';
}

/**
 * Returns the file to recommend, with the reason. The rule, among files that fit: for models under 1.5 billion weights
 * the smallest Large file, since small models lose more by quantising; else Q4_K_M, or the largest other Balanced file
 * below 5 bits; without a Balanced file, the smallest Large one, then the largest Small one. A tight file is
 * recommended only if nothing fits; Tiny never.
 */
export function recommendFile<T extends Candidate>(
	candidates: readonly T[],
	parameters: number | null,
): { readonly file: T | null; readonly why: Said } {
	for (const verdict of ['fits', 'tight'] as const) {
		const there = candidates.filter((one) => one.verdict === verdict);
		const of = (word: SizeWord) =>
			there
				.filter(({ quantization }) => quantization !== null && sizeWordOf(quantization) === word)
				.sort((a, b) => a.sizeBytes - b.sizeBytes);
		const room = verdict === 'fits' ? null : said`Memory is tight: close other programs first.`;
		const large = of('Large')[0];
		if (parameters !== null && parameters < smallModelWeights && large !== undefined) {
			return {
				file: large,
				why: sentences(said`Recommended: ${large.quantization ?? ''}. Small models lose more when quantised.`, room),
			};
		}
		const balanced = of('Balanced');
		// Q5 costs a sixth more memory and time, for a loss that is already small.
		const usual =
			balanced.find(({ quantization }) => quantization === 'Q4_K_M') ??
			balanced.filter(({ quantization }) => (bitsOf(quantization ?? '') ?? 9) < 5).at(-1) ??
			balanced[0];
		if (usual !== undefined) {
			return {
				file: usual,
				why: sentences(said`Recommended: ${usual.quantization ?? ''}, the usual balance of quality and size.`, room),
			};
		}
		if (large !== undefined) {
			return {
				file: large,
				why: sentences(said`Recommended: ${large.quantization ?? ''}, the smallest file with little loss.`, room),
			};
		}
		const small = of('Small').at(-1);
		if (small !== undefined) {
			const why = sentences(
				said`Recommended: ${small.quantization ?? ''}. Nothing larger fits; expect a visible loss of quality.`,
				room,
			);
			return { file: small, why };
		}
	}
	const [only] = candidates.filter(({ verdict }) => verdict !== 'wont-fit');
	if (candidates.length === 0) return { file: null, why: said`This repository has no model file.` };
	if (only === undefined) return { file: null, why: said`No recommendation: no file fits this computer.` };
	return only.quantization === null
		? { file: only, why: said`The file names do not state their quantisation.` }
		: { file: null, why: said`No recommendation: the files that fit lose too much quality.` };
}
