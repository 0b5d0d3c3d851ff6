import { expect } from 'vitest';
import type { PerplexityResult } from '../../../../models/contract/native/tasks.ts';
import { type GoldenSetting, type PerplexityGoldens, sameKernels } from './goldens.ts';

/**
 * Agreement required on a CPU whose kernels round differently: with Q6_K, the perplexity differed by 0.8 % between AMX,
 * where the golden figures are from, and AVX-512.
 */
const elsewhere = { perplexity: 0.02, divergence: 0.1 };

type Percentiles = NonNullable<PerplexityResult['reference']>['klDivergence'];

type Figure = { name: string; value: number; error?: number; digits: number; errorDigits?: number };

/** Allowed difference in the last printed digit: llama-perplexity's order of summing floats depends on its threads. */
const units = 2;

function percentiles(of: Percentiles): [string, number][] {
	return [
		['Maximum', of.max],
		['99.9%', of.p999],
		['99.0%', of.p99],
		['95.0%', of.p95],
		['90.0%', of.p90],
		['75.0%', of.p75],
		['Median', of.median],
		['25.0%', of.p25],
		['10.0%', of.p10],
		['5.0%', of.p05],
		['1.0%', of.p01],
		['0.1%', of.p001],
		['Minimum', of.min],
	];
}

/** Returns llama-perplexity's printed figures, with as many digits, from a result with its rounding. */
function figures({ perplexity, perplexityError, reference }: PerplexityResult): Figure[] {
	if (reference === null) throw new Error('nothing was compared');
	const { klDivergence: kld, deltaP } = reference;
	const percent = 100;
	const six = (name: string, value: number, error?: number): Figure => ({
		name,
		value,
		digits: 6,
		...(error === undefined ? {} : { error, errorDigits: 6 }),
	});
	return [
		six('Mean PPL(Q)', perplexity, perplexityError),
		six('Mean PPL(base)', reference.perplexity, reference.perplexityError),
		{ name: 'Cor(ln(PPL(Q)), ln(PPL(base)))', value: percent * (reference.correlation ?? 0), digits: 2 },
		six('Mean ln(PPL(Q)/PPL(base))', reference.lnRatio, reference.lnRatioError),
		six('Mean PPL(Q)/PPL(base)', reference.ratio, reference.ratioError),
		six('Mean PPL(Q)-PPL(base)', reference.difference, reference.differenceError),
		six('Mean KLD', kld.mean, kld.error),
		...percentiles(kld).map(([name, value]) => six(`${name} KLD`, value)),
		{ name: 'Mean Δp', value: percent * deltaP.mean, error: percent * deltaP.error, digits: 3, errorDigits: 3 },
		...percentiles(deltaP).map(([name, value]) => ({ name: `${name} Δp`, value: percent * value, digits: 3 })),
		{ name: 'RMS Δp', value: percent * deltaP.rms, error: percent * deltaP.rmsError, digits: 3, errorDigits: 3 },
		{
			name: 'Same top p',
			value: percent * reference.sameTop,
			error: percent * reference.sameTopError,
			digits: 3,
			errorDigits: 3,
		},
	];
}

/**
 * Compares a result with llama-perplexity's rounding to its printed figures: six digits on a CPU with the same kernels,
 * the first few elsewhere.
 */
export function expectLlamaPerplexity(
	golden: PerplexityGoldens,
	setting: GoldenSetting,
	type: string,
	result: PerplexityResult,
): void {
	const model = setting.models.find((one) => one.type === type);
	if (model === undefined) throw new Error(`no golden figures for ${type}`);
	const mean = result.reference?.klDivergence.mean ?? Number.NaN;
	if (!sameKernels(golden, result.conditions)) {
		process.stdout.write('SKIPPED: digit by digit, because the golden figures are of another processor\n');
		expect(Math.abs(result.perplexity / model.perplexity - 1)).toBeLessThan(elsewhere.perplexity);
		expect(Math.abs(mean / (model.divergence['Mean KLD']?.[0] ?? 0) - 1)).toBeLessThan(elsewhere.divergence);
		return;
	}
	expect(result.perplexity.toFixed(4)).toBe(model.perplexity.toFixed(4));
	const own = figures(result);
	// Every printed figure must be checked.
	const names = new Set(own.map(({ name }) => name));
	expect(Object.keys(model.divergence).filter((name) => !names.has(name))).toEqual([]);
	for (const { name, value, error, digits, errorDigits = 0 } of own) {
		const [printed, printedError] = model.divergence[name] ?? [];
		// llama-perplexity prints only the quartiles of Δp.
		if (printed === undefined) continue;
		expect(Math.abs(value - printed), name).toBeLessThanOrEqual(units * 10 ** -digits);
		if (error !== undefined) {
			expect(Math.abs(error - (printedError ?? Number.NaN)), name).toBeLessThanOrEqual(units * 10 ** -errorDigits);
		}
	}
}
