import { z } from 'zod';
import { objectiveNameSchema, trainingSettingsSchema } from '../../../models/contract/native/training-run.ts';
import { sampleTagSchema } from '../dataset/schema.ts';
import { feedbackFilterSchema } from '../feedback/schema.ts';
import { trainingConfigSchema } from './schema.ts';

const { name, holdOut, validation, threads } = trainingConfigSchema.shape;

const choice = {
	split: z.string().min(1).nullable().default(null),
	tags: z.array(sampleTagSchema).max(16).default([]),
};

/**
 * A dataset in the library by name; a file, which is imported unless the library has one with the same content;
 * feedback; documents of collections; or text files and folders of them.
 */
const dataEntry = z.union([
	z.string().min(1).max(200),
	z.object({ dataset: z.string().min(1).max(200), version: z.int().min(1).optional(), ...choice }).strict(),
	/** Relative to the config file. */
	z.object({ file: z.string().min(1), ...choice }).strict(),
	z.object({ feedback: feedbackFilterSchema }).strict(),
	/** Names of collections. */
	z.object({ documents: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(50)]) }).strict(),
	z.object({ texts: z.array(z.string().min(1)).min(1).max(1_000) }).strict(),
]);

/** If the adapter does not do as well as asked, `assay train` ends with exit code 3. */
const gateEntry = z.object({
	/** Scorer to compare by; default: the one that fits the samples. */
	scorer: z.string().optional(),
	/**
	 * worse: fails if the adapter is measurably worse than the base. not-shown-as-better: fails unless the 95 % interval
	 * of the difference lies above `margin`.
	 */
	fail: z.enum(['worse', 'not-shown-as-better']).default('worse'),
	/** Points of 1: with “worse” the accepted loss, with “not-shown-as-better” the gain asked for. */
	margin: z.number().min(0).max(1).default(0),
});

/** Input of `assay train`, as YAML or JSON. Names refer to things in the library, files to their content. */
export const trainingConfigFileSchema = z
	.object({
		$schema: z.string().optional(),
		name,
		/** Default: the command's own. */
		objective: objectiveNameSchema.optional(),
		/** Name in the library or path of a GGUF file. Default: the default model. */
		model: z.string().min(1).optional(),
		/** The larger model to learn from, for `distill`. */
		teacher: z.string().min(1).optional(),
		data: dataEntry,
		holdOut,
		validation,
		settings: trainingSettingsSchema.strict().prefault({}),
		threads,
		/** Compares base and adapter on the held-out samples after training, and checks the result. */
		gate: gateEntry.optional(),
	})
	.strict();

export type TrainingConfigFile = z.infer<typeof trainingConfigFileSchema>;

/** JSON Schema (draft 2020-12) of the config file, for editors. */
export function trainingConfigFileJsonSchema(): Record<string, unknown> {
	const { $schema, ...schema } = z.toJSONSchema(trainingConfigFileSchema, {
		io: 'input',
		unrepresentable: 'any',
	}) as Record<string, unknown>;
	return { $schema, title: 'Assay training config', description: 'Read by: assay train sft <config.yaml>', ...schema };
}
