import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import type { Run } from '../../contract/evaluation/schema.ts';
import { untilRunEnded } from '../evaluation/follow-run.ts';
import { isAskedAlike, planFromText, planRun, type Subject, subjectOf } from '../evaluation/plan.ts';
import { planSchema, planShape } from '../evaluation/plan-input.ts';
import { runOutput, runOutputSchema } from '../evaluation/run-output.ts';
import { defineTool, type ToolCall } from '../tool.ts';

const { dataset, ...rest } = planShape;

const input = z.object({
	dataset: dataset.optional(),
	models: z.array(z.string().max(500)).max(8).default([]).describe('Names, ids or aliases; empty: the default model'),
	...rest,
	config: z.string().max(1_000_000).optional().describe('Instead of all this: a config file of assay eval run, YAML'),
	run_id: z.int().optional().describe('Instead of all this: wait for this run, resumed if it is paused'),
	wait: z.boolean().default(true).describe('false: return at once; ask again by run_id'),
});

export const runEvaluation = defineTool({
	name: 'run_evaluation',
	title: 'Run an evaluation',
	description:
		'Measures models on a dataset and returns scores with 95 % intervals. Reports progress; cancelling pauses the run. The same plan gives the same numbers again.',
	scope: 'evaluation',
	input,
	output: runOutputSchema,
	annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
	async run(given, call) {
		const run = await begun(call, given);
		return runOutput(given.wait ? await untilRunEnded(call, run) : run);
	},
});

async function begun({ client, signal }: ToolCall, given: z.output<typeof input>): Promise<Run> {
	const { run_id: id, config, models } = given;
	if (id !== undefined) {
		const run = await client.evaluations.get({ id });
		return run.status === 'paused' ? client.evaluations.resume({ id }) : run;
	}
	if (config !== undefined) return client.evaluations.start(await planFromText(client, config));
	const plan = planSchema.safeParse(given);
	if (plan.data === undefined) {
		throw new Failure({
			code: 'dataset-missing',
			message: 'Nothing says what to measure.',
			next: ['Name a dataset', 'Give a config', 'Give the run_id of a run'],
		});
	}
	const subjects: Subject[] = [];
	for (const name of models.length === 0 ? [''] : models) subjects.push(await subjectOf(client, name));
	const [first, ...others] = subjects;
	if (first === undefined) throw new Error('a run of no model');
	const other = others.find((subject) => !isAskedAlike(first, subject));
	if (other !== undefined) {
		throw new Failure({
			code: 'recipes-differ',
			message: `${first.name} and ${other.name} have different recipes, and one run asks all its models alike.`,
			next: ['Evaluate each in a run of its own', 'Or ask is_b_better_than_a, which does'],
		});
	}
	const planned = await planRun(client, plan.data, [first, ...others]);
	signal.throwIfAborted();
	return client.evaluations.start(planned);
}
