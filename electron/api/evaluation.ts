import type { Evaluations } from '../evaluation/evaluations.ts';
import { checkJudge, type JudgeCheckContext } from '../evaluation/judge-check.ts';
import type { Implementer } from './implementer.ts';

export function evaluationHandlers({ evaluations: calls }: Implementer, evaluations: Evaluations) {
	return {
		estimate: calls.estimate.handler(({ input, signal }) => evaluations.estimate(input, signal)),
		configFile: {
			write: calls.configFile.write.handler(({ input }) => evaluations.configFile.write(input)),
			read: calls.configFile.read.handler(({ input }) => evaluations.configFile.read(input.text, input.name)),
			resolve: calls.configFile.resolve.handler(({ input }) => evaluations.configFile.resolve(input.file)),
		},
		preview: calls.preview.handler(({ input, signal }) => evaluations.preview(input, signal)),
		tryExtraction: calls.tryExtraction.handler(({ input, signal }) =>
			evaluations.tryExtraction(input.datasetId, input.technique, input.source, signal),
		),
		start: calls.start.handler(({ input }) => evaluations.start(input)),
		list: calls.list.handler(({ input }) => evaluations.list(input)),
		get: calls.get.handler(({ input }) => evaluations.get(input.id)),
		rename: calls.rename.handler(({ input }) => evaluations.rename(input.id, input.name)),
		rows: calls.rows.handler(({ input, signal }) => evaluations.rows(input, signal)),
		chatUse: calls.chatUse.handler(({ input }) => evaluations.chatUse(input.armId)),
		row: calls.row.handler(({ input }) => evaluations.row(input.arms, input.position, input.epoch)),
		scoreByHand: calls.scoreByHand.handler(({ input }) => evaluations.scoreByHand(input)),
		pause: calls.pause.handler(({ input }) => evaluations.pause(input.id)),
		resume: calls.resume.handler(({ input }) => evaluations.resume(input.id)),
		retry: calls.retry.handler(({ input }) => evaluations.retry(input.id)),
		cancel: calls.cancel.handler(({ input }) => evaluations.cancel(input.id)),
		remove: calls.remove.handler(({ input }) => evaluations.remove(input.id)),
		restore: calls.restore.handler(({ input }) => evaluations.restore(input.id)),
		erase: calls.erase.handler(async ({ input }) => {
			await evaluations.erase(input.id);
			return {};
		}),
		planMark: calls.planMark.handler(({ input, signal }) => evaluations.planRescore(input, signal)),
		mark: calls.mark.handler(({ input }) => evaluations.rescore(input)),
		repeat: calls.repeat.handler(({ input }) => evaluations.repeat(input.id)),
		selfTest: calls.selfTest.handler(({ input }) => evaluations.selfTest(input.id)),
		setBaseline: calls.setBaseline.handler(({ input }) => evaluations.setBaseline(input.id, input.baseline)),
		compare: calls.compare.handler(({ input }) => evaluations.compare(input.arms, input.scorer)),
		export: calls.export.handler(({ input: { id, ...order } }) => evaluations.export(id, order)),
	};
}

export function judgeHandlers({ judges: calls }: Implementer, context: JudgeCheckContext) {
	return {
		check: calls.check.handler(({ input, signal }) => checkJudge(context, input, signal)),
	};
}
