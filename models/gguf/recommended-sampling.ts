import type { RecommendedSampling } from '../contract/recommended-sampling.ts';
import { type SamplerKey, samplingParameters } from '../contract/sampling-parameters.ts';
import type { GgufHeader } from './header.ts';

/** Keys of `general.sampling.` (gguf/constants.py of llama.cpp) and the parameters that they set. */
const keys: Readonly<Record<string, SamplerKey>> = {
	temp: 'temperature',
	top_k: 'topK',
	top_p: 'topP',
	min_p: 'minP',
	xtc_probability: 'xtcProbability',
	xtc_threshold: 'xtcThreshold',
	penalty_repeat: 'repeatPenalty',
};

/** Length of the repeat penalty's window, which is fixed; a file that names it asks for nothing else. */
const repeatWindow = 64;

const prefix = 'general.sampling.';

/**
 * Reads the sampling that a model's authors recommend in its file. Values out of range, and samplers that Assay doesn't
 * have, are listed instead of applied.
 */
export function recommendedSamplingOf(header: GgufHeader): RecommendedSampling {
	const values: Partial<Record<SamplerKey, number>> = {};
	const notApplied: string[] = [];
	for (const [key, value] of header.metadata) {
		if (!key.startsWith(prefix)) continue;
		const name = key.slice(prefix.length);
		const number = toNumber(value);
		const parameter = samplingParameters.find((one) => one.key === keys[name]);
		if (parameter !== undefined && number !== null && isValid(parameter, number)) values[parameter.key] = number;
		else if (!isUsual(name, number)) notApplied.push(describe(name, value, number));
	}
	return { values, notApplied: notApplied.slice(0, 20) };
}

/** Whether the file asks for what Assay does anyway. */
function isUsual(name: string, number: number | null): boolean {
	if (name === 'penalty_last_n') return number === repeatWindow;
	return name === 'mirostat' && number === 0;
}

/** Floats are 32 bits in the file: 0.6 is read as 0.6000000238418579. */
function toNumber(value: unknown): number | null {
	if (typeof value === 'bigint') return Number(value);
	return typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

function isValid(
	{ whole, min, exclusiveMin = false, max }: (typeof samplingParameters)[number],
	value: number,
): boolean {
	return (!whole || Number.isInteger(value)) && (exclusiveMin ? value > min : value >= min) && value <= max;
}

function describe(name: string, value: unknown, number: number | null): string {
	const shown = number ?? (typeof value === 'string' ? value : null);
	return `${name}${shown === null ? '' : ` ${shown}`}`.replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 80);
}
