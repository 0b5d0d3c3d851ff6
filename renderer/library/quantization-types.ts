import type { QuantizeType } from '../../models/contract/native/tasks.ts';

interface TypeFacts {
	/** Bits per weight, from llama.cpp's table for large models. */
	readonly bits: number;
	readonly says: string;
}

/** Commonly chosen types. */
const usual = ['Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'IQ4_XS', 'Q3_K_M', 'Q2_K'] as const satisfies QuantizeType[];

const guided = 'Needs an importance matrix';

/** All of llama.cpp's types, best first. */
const facts: Readonly<Record<QuantizeType, TypeFacts>> = {
	F32: { bits: 32, says: 'Every weight in full' },
	F16: { bits: 16, says: 'Half of full, no loss to speak of' },
	BF16: { bits: 16, says: 'Half of full, as many models were trained' },
	Q8_0: { bits: 8.5, says: 'Next to no loss' },
	Q6_K: { bits: 6.6, says: 'Very little loss' },
	Q5_K_M: { bits: 5.7, says: 'Little loss' },
	Q5_K_S: { bits: 5.5, says: 'Little loss, a little smaller' },
	Q5_1: { bits: 6, says: 'An older form of five bits' },
	Q5_0: { bits: 5.5, says: 'An older form of five bits' },
	Q4_K_M: { bits: 4.9, says: 'Balanced' },
	Q4_K_S: { bits: 4.6, says: 'Balanced, a little smaller' },
	Q4_1: { bits: 5, says: 'An older form of four bits' },
	Q4_0: { bits: 4.6, says: 'An older form of four bits, fast on ARM' },
	IQ4_NL: { bits: 4.5, says: 'Four bits, unevenly spaced' },
	IQ4_XS: { bits: 4.3, says: 'Smaller, slower on a processor' },
	MXFP4_MOE: { bits: 4.3, says: 'For mixtures of experts' },
	Q3_K_L: { bits: 4.3, says: 'Small, loss that shows' },
	Q3_K_M: { bits: 3.9, says: 'Small, visible loss' },
	Q3_K_S: { bits: 3.6, says: 'Small, much loss' },
	IQ3_M: { bits: 3.7, says: 'Small, slower on a processor' },
	IQ3_S: { bits: 3.4, says: 'Small, slower on a processor' },
	IQ3_XS: { bits: 3.3, says: guided },
	IQ3_XXS: { bits: 3.1, says: guided },
	Q2_K: { bits: 3, says: 'Smallest, much loss' },
	Q2_K_S: { bits: 2.9, says: guided },
	Q2_0: { bits: 2.3, says: 'Two bits, very much loss' },
	IQ2_M: { bits: 2.7, says: guided },
	IQ2_S: { bits: 2.5, says: guided },
	IQ2_XS: { bits: 2.3, says: guided },
	IQ2_XXS: { bits: 2.1, says: guided },
	TQ2_0: { bits: 2.1, says: 'For models trained with three values' },
	TQ1_0: { bits: 1.7, says: 'For models trained with three values' },
	IQ1_M: { bits: 1.8, says: guided },
	IQ1_S: { bits: 1.6, says: guided },
	Q1_0: { bits: 1.1, says: 'For models trained with one bit' },
};

export interface QuantizationType extends TypeFacts {
	readonly type: QuantizeType;
}

/** Lists types, best first: the common ones, or all of llama.cpp's. */
export function listQuantizationTypes(all: boolean): readonly QuantizationType[] {
	const types = all ? (Object.keys(facts) as QuantizeType[]) : usual;
	return types.map((type) => ({ type, ...facts[type] }));
}
