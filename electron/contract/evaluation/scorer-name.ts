import type { ScorerInput } from './scorer.ts';

type Named = Pick<ScorerInput, 'name' | 'kind'>;

/** The name under which a scorer's values are kept: its own, else its kind. */
export function scorerName({ name, kind }: Named): string {
	return name ?? kind;
}

/** What tells scorers of one kind apart in its users' words; undefined: nothing that has a short name. */
function detailOf(scorer: ScorerInput): string | undefined {
	if (scorer.kind === 'choice') return scorer.measure ?? 'acc';
	if (scorer.kind === 'rouge-l') return scorer.measure ?? 'f1';
	if (scorer.kind === 'numeric') return scorer.find ?? 'last';
	if (scorer.kind === 'ifeval') return `${scorer.level ?? 'prompt'} ${scorer.mode ?? 'strict'}`;
	return undefined;
}

/**
 * Scorers with names where several of one kind have none: "choice acc" and "choice acc-norm", else "exact" and "exact 2".
 * Names that were given stay, also where two are the same.
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
