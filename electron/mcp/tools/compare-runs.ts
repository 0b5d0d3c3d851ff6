import { z } from 'zod';
import { Failure } from '../../../models/contract/failure.ts';
import { armsNamed, parseArmName } from '../../contract/evaluation/arm-name.ts';
import { comparisonOutput, comparisonOutputSchema } from '../evaluation/run-output.ts';
import { defineTool } from '../tool.ts';

const most = 8;

export const compareRuns = defineTool({
	name: 'compare_runs',
	title: 'Compare runs',
	description:
		'Compares combinations of finished runs on the samples that all scored, paired: difference from the first, 95 % interval, verdict, and what is unfair.',
	scope: 'evaluation',
	input: z.object({
		runs: z.array(z.string().max(40)).min(1).max(most).describe('"3": all of run 3; "3:2": its second combination'),
		scorer: z.string().max(100).optional().describe('Left out: the first one'),
	}),
	output: comparisonOutputSchema,
	annotations: { readOnlyHint: true, openWorldHint: false },
	async run({ runs, scorer = null }, { client }) {
		const arms: number[] = [];
		for (const text of runs) {
			const name = parseArmName(text);
			if (name === null) throw notComparable(`“${text}” is no run.`);
			arms.push(...armsNamed(await client.evaluations.get({ id: name.runId }), name).map(({ id }) => id));
		}
		if (arms.length < 2) throw notComparable('A comparison takes two combinations.');
		if (arms.length > most) throw notComparable(`These are ${arms.length} combinations; eight can be compared.`);
		return comparisonOutput(await client.evaluations.compare({ arms, scorer }));
	},
});

function notComparable(message: string): Failure {
	return new Failure({ code: 'not-comparable', message, next: ['Name runs as "3", or combinations as "3:2"'] });
}
