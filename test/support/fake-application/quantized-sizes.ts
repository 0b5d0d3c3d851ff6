import type { QuantizedSize } from '../../../models/gguf/quantized-size.ts';

/** The starter model's files of each type: size in bytes and tensors that fall back. */
const figures = [
	['F32', 539845696, 0],
	['F16', 270885952, 0],
	['BF16', 270885952, 0],
	['Q8_0', 144811072, 0],
	['Q6_K', 138382912, 181],
	['Q5_K_M', 112103488, 181],
	['Q5_K_S', 109974592, 181],
	['Q5_1', 111633472, 1],
	['Q5_0', 104997952, 1],
	['Q4_K_M', 105454144, 181],
	['Q4_K_S', 102039616, 181],
	['Q4_1', 98362432, 1],
	['Q4_0', 91726912, 1],
	['IQ4_NL', 92058688, 1],
	['IQ4_XS', 91312192, 181],
	['MXFP4_MOE', 144811072, 0],
	['Q3_K_L', 97532992, 181],
	['Q3_K_M', 93510208, 181],
	['Q3_K_S', 88201792, 181],
	['IQ3_M', 90213184, 181],
	['IQ3_S', 88201792, 181],
	['IQ3_XS', 88201792, 181],
	['IQ3_XXS', 88554304, 181],
	['Q2_K', 88201792, 181],
	['Q2_K_S', 86128192, 181],
	['Q2_0', 61867072, 1],
	['IQ2_M', 85589056, 181],
	['IQ2_S', 84842560, 181],
	['IQ2_XS', 84572992, 181],
	['IQ2_XXS', 83826496, 181],
	['TQ2_0', 83639872, 181],
	['TQ1_0', 82395712, 181],
	['IQ1_M', 82893376, 181],
	['IQ1_S', 82333504, 181],
] as const;

/** Sizes that the fake predicts for every model. */
export const quantizedSizes: readonly QuantizedSize[] = figures.map(([type, sizeBytes, fallbacks]) => ({
	type,
	sizeBytes,
	fallbacks,
	tensors: 272,
}));
