import type { Implementer } from '../../../electron/api/implementer.ts';
import { agreementWords } from '../../../electron/evaluation/judge-agreement.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { spoken } from '../../../models/contract/said.ts';

/** A judge that never finishes if the rubric contains "slow", and lacks ratings if it contains "none". */
export function judgeHandlers({ judges }: Implementer) {
	return {
		check: judges.check.handler(async ({ input, signal }) => {
			if (input.rubric.includes('none')) {
				throw new Failure({
					code: 'too-few-ratings',
					message:
						'You gave 3 thumbs up and 0 thumbs down; at least 2 of each are needed to see whether a judge agrees with you.',
					next: ['Rate more chat answers: 20 of each is a good start'],
				});
			}
			async function* updates() {
				yield { type: 'progress' as const, done: 12, total: 40, secondsLeft: 34 };
				if (input.rubric.includes('slow')) {
					await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
					return;
				}
				const facts = { n: 40, unscored: 0, up: 20, down: 20, good: 23, observed: 0.775, expected: 0.5 };
				const agreement = { ...facts, kappa: 0.55, low: 0.29, high: 0.81 };
				yield { type: 'done' as const, agreement: spoken({ ...agreement, words: agreementWords(agreement) }) };
			}
			return updates();
		}),
	};
}
