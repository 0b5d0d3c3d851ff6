import type { Manifest } from '../contract/evaluation/manifest.ts';
import { handScorer, scorerName } from '../contract/evaluation/scorer-name.ts';

/** The part of an arm that tells which outputs it has. */
export interface Outputs {
	readonly runId: number;
	readonly manifest: Manifest;
	/** Position of the arm in its run. */
	readonly position: number;
	/** Whether a person has scored outputs of it. */
	readonly byHand?: boolean;
}

/** Whether two arms have the same outputs, scored twice: then the difference comes from scoring alone. */
export function sameOutputs(a: Outputs, b: Outputs): boolean {
	const [first, second] = [a, b].map(({ runId, manifest }) => manifest.marked?.runId ?? runId);
	return first === second && a.runId !== b.runId && a.position === b.position;
}

/** Names of the scorers that every side has. */
export function sharedScorers(sides: readonly Pick<Outputs, 'manifest' | 'byHand'>[]): readonly string[] {
	const [first = [], ...others] = sides.map(namesOf);
	return first.filter((name) => others.every((own) => own.includes(name)));
}

/**
 * The scorer that each side is compared by: the requested one, otherwise the first that all sides have. The same
 * outputs may also be compared by scorers of different names, each side by its own first one. null: there is none.
 */
export function scorersOf(sides: readonly Outputs[], wanted: string | null): readonly string[] | null {
	const shared = sharedScorers(sides);
	const scorer = wanted ?? shared[0];
	if (scorer !== undefined && shared.includes(scorer)) return sides.map(() => scorer);
	const [first, ...others] = sides;
	if (first === undefined || !others.every((side) => sameOutputs(first, side))) return null;
	return sides.map((side) => {
		const own = namesOf(side);
		return wanted !== null && own.includes(wanted) ? wanted : (own[0] ?? '');
	});
}

function namesOf({ manifest, byHand = false }: Pick<Outputs, 'manifest' | 'byHand'>): readonly string[] {
	return [...manifest.scorers.map(scorerName), ...(byHand ? [handScorer] : [])];
}
