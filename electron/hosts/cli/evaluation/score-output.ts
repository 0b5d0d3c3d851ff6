import { Failure } from '../../../../models/contract/failure.ts';
import type { HandScore } from '../../../contract/evaluation/schema.ts';
import { handScorer } from '../../../contract/evaluation/scorer-name.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { withApplication } from '../with-application.ts';
import { metricText } from './run-tables.ts';

export interface ScoreOptions {
	readonly note?: string;
	/** Answer to the sample, from 1. */
	readonly answer: number;
	readonly clear?: boolean;
}

/** `assay eval score`: scores one output by hand, and prints the score before and the mean of all scores by hand. */
export async function scoreOutput(
	context: CommandContext,
	{ run: text, sample, value }: { run: string; sample: number; value: number | undefined },
	{ note = '', answer, clear = false }: ScoreOptions,
): Promise<number> {
	const [, runId, number] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
	if (runId === undefined) throw new UsageError(`"${text}" is no run: give its number, or <run>:<combination>`);
	if ((value === undefined) !== clear) throw new UsageError('give a score from 0 to 1, or --clear');
	return withApplication(context, async ({ evaluations }) => {
		const { arms } = await evaluations.get({ id: Number(runId) });
		if (number === undefined && arms.length > 1)
			throw new UsageError(`run ${runId} has ${arms.length} combinations: name one as ${runId}:<n>`);
		const arm = arms.find(({ position }) => position === Number(number ?? 1) - 1);
		if (arm === undefined) {
			throw new Failure({
				code: 'arm-unknown',
				message: `Run ${runId} has no combination ${number}`,
				next: [`List them: assay eval show ${runId}`],
			});
		}
		const score: HandScore | null = value === undefined ? null : { value, note };
		const { before } = await evaluations.scoreByHand({
			armId: arm.id,
			position: sample - 1,
			epoch: answer - 1,
			score,
		});
		const run = await evaluations.get({ id: Number(runId) });
		const metric = run.arms.find(({ id }) => id === arm.id)?.metrics[handScorer] ?? null;
		const was = before === null ? '' : ` (was ${before.value})`;
		const mean = metric === null ? '' : `; ${metric.n} scored by hand, mean ${metricText(metric)}`;
		context.output.result(
			{ armId: arm.id, position: sample - 1, epoch: answer - 1, score, before, metric },
			`Sample ${sample} of ${arm.label}: ${score === null ? 'no score by hand' : score.value}${was}${mean}`,
		);
		return exitCode.done;
	});
}
