/**
 * Every numeric sampling parameter, in one table: columns, command-line options, schemas, forms, words and defaults
 * derive from it. Free of zod, so that the page can import it without bundling schemas. `models/native/sampler.ts`
 * shows how each one acts. The answer limit, stop texts and seed are not samplers; they are in `sampling.ts`.
 */

import { phrase } from './message-syntax.ts';

interface SamplingParameter {
	/** Name in JSON and YAML. */
	readonly key: string;
	/** Column in `presets`, `conversations` and `generations`; nullable if `optional`. */
	readonly column: string;
	readonly option: string;
	/** Whether the value must be a whole number. */
	readonly whole: boolean;
	readonly min: number;
	/** The value must be greater than `min`. */
	readonly exclusiveMin?: boolean;
	readonly max: number;
	/** Default for chats. `runDefault` is the default for runs, if it differs. */
	readonly default: number;
	readonly runDefault?: number;
	/**
	 * The value is left out of everything stored, sent or hashed while it has its default. Parameters added after the
	 * first release must be optional, so that manifests keep their hashes.
	 */
	readonly optional: boolean;
	/** No effect at temperature 0. */
	readonly drawsOnly?: boolean;
	/** Field type in forms; `advanced` fields are hidden until a person opens them. */
	readonly field: 'slider' | 'number' | 'advanced';
	/** Range of the slider, if it is narrower than the valid range. */
	readonly slider?: { readonly min?: number; readonly max?: number; readonly step: number };
	/** Step of the number field. */
	readonly step: number;
	readonly label: string;
	/** Name inside a sentence: "top-k 40". */
	readonly words: string;
	/** What it does, in one or two sentences. */
	readonly help: string;
	/** Help text on the command line. */
	readonly optionHelp: string;
}

/** In the order of forms and words; the samplers themselves run in llama.cpp's order. */
const table = [
	{
		key: 'temperature',
		column: 'temperature',
		option: '--temperature',
		whole: false,
		min: 0,
		max: 5,
		default: 0.7,
		runDefault: 0,
		optional: false,
		field: 'slider',
		slider: { max: 2, step: 0.05 },
		step: 0.1,
		label: phrase('Temperature'),
		words: phrase('temperature'),
		help: phrase('How freely the next token is drawn. 0 always takes the likeliest.'),
		optionHelp: '0 always takes the likeliest token',
	},
	{
		key: 'topK',
		column: 'top_k',
		option: '--top-k',
		whole: true,
		min: 0,
		max: 1000,
		default: 40,
		optional: false,
		drawsOnly: true,
		field: 'number',
		step: 1,
		label: phrase('Top-k'),
		words: phrase('top-k'),
		help: phrase('Draws from this many of the likeliest tokens. 0 switches it off.'),
		optionHelp: '0 switches it off',
	},
	{
		key: 'topP',
		column: 'top_p',
		option: '--top-p',
		whole: false,
		min: 0,
		exclusiveMin: true,
		max: 1,
		default: 0.95,
		optional: false,
		drawsOnly: true,
		field: 'slider',
		slider: { min: 0.05, step: 0.01 },
		step: 0.05,
		label: phrase('Top-p'),
		words: phrase('top-p'),
		help: phrase('Draws from the likeliest tokens that together reach this share. 1 switches it off.'),
		optionHelp: '1 switches it off',
	},
	{
		key: 'minP',
		column: 'min_p',
		option: '--min-p',
		whole: false,
		min: 0,
		max: 1,
		default: 0.05,
		optional: false,
		drawsOnly: true,
		field: 'slider',
		slider: { step: 0.01 },
		step: 0.05,
		label: phrase('Min-p'),
		words: phrase('min-p'),
		help: phrase('Leaves out tokens less likely than this share of the likeliest one. 0 switches it off.'),
		optionHelp: '0 switches it off',
	},
	{
		key: 'repeatPenalty',
		column: 'repeat_penalty',
		option: '--repeat-penalty',
		whole: false,
		min: 0.5,
		max: 2,
		default: 1,
		optional: false,
		field: 'slider',
		slider: { step: 0.05 },
		step: 0.05,
		label: phrase('Repeat penalty'),
		words: phrase('repeat penalty'),
		help: phrase('Makes the last 64 tokens less likely. 1 switches it off.'),
		optionHelp: '1 switches it off',
	},
	{
		key: 'topNSigma',
		column: 'top_n_sigma',
		option: '--top-n-sigma',
		whole: false,
		min: 0,
		max: 10,
		default: 0,
		optional: true,
		field: 'advanced',
		step: 0.1,
		label: phrase('Top-n-sigma'),
		words: phrase('top-n-sigma'),
		help: phrase(
			'Leaves out tokens whose logit is more than this many standard deviations below the highest. 0 switches it off.',
		),
		optionHelp: 'keep logits within so many standard deviations of the highest; 0 switches it off',
	},
	{
		key: 'typicalP',
		column: 'typical_p',
		option: '--typical-p',
		whole: false,
		min: 0,
		exclusiveMin: true,
		max: 1,
		default: 1,
		optional: true,
		field: 'advanced',
		step: 0.05,
		label: phrase('Typical-p'),
		words: phrase('typical-p'),
		help: phrase('Draws from the most typical tokens that together reach this share. 1 switches it off.'),
		optionHelp: 'keep the most typical tokens that reach this share; 1 switches it off',
	},
	{
		key: 'xtcProbability',
		column: 'xtc_probability',
		option: '--xtc-probability',
		whole: false,
		min: 0,
		max: 1,
		default: 0,
		optional: true,
		field: 'advanced',
		step: 0.05,
		label: phrase('XTC probability'),
		words: phrase('XTC probability'),
		help: phrase(
			'How often XTC leaves out the likeliest tokens, and keeps the last one above the threshold. 0 switches it off.',
		),
		optionHelp: 'how often the likeliest tokens are left out; 0 switches XTC off',
	},
	{
		key: 'xtcThreshold',
		column: 'xtc_threshold',
		option: '--xtc-threshold',
		whole: false,
		min: 0,
		max: 0.5,
		default: 0.1,
		optional: true,
		field: 'advanced',
		step: 0.05,
		label: phrase('XTC threshold'),
		words: phrase('XTC threshold'),
		help: phrase('XTC leaves out only tokens that are at least this probable.'),
		optionHelp: 'probability from which XTC leaves out a token',
	},
	{
		key: 'dryMultiplier',
		column: 'dry_multiplier',
		option: '--dry-multiplier',
		whole: false,
		min: 0,
		max: 10,
		default: 0,
		optional: true,
		field: 'advanced',
		step: 0.1,
		label: phrase('DRY multiplier'),
		words: phrase('DRY multiplier'),
		help: phrase('Makes tokens that would continue a repetition less likely. 0 switches DRY off.'),
		optionHelp: 'strength of the penalty on longer repetitions; 0 switches DRY off',
	},
	{
		key: 'dryBase',
		column: 'dry_base',
		option: '--dry-base',
		whole: false,
		min: 1,
		max: 8,
		default: 1.75,
		optional: true,
		field: 'advanced',
		step: 0.05,
		label: phrase('DRY base'),
		words: phrase('DRY base'),
		help: phrase('The penalty of DRY grows by this factor with each repeated token.'),
		optionHelp: 'factor of the DRY penalty for each further repeated token',
	},
	{
		key: 'dryAllowedLength',
		column: 'dry_allowed_length',
		option: '--dry-allowed-length',
		whole: true,
		min: 1,
		max: 1000,
		default: 2,
		optional: true,
		field: 'advanced',
		step: 1,
		label: phrase('DRY allowed length'),
		words: phrase('DRY allowed length'),
		help: phrase('Repetitions are penalised once they are this many tokens long.'),
		optionHelp: 'length of a repetition from which DRY penalises it, tokens',
	},
	{
		key: 'dryPenaltyLastN',
		column: 'dry_penalty_last_n',
		option: '--dry-penalty-last-n',
		whole: true,
		min: 0,
		max: 131_072,
		default: 64,
		optional: true,
		field: 'advanced',
		step: 64,
		label: phrase('DRY range'),
		words: phrase('DRY range'),
		help: phrase('How many of the last tokens of the answer DRY looks at. 0 switches DRY off.'),
		optionHelp: 'last tokens of the answer that DRY looks at; 0 switches DRY off',
	},
	{
		key: 'presencePenalty',
		column: 'presence_penalty',
		option: '--presence-penalty',
		whole: false,
		min: -2,
		max: 2,
		default: 0,
		optional: true,
		field: 'advanced',
		step: 0.1,
		label: phrase('Presence penalty'),
		words: phrase('presence penalty'),
		help: phrase('Lowers the logit of each of the last 64 tokens once. 0 switches it off.'),
		optionHelp: 'lowers the logit of the last 64 tokens, once each; 0 switches it off',
	},
	{
		key: 'frequencyPenalty',
		column: 'frequency_penalty',
		option: '--frequency-penalty',
		whole: false,
		min: -2,
		max: 2,
		default: 0,
		optional: true,
		field: 'advanced',
		step: 0.1,
		label: phrase('Frequency penalty'),
		words: phrase('frequency penalty'),
		help: phrase('Lowers the logit of each of the last 64 tokens as often as it occurs there. 0 switches it off.'),
		optionHelp: 'lowers the logit of the last 64 tokens by how often they occur; 0 switches it off',
	},
] as const satisfies readonly SamplingParameter[];

type Row = (typeof table)[number];

export type SamplerKey = Row['key'];
type OptionalKey = Extract<Row, { optional: true }>['key'];
export type RequiredKey = Exclude<SamplerKey, OptionalKey>;

/** Sampling values; a missing optional one has its default. */
export type Samplers = { readonly [Key in RequiredKey]: number } & {
	readonly [Key in OptionalKey]?: number | undefined;
};

export const samplingParameters: readonly (SamplingParameter & { readonly key: SamplerKey })[] = table;

/** Returns the lowest value that a person can enter. */
export function leastEntry({ min, exclusiveMin = false }: Pick<SamplingParameter, 'min' | 'exclusiveMin'>): number {
	return exclusiveMin ? min + 0.01 : min;
}

function valuesOf<Key extends string, Value>(value: (parameter: (typeof samplingParameters)[number]) => Value) {
	return Object.fromEntries(samplingParameters.map((one) => [one.key, value(one)])) as Record<Key, Value>;
}

/** Defaults of every parameter, including the optional ones. */
export const samplerDefaults: Readonly<Record<SamplerKey, number>> = valuesOf((one) => one.default);

/** The same for runs. */
export const runSamplerDefaults: Readonly<Record<SamplerKey, number>> = valuesOf(
	(one) => one.runDefault ?? one.default,
);

/** Removes optional values equal to their default. */
export function withoutDefaults<Values extends Partial<Record<SamplerKey, number | undefined>>>(
	values: Values,
): Values {
	const redundant = samplingParameters.filter(
		({ key, optional, default: usual }) => optional && key in values && (values[key] ?? usual) === usual,
	);
	if (redundant.length === 0) return values;
	const keys = new Set<string>(redundant.map(({ key }) => key));
	return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.has(key))) as Values;
}

function fill<Values extends Samplers>(values: Values, defaults: Readonly<Record<SamplerKey, number>>) {
	const all = samplingParameters.map(({ key }) => [key, values[key] ?? defaults[key]]);
	return { ...values, ...(Object.fromEntries(all) as Record<SamplerKey, number>) };
}

/** Adds the defaults of missing optional values. */
export function withDefaults<Values extends Samplers>(values: Values): Values & Record<SamplerKey, number> {
	return fill(values, samplerDefaults);
}

/** The same for a run. */
export function withRunDefaults<Values extends Samplers>(values: Values): Values & Record<SamplerKey, number> {
	return fill(values, runSamplerDefaults);
}
