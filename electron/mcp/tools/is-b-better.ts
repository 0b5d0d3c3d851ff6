import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import { measured } from '../evaluation/follow-run.ts';
import { isAskedAlike, planRun, subjectOf } from '../evaluation/plan.ts';
import { planShape } from '../evaluation/plan-input.ts';
import { comparisonOutput, pairSchema } from '../evaluation/run-output.ts';
import { defineTool } from '../tool.ts';

const sideSchema = z.object({
	name: z.string(),
	combination: z.string(),
	score: z.number().nullable(),
	low: z.number().nullable(),
	high: z.number().nullable(),
});

export const isBetter = defineTool({
	name: 'is_b_better_than_a',
	title: 'Is B better than A?',
	description:
		'Measures two models or aliases on the same samples and decides by a paired test whether B is better than A: verdict, 95 % interval, n, p. Says so when the samples can’t tell. Reports progress; cancelling pauses it.',
	scope: 'evaluation',
	input: z.object({
		a: z.string().max(500).describe('Name, id or alias; empty: the default model'),
		b: z.string().max(500),
		...planShape,
	}),
	output: pairSchema.extend({
		better: z.boolean().nullable().describe('null: not shown either way'),
		scorer: z.string(),
		a: sideSchema,
		b: sideSchema,
		unfair: z.array(z.string()).describe('Differences besides the one in question: say them before the verdict'),
		run_ids: z.array(z.int()),
	}),
	annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
	async run({ a, b, ...input }, call) {
		const { client } = call;
		const first = await subjectOf(client, a);
		const second = await subjectOf(client, b);
		const alike = isAskedAlike(first, second);
		if (alike && first.model.id === second.model.id) {
			throw new Failure({
				code: 'nothing-to-compare',
				message: `Both are ${first.name}, asked alike.`,
				next: ['Name two models, or aliases with different recipes'],
			});
		}
		const arms: { readonly runId: number; readonly armId: number }[] = [];
		if (alike) {
			const run = await measured(call, await planRun(client, input, [first, second]));
			arms.push(...run.arms.map(({ id }) => ({ runId: run.id, armId: id })));
		} else {
			// Both plans first: the second must not fail once the first is measured.
			const plans = [await planRun(client, input, [first]), await planRun(client, input, [second])];
			for (const [index, plan] of plans.entries()) {
				const run = await measured(call, plan, `${index === 0 ? 'A' : 'B'}: `);
				arms.push(...run.arms.map(({ id }) => ({ runId: run.id, armId: id })));
			}
		}
		const compared = comparisonOutput(
			await client.evaluations.compare({ arms: arms.map(({ armId }) => armId), scorer: null }),
		);
		const [pair] = compared.others;
		if (pair === undefined) throw new Error('a comparison without its pair');
		const { name, label: _, score, ...facts } = pair;
		const sides = [
			{ name: first.name, combination: compared.first.name, score: compared.first.score },
			{ name: second.name, combination: name, score },
		].map((side) => ({
			...side,
			score: side.score?.value ?? null,
			low: side.score?.low ?? null,
			high: side.score?.high ?? null,
		}));
		const [sideA, sideB] = sides;
		if (sideA === undefined || sideB === undefined) throw new Error('a comparison without its sides');
		return {
			...facts,
			better: facts.verdict === 'better' ? true : facts.verdict === 'undecided' ? null : false,
			scorer: compared.scorer,
			a: sideA,
			b: sideB,
			unfair: compared.unfair,
			run_ids: [...new Set(arms.map(({ runId }) => runId))],
		};
	},
});
