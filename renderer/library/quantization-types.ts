import type { QuantizeType } from '../../models/contract/native/tasks.ts';
import { t } from '../messages/t.ts';

interface TypeFacts {
	/** Bits per weight, from llama.cpp's table for large models. */
	readonly bits: number;
	readonly says: string;
}

/** Commonly chosen types. */
const usual = ['Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'IQ4_XS', 'Q3_K_M', 'Q2_K'] as const satisfies QuantizeType[];

const guided = t('Needs an importance matrix');

/** All of llama.cpp's types, best first. */
const facts: Readonly<Record<QuantizeType, TypeFacts>> = {
	F32: { bits: 32, says: t('Full precision, twice as large as F16') },
	F16: { bits: 16, says: t('Full precision for practical purposes') },
	BF16: { bits: 16, says: t('Full precision of most trained models') },
	Q8_0: { bits: 8.5, says: t('Near lossless') },
	Q6_K: { bits: 6.6, says: t('Near lossless, smaller') },
	Q5_K_M: { bits: 5.7, says: t('Slight loss') },
	Q5_K_S: { bits: 5.5, says: t('Slight loss, slightly smaller') },
	Q5_1: { bits: 6, says: t('Older 5-bit format') },
	Q5_0: { bits: 5.5, says: t('Older 5-bit format') },
	Q4_K_M: { bits: 4.9, says: t('Balanced') },
	Q4_K_S: { bits: 4.6, says: t('Balanced, slightly smaller') },
	Q4_1: { bits: 5, says: t('Older 4-bit format') },
	Q4_0: { bits: 4.6, says: t('Older 4-bit format, fast on ARM') },
	IQ4_NL: { bits: 4.5, says: t('4 bits, non-linear') },
	IQ4_XS: { bits: 4.3, says: t('Balanced, smaller, slower without a GPU') },
	MXFP4_MOE: { bits: 4.3, says: t('For mixture-of-experts models') },
	Q3_K_L: { bits: 4.3, says: t('Visible loss') },
	Q3_K_M: { bits: 3.9, says: t('Visible loss, smaller') },
	Q3_K_S: { bits: 3.6, says: t('Large loss') },
	IQ3_M: { bits: 3.7, says: t('Visible loss, slower without a GPU') },
	IQ3_S: { bits: 3.4, says: t('Visible loss, slower without a GPU') },
	IQ3_XS: { bits: 3.3, says: guided },
	IQ3_XXS: { bits: 3.1, says: guided },
	Q2_K: { bits: 3, says: t('Heavy loss, smallest common type') },
	Q2_K_S: { bits: 2.9, says: guided },
	Q2_0: { bits: 2.3, says: t('Heavy loss') },
	IQ2_M: { bits: 2.7, says: guided },
	IQ2_S: { bits: 2.5, says: guided },
	IQ2_XS: { bits: 2.3, says: guided },
	IQ2_XXS: { bits: 2.1, says: guided },
	TQ2_0: { bits: 2.1, says: t('For ternary models') },
	TQ1_0: { bits: 1.7, says: t('For ternary models') },
	IQ1_M: { bits: 1.8, says: guided },
	IQ1_S: { bits: 1.6, says: guided },
	Q1_0: { bits: 1.1, says: t('For binary models') },
};

export interface QuantizationType extends TypeFacts {
	readonly type: QuantizeType;
}

/** Lists types, best first: the common ones, or all of llama.cpp's. */
export function listQuantizationTypes(all: boolean): readonly QuantizationType[] {
	const types = all ? (Object.keys(facts) as QuantizeType[]) : usual;
	return types.map((type) => ({ type, ...facts[type] }));
}
