import { expect } from 'vitest';
import type { PerplexityResult } from '../../../../models/contract/native.ts';
import { type GoldenSetting, type PerplexityGoldens, sameKernels } from './goldens.ts';

/** Agreement asked for on another processor, whose kernels round differently. */
const elsewhere = { perplexity: 0.005, divergence: 0.1 };

type Figure = { name: string; value: number; error?: number; digits: number; errorDigits?: number };

/**
 * How far two prints may lie apart: llama-perplexity sums and interpolates in floats, in an order that depends on its
 * threads, so the sixth digit is its last dependable one.
 */
function tolerance(printed: number, digits: number): number {
	return 1.5 * 10 ** -digits + 2e-6 * Math.abs(printed);
}

/** What llama-perplexity prints, with as many digits, from a result with its rounding. */
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
		six('Maximum KLD', kld.max),
		six('99.9% KLD', kld.p999),
		six('99.0% KLD', kld.p99),
		six('95.0% KLD', kld.p95),
		six('90.0% KLD', kld.p90),
		six('Median KLD', kld.median),
		six('10.0% KLD', kld.p10),
		{ name: 'Mean Δp', value: percent * deltaP.mean, error: percent * deltaP.error, digits: 3, errorDigits: 3 },
		{ name: 'Maximum Δp', value: percent * deltaP.max, digits: 3 },
		{ name: '75.0% Δp', value: percent * deltaP.p75, digits: 3 },
		{ name: '5.0% Δp', value: percent * deltaP.p05, digits: 3 },
		{ name: 'Minimum Δp', value: percent * deltaP.min, digits: 3 },
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
 * Holds a result with llama-perplexity's rounding against its printed figures: six digits on a processor with the same
 * kernels, the first few elsewhere.
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
	for (const { name, value, error, digits, errorDigits = 0 } of figures(result)) {
		const [printed = Number.NaN, printedError] = model.divergence[name] ?? [];
		expect(Math.abs(value - printed), name).toBeLessThanOrEqual(tolerance(printed, digits));
		if (error !== undefined) {
			expect(Math.abs(error - (printedError ?? Number.NaN)), name).toBeLessThanOrEqual(
				tolerance(printedError ?? Number.NaN, errorDigits),
			);
		}
	}
}
