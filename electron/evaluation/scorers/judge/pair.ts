import type { AskJudge, Judge } from './ask.ts';
import { pairGrammar } from './grammar.ts';
import { pairTurns } from './turns.ts';
import { readVerdict } from './verdict.ts';

export interface PairVerdict {
	readonly preferred: 'first' | 'second' | 'tie';
	/** Whether both orders gave the same: a judge that often does not looks at places, not at answers. */
	readonly consistent: boolean;
	readonly explanation: string;
}

/**
 * Which of two answers is better, asked in both orders (MT-Bench): only a judge that names the same answer twice prefers
 * one; ties and disagreement are a tie.
 */
export async function judgePair(
	judge: Pick<Judge, 'rubric' | 'reasons'>,
	{ question, first, second }: { readonly question: string; readonly first: string; readonly second: string },
	ask: AskJudge,
): Promise<PairVerdict> {
	const grammar = pairGrammar(judge.reasons);
	const game = async (a: string, b: string) =>
		readVerdict(await ask(pairTurns(judge, { question, a, b }), grammar), ['A', 'B', 'TIE']);
	const forwards = await game(first, second);
	const backwards = await game(second, first);
	const one = ({ A: 'first', B: 'second', TIE: 'tie', none: null } as const)[forwards.verdict ?? 'none'];
	const two = ({ A: 'second', B: 'first', TIE: 'tie', none: null } as const)[backwards.verdict ?? 'none'];
	const reasons = [forwards.reasons, backwards.reasons].filter((text) => text !== '').join(' / ');
	const because = reasons === '' ? '' : ` ${reasons}`;
	if (one === null || two === null) {
		return {
			preferred: 'tie',
			consistent: false,
			explanation: `The judge came to no verdict in one of the orders: a tie.${because}`,
		};
	}
	if (one !== two) {
		return { preferred: 'tie', consistent: false, explanation: `The two orders disagree: a tie.${because}` };
	}
	const words = { first: 'Better in both orders.', second: 'Worse in both orders.', tie: 'A tie in both orders.' }[one];
	return { preferred: one, consistent: true, explanation: `${words}${because}` };
}
