import { z } from 'zod';
import { loraAdapterSchema } from '../../../models/contract/load.ts';
import { sampleTagSchema } from '../dataset/schema.ts';
import { type ArmContextEntry, armContextEntrySchema } from './arm-context.ts';
import { criterionSchema, parametersSchema, runConfigSchema } from './run-config.ts';
import { judgeScaleSchema, scorerSchema } from './scorer.ts';
import { extractionSchema, schemaTechniqueSchema, techniqueSchema } from './technique.ts';

/** Maximum size of a config file, characters. */
export const configFileLimit = 1_000_000;

/** Kinds without required options: the name alone is enough. */
export const plainTechniques = [
	'zero-shot',
	'few-shot',
	'chain-of-thought',
	'self-consistency',
	'choice-likelihood',
	'choice-letter',
	'tools',
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
	'sources',
	'quotes',
	'tool-calls',
] as const;

const techniqueEntry = z.union([
	z.enum(plainTechniques).transform((kind) => techniqueSchema.parse({ kind })),
	techniqueSchema,
	schemaTechniqueSchema,
]);

/** A judge names its model the way a person does. */
const judgeEntry = z.object({
	kind: z.literal('judge'),
	name: z.string().trim().min(1).max(60).optional(),
	/** Name in the library or path of a GGUF. */
	model: z.string().min(1),
	rubric: z.string().trim().min(1).max(100_000),
	scale: judgeScaleSchema.optional(),
	showTarget: z.boolean().optional(),
	reasons: z.boolean().optional(),
	showSources: z.literal(true).optional(),
});

/** A scorer as a config file gives it; a kind without required options may be given by name. */
export const scorerEntry = z.union([
	z.enum(plainScorers).transform((kind) => scorerSchema.parse({ kind })),
	scorerSchema,
	judgeEntry,
]);

/** Rules without required options. */
const plainExtractions = ['whole', 'last-number', 'gsm8k', 'letter', 'last-line', 'boxed'] as const;

/** An extraction rule, as a command or a config gives it. */
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

const contextEntry = z.union([z.literal('none').transform((): ArmContextEntry => ({})), armContextEntrySchema]);

const promptText = z.string().max(1_000_000);

/** A prompt in the library by name, in its newest or a given version; or a prompt written in the file. */
const promptEntry = z.union([
	z.string().min(1).max(200),
	z.object({ name: z.string().min(1).max(200), version: z.int().min(1).optional() }).strict(),
	z
		.object({
			/** Default: the beginning of the template. */
			name: z.string().min(1).max(200).optional(),
			system: promptText.default(''),
			template: promptText.min(1),
			example: promptText.default(''),
		})
		.strict(),
]);

/** A model by name or path, or one with LoRA adapters of the library on it, by name; a scale of 1 is as trained. */
const modelEntry = z.union([
	z.string().min(1),
	z
		.object({
			model: z.string().min(1),
			adapters: oneOrMore(
				z.union([
					z
						.string()
						.min(1)
						.transform((name) => ({ name, scale: 1 })),
					z.object({ name: z.string().min(1), scale: loraAdapterSchema.shape.scale.default(1) }).strict(),
				]),
			),
		})
		.strict(),
]);

const choice = {
	split: z.string().min(1).nullable().default(null),
	/** Only samples with this tag, or with all of these. */
	tags: oneOrMore(sampleTagSchema).optional(),
	limit: z.int().min(1).nullable().default(null),
};

/** A dataset in the library by name; or a file, which is imported unless the library has one with the same content. */
const datasetEntry = z.union([
	z.string().min(1).max(200),
	z.object({ name: z.string().min(1).max(200), version: z.int().min(1).optional(), ...choice }).strict(),
	z
		.object({
			/** Relative to the config file. */
			file: z.string().min(1),
			/** Column names; default: guessed. */
			input: z.string().optional(),
			target: z.string().optional(),
			...choice,
		})
		.strict(),
]);

const { epochs, seed, width, independent, shardSize, contextSize, threads, name } = runConfigSchema.shape;

/** If a run is worse than another one, `assay eval run` ends with exit code 3. */
const gateEntry = z.object({
	/** Id of a run, or 'marked' for the dataset's baseline. */
	baseline: z.union([z.int(), z.literal('marked')]),
	/** Scorer to compare by; default: the first. */
	scorer: z.string().optional(),
	/**
	 * worse: fails if a combination is measurably worse. not-shown-as-good: fails unless the 95 % interval of the
	 * difference lies above −`margin`.
	 */
	fail: z.enum(['worse', 'not-shown-as-good']).default('worse'),
	/** Accepted loss as a share: 0.02 is 2 points. */
	margin: z
		.number()
		.min(0, 'must be a share from 0 to 1: 0.02 is 2 points')
		.max(1, 'must be a share from 0 to 1: 0.02 is 2 points')
		.default(0),
});

/** Input of `assay eval run`, as YAML or JSON. Names refer to things in the library, files to their content. */
export const configFileSchema = z
	.object({
		$schema: z.string().optional(),
		name,
		dataset: datasetEntry,
		prompts: oneOrMore(promptEntry),
		/**
		 * Names in the library or paths of GGUF files, relative to the working directory; each with LoRA adapters, if wanted.
		 * Default: the default model.
		 */
		models: oneOrMore(modelEntry).optional(),
		techniques: oneOrMore(techniqueEntry).default([techniqueSchema.parse({ kind: 'zero-shot' })]),
		parameters: oneOrMore(parametersSchema).default([parametersSchema.parse({})]),
		/** What goes into the prompts besides the samples: documents. `{}` or `none`: nothing. Default: nothing. */
		contexts: oneOrMore(contextEntry).optional(),
		scorers: oneOrMore(scorerEntry),
		epochs,
		seed,
		width,
		independent,
		shardSize,
		contextSize,
		threads,
		/** Acceptance criteria: if one is not met, `assay eval run` ends with exit code 3. */
		criteria: z.array(criterionEntry).max(20).default([]),
		gate: gateEntry.optional(),
	})
	.strict();

/**
 * Input of `assay eval rescore`: a file for `assay eval run`, of which only the extraction rules and scorers are used,
 * or a shorter file with only those.
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
