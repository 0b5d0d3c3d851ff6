import { Command } from 'commander';
import { expect, test } from 'vitest';
import { givenSampling, samplingOptions } from '../../../../electron/hosts/cli/sampling-options.ts';
import { samplingSchema } from '../../../../models/contract/sampling.ts';
import { leastEntry, samplingParameters } from '../../../../models/contract/sampling-parameters.ts';

function parse(...words: readonly string[]) {
	const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
	for (const option of samplingOptions()) command.addOption(option);
	return givenSampling(command.parse(words, { from: 'user' }).opts());
}

test.each(samplingParameters)('$option sets $key, from its lowest to its highest value', (parameter) => {
	const { option, key, max, whole } = parameter;
	const least = leastEntry(parameter);
	expect(parse(option, String(least))).toEqual({ [key]: least });
	expect(parse(option, String(max))).toEqual({ [key]: max });
	const step = whole ? 1 : 0.02;
	for (const beyond of [least - step, max + step]) expect(() => parse(option, String(beyond))).toThrow('Must be');
	if (whole) expect(() => parse(option, '1.5')).toThrow('whole number');
	for (const value of [least, max]) expect(samplingSchema.shape[key].parse(value)).toBe(value);
	expect(samplingSchema.shape[key].safeParse(max + step).success).toBe(false);
});

test('omitted options set nothing', () => {
	expect(parse()).toEqual({});
	expect(parse('--seed', '0', '--max-tokens', '5')).toEqual({ seed: 0, maxTokens: 5 });
});
