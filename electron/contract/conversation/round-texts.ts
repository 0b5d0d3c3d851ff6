import type { AnswerRound } from './steps.ts';

/** Joins what was written in one round to what came before. */
export function joinRounds(before: string, next: string): string {
	return before === '' || next === '' ? before + next : `${before}\n\n${next}`;
}

/** Returns the text of each round, and last what was written after them. */
export function textsOfRounds(content: string, rounds: readonly Pick<AnswerRound, 'contentEnd'>[]): readonly string[] {
	const ends = [...rounds.map(({ contentEnd }) => contentEnd), content.length];
	return ends.map((end, index) => {
		const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
		const text = content.slice(start, end);
		return start > 0 && text.startsWith('\n\n') ? text.slice(2) : text;
	});
}
