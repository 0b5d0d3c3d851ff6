import type { ScorerInput } from './scorer.ts';

/** Name under which scores by a person are stored; no scorer of a run may have it. */
export const handScorer = 'human';

type Named = Pick<ScorerInput, 'name' | 'kind'>;

/** The name under which a scorer's values are stored: its own, otherwise its kind. */
export function scorerName({ name, kind }: Named): string {
	return name ?? kind;
}

/** A short word that distinguishes scorers of one kind; undefined: there is none. */
function detailOf(scorer: ScorerInput): string | undefined {
	if (scorer.kind === 'choice') return scorer.measure ?? 'acc';
	if (scorer.kind === 'rouge-l') return scorer.measure ?? 'f1';
	if (scorer.kind === 'numeric') return scorer.find ?? 'last';
	if (scorer.kind === 'sources') return scorer.measure ?? 'recall';
	if (scorer.kind === 'ifeval') return `${scorer.level ?? 'prompt'} ${scorer.mode ?? 'strict'}`;
	if (scorer.kind === 'tool-calls') return scorer.part ?? 'call';
	return undefined;
}

/**
 * Names scorers when several of one kind have no name: "choice acc" and "choice acc-norm", otherwise "exact" and "exact
 * 2". Given names stay, even if two are the same.
 */
export function namedApart<One extends ScorerInput>(scorers: readonly One[]): One[] {
	const unnamed = scorers.filter(({ name }) => name === undefined);
	const wished = scorers.map((one) => {
		if (one.name !== undefined || unnamed.filter(({ kind }) => kind === one.kind).length < 2) return scorerName(one);
		const details = unnamed.filter(({ kind }) => kind === one.kind).map(detailOf);
		return new Set(details).size < 2 ? one.kind : `${one.kind} ${detailOf(one)}`;
	});
	const taken = new Set(scorers.flatMap(({ name }) => name ?? []));
	return scorers.map((one, index) => {
		if (one.name !== undefined) return one;
		const wish = wished[index] ?? one.kind;
		let name = wish;
		for (let number = 2; taken.has(name); number += 1) name = `${wish} ${number}`;
		taken.add(name);
		return name === one.kind ? one : { ...one, name };
	});
}
