import { phrase } from '../../../models/contract/message-syntax.ts';

/** The size category of a quantisation and the quality to expect from it, in words. */
export const qualityWords = {
	Reference: phrase('Full precision'),
	Large: phrase('Near lossless'),
	Balanced: phrase('Balanced'),
	Small: phrase('Visible loss'),
	Tiny: phrase('Heavy loss'),
} as const;

/** Describes the quality to expect from a quantisation by its name; null for an unknown name. */
export function describeQuality(quantization: string): string | null {
	const name = quantization.toUpperCase();
	if (/^(F32|F16|BF16)$/.test(name)) return qualityWords.Reference;
	// Same groups, by bits per weight, as in the list of downloads (models/hub/quantization-names.ts).
	if (/^Q[68]/.test(name)) return qualityWords.Large;
	if (/^(Q[45]|IQ4|MXFP4|NVFP4)/.test(name)) return qualityWords.Balanced;
	if (/^I?Q3/.test(name)) return qualityWords.Small;
	return /^(I?Q[12]|TQ)/.test(name) ? qualityWords.Tiny : null;
}
