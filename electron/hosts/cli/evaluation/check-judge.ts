import { Failure } from '../../../../models/contract/failure.ts';
import type { JudgeAgreement } from '../../../contract/evaluation/schema.ts';
import { chooseModel } from '../choose-model.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { textOption } from '../text-option.ts';
import { withApplication } from '../with-application.ts';

export interface JudgeOptions {
	rubric?: string;
	rubricFile?: string;
	scale: 'pass-fail' | 'grade' | 'grade-10';
	reasons?: boolean;
	limit: number;
	/** Value that the whole interval of kappa must exceed for exit code 0. */
	least?: number;
}

/** Compares a judge model with the thumbs given in chats. */
export async function checkJudge(context: CommandContext, model: string, options: JudgeOptions): Promise<number> {
	const { output, interrupt } = context;
	const rubric = await textOption(context.streams.stdin, 'rubric', options.rubric, options.rubricFile);
	if (rubric === undefined) throw new UsageError('give a rubric: --rubric or --rubric-file');
	const { scale, limit, reasons = false } = options;
	const agreement = await withApplication(context, async (client): Promise<JudgeAgreement> => {
		const { id: modelFileId } = await chooseModel(client, model);
		const updates = await client.judges.check(
			{ modelFileId, rubric, scale, reasons, limit },
			{ signal: interrupt.signal },
		);
		for await (const update of updates) {
			if (update.type === 'done') return update.agreement;
			const left = update.secondsLeft === null ? '' : `, ${Math.ceil(update.secondsLeft)} s left`;
			output.progress(`${update.done} of ${update.total} answers${left}`);
		}
		throw new Failure({ code: 'interrupted', message: 'The check was stopped', next: ['Rerun it'] });
	});
	output.progress(null);
	output.result({ agreement }, agreement.words);
	return options.least === undefined || (agreement.low ?? -1) >= options.least ? exitCode.done : exitCode.checkFailed;
}
