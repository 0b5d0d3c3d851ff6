import { z } from 'zod';
import { sampleTagSchema } from '../dataset/schema.ts';
import { criterionSchema, parametersSchema, runConfigSchema } from './run-config.ts';
import { judgeScaleSchema, scorerSchema } from './scorer.ts';
import { extractionSchema, techniqueSchema } from './technique.ts';

/** Characters that a config file may have. */
export const configFileLimit = 10_000_000;

/** Kinds that need nothing else said: they may be given by their name alone. */
export const plainTechniques = [
	'zero-shot',
	'few-shot',
	'chain-of-thought',
	'self-consistency',
	'choice-likelihood',
	'choice-letter',
] as const;
export const plainScorers = [
	'exact',
	'includes',
	'numeric',
	'json',
	'choice',
	'letter',
	'levenshtein',
	'rouge-l',
	'ifeval',
] as const;

const techniqueEntry = z.union([
	z.enum(plainTechniques).transform((kind) => techniqueSchema.parse({ kind })),
	techniqueSchema,
]);

/** A judge is named by its model, as a person names it. */
const judgeEntry = z.object({
	kind: z.literal('judge'),
	name: z.string().trim().min(1).max(60).optional(),
	/** A name of the library or the path of a GGUF. */
	model: z.string().min(1),
	rubric: z.string().trim().min(1).max(100_000),
	scale: judgeScaleSchema.optional(),
	showTarget: z.boolean().optional(),
	reasons: z.boolean().optional(),
});

/** As a config file gives it; a kind that needs nothing else said by its name. */
export const scorerEntry = z.union([
	z.enum(plainScorers).transform((kind) => scorerSchema.parse({ kind })),
	scorerSchema,
	judgeEntry,
]);

/** Rules that need nothing else said. */
const plainExtractions = ['whole', 'last-number', 'gsm8k', 'letter', 'last-line', 'boxed'] as const;

/** How the answer is found, as a command or a config gives it. */
export const extractionEntry = z.union([
	z.enum(plainExtractions).transform((kind) => extractionSchema.parse({ kind })),
	extractionSchema,
]);

const comparison = /^\s*([^<>=≥≤]+?)\s*(>=|≥|<=|≤)\s*(-?\d+(?:\.\d+)?)\s*(%|s)?\s*$/;

/** "exact >= 0.85", "exact ≥ 85 %", "latency-p95 <= 2 s". */
export const criterionEntry = z.union([
	z
		.string()
		.regex(comparison, 'write it as "exact >= 0.85" or "latency-p95 <= 2 s"')
		.transform((text) => {
			const [, metric = '', sign = '', number = '', unit] = comparison.exec(text) ?? [];
			const operator = sign === '>=' || sign === '≥' ? ('at-least' as const) : ('at-most' as const);
			return { metric, operator, value: Number(number) / (unit === '%' ? 100 : 1) };
		}),
	criterionSchema,
]);

function oneOrMore<Item extends z.ZodType>(item: Item) {
	return z.union([z.array(item).min(1).max(50), item.transform((value) => [value])]);
}

const promptText = z.string().max(1_000_000);

/** A prompt of the library by its name, the newest version or a certain one; or one that is written here. */
const promptEntry = z.union([
	z.string().min(1).max(200),
	z.object({ name: z.string().min(1).max(200), version: z.int().min(1).optional() }).strict(),
	z
		.object({
			/** left out: the beginning of the template. */
			name: z.string().min(1).max(200).optional(),
			system: promptText.default(''),
			template: promptText.min(1),
			example: promptText.default(''),
		})
		.strict(),
]);

const choice = {
	split: z.string().min(1).nullable().default(null),
	/** Only samples that have this tag, or all of these. */
	tags: oneOrMore(sampleTagSchema).optional(),
	limit: z.int().min(1).nullable().default(null),
};

/** A dataset of the library by its name; or a file, which is brought in unless one with the same content is there. */
const datasetEntry = z.union([
	z.string().min(1).max(200),
	z.object({ name: z.string().min(1).max(200), version: z.int().min(1).optional(), ...choice }).strict(),
	z
		.object({
			/** Relative to the config file. */
			file: z.string().min(1),
			/** Of the columns; left out: what they seem to say. */
			input: z.string().optional(),
			target: z.string().optional(),
			...choice,
		})
		.strict(),
]);

const { epochs, seed, width, shardSize, contextSize, threads, name } = runConfigSchema.shape;

/** When a run is worse than another one, `assay eval run` ends with exit code 3. */
const gateEntry = z.object({
	/** Id of a run, or 'marked': the one marked as baseline of the dataset. */
	baseline: z.union([z.int(), z.literal('marked')]),
	/** Scorer to compare by; left out: the first. */
	scorer: z.string().optional(),
	/**
	 * worse: fails where a combination is measurably worse. not-shown-as-good: fails unless the 95 % interval of the
	 * difference lies above −`margin`.
	 */
	fail: z.enum(['worse', 'not-shown-as-good']).default('worse'),
	/** Loss that is accepted, as a share: 0.02 is 2 points. */
	margin: z.number().min(0).max(1).default(0),
});

/** What `assay eval run` reads, as YAML or JSON. Names stand for things of the library, and files for their content. */
export const configFileSchema = z
	.object({
		$schema: z.string().optional(),
		name,
		dataset: datasetEntry,
		prompts: oneOrMore(promptEntry),
		/** Names of the library or paths of GGUF files, relative to where the command runs. Left out: the default model. */
		models: oneOrMore(z.string().min(1)).optional(),
		techniques: oneOrMore(techniqueEntry).default([techniqueSchema.parse({ kind: 'zero-shot' })]),
		parameters: oneOrMore(parametersSchema).default([parametersSchema.parse({})]),
		scorers: oneOrMore(scorerEntry),
		epochs,
		seed,
		width,
		shardSize,
		contextSize,
		threads,
		/** Acceptance criteria: where one is not met, `assay eval run` ends with exit code 3. */
		criteria: z.array(criterionEntry).max(20).default([]),
		gate: gateEntry.optional(),
	})
	.strict();

/**
 * What `assay eval mark` reads: a file for `assay eval run`, of which only what says how answers are found and marked is
 * looked at, or a shorter one with nothing else in it.
 */
export const rescoreFileSchema = configFileSchema.extend({
	dataset: datasetEntry.optional(),
	prompts: oneOrMore(promptEntry).optional(),
	techniques: oneOrMore(techniqueEntry).optional(),
	scorers: oneOrMore(scorerEntry).optional(),
	criteria: z.array(criterionEntry).max(20).optional(),
});

export type RescoreFile = z.infer<typeof rescoreFileSchema>;
export type ConfigFile = z.infer<typeof configFileSchema>;

/** JSON Schema (draft 2020-12) of the config file, for editors. */
export function configFileJsonSchema(): Record<string, unknown> {
	const { $schema, ...schema } = z.toJSONSchema(configFileSchema, { io: 'input', unrepresentable: 'any' }) as Record<
		string,
		unknown
	>;
	return { $schema, title: 'Assay evaluation config', description: 'Read by: assay eval run <config.yaml>', ...schema };
}
