import { checkJudge, type JudgeCheckContext } from '../../evaluation/judge-check/check.ts';
import type { Implementer } from '../implementer.ts';

export function judgeHandlers({ judges: calls }: Implementer, context: JudgeCheckContext) {
	return {
		check: calls.check.handler(({ input, signal }) => checkJudge(context, input, signal)),
	};
}
