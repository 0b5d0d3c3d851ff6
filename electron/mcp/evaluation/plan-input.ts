import { z } from 'zod';
import { scorerSchema } from '../../contract/evaluation/scorer.ts';
import { techniqueSchema } from '../../contract/evaluation/technique.ts';

/** Scorers that need no further choice. */
const plainScorers = [
	'exact',
	'includes',
	'numeric',
	'letter',
	'choice',
	'rouge-l',
	'levenshtein',
	'ifeval',
	'tool-calls',
] as const;

const techniqueKinds = techniqueSchema.options.map(({ shape }) => shape.kind.value);

/** How a dataset is asked. What is left out follows from the recipe of an alias, else from the dataset. */
export const planShape = {
	dataset: z.string().min(1).max(200).describe('Name or number'),
	prompt: z.string().max(200).optional().describe('Name of a prompt in the library'),
	template: z
		.string()
		.max(100_000)
		.optional()
		.describe('Instead of prompt: text with {{input}}, {{choices}} or columns of the dataset'),
	system: z.string().max(100_000).optional().describe('System prompt, with template'),
	technique: z.enum(techniqueKinds).optional(),
	scorers: z.array(z.enum(plainScorers)).max(8).optional(),
	samples: z.int().min(1).optional().describe('Most samples; left out: all'),
	split: z.string().max(60).optional(),
	max_tokens: z.int().min(1).max(131_072).optional(),
	temperature: z.number().min(0).max(5).optional().describe('Left out: 0, so that a run can be repeated'),
	epochs: z.int().min(1).max(100).optional(),
	seed: z.int().min(0).max(0xffff_ffff).optional(),
};

export const planSchema = z.object(planShape);

export type PlanInput = z.output<typeof planSchema>;

/** Returns the scorer of a kind, with its usual options. */
export function scorerOf(kind: (typeof plainScorers)[number]) {
	return scorerSchema.parse(kind === 'exact' || kind === 'includes' ? { kind, ignoreCase: true } : { kind });
}
