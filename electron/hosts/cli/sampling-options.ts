import { Option } from 'commander';
import { leastEntry, type SamplerKey, samplingParameters } from '../../../models/contract/sampling-parameters.ts';
import type { SamplingChoices } from '../../contract/conversation/schema.ts';
import { numberBetween, wholeNumber } from './command.ts';

const keys = [...samplingParameters.map(({ key }) => key), 'maxTokens', 'seed'] as const;

/** Values that commander parses from the options below. */
export type SamplingOptions = { readonly [Key in SamplerKey | 'maxTokens' | 'seed']?: number };

/** Creates the options for sampling. Commander names a value by its option: "--top-k" as `topK`. */
export function samplingOptions(): readonly Option[] {
	return [
		...samplingParameters.map((parameter) => {
			const { option, whole, max, optionHelp } = parameter;
			const least = leastEntry(parameter);
			return new Option(`${option} <n>`, optionHelp).argParser(
				whole ? wholeNumber(least, max) : numberBetween(least, max),
			);
		}),
		new Option('--max-tokens <n>', 'most tokens in an answer').argParser(wholeNumber(1)),
		new Option('--seed <n>', 'the same seed gives the same text').argParser(wholeNumber(0, 0xffff_ffff)),
	];
}

/** Picks the sampling values from all options of a command. */
export function givenSampling(options: SamplingOptions): SamplingChoices {
	return Object.fromEntries(keys.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])));
}
