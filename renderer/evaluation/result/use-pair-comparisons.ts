import type { Run, RunComparison } from '../../../electron/contract/evaluation/schema.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import type { Client } from '../../connection/connection.ts';
import { useQuery } from '../../connection/use-query.ts';
import type { ArmPair } from './arm-pairs.ts';

interface Found {
	/** By the key of the pair. */
	readonly comparisons: ReadonlyMap<string, RunComparison>;
	readonly failure: FailureFacts | null;
}

const none: ReadonlyMap<string, RunComparison> = new Map();

/** Fetches the comparison of every pair, again whenever `version` changes. Old results stay until new ones arrive. */
export function usePairComparisons(armPairs: readonly ArmPair[], scorer: string | null, version: string): Found {
	const wanted = armPairs.map(({ key, baseId, family }) => [key, baseId, family]);
	const { data: answer = none, failure } = useQuery(
		armPairs.length === 0 ? null : JSON.stringify([wanted, scorer, version]),
		async (client, signal) =>
			new Map(
				await Promise.all(
					armPairs.map(
						async (armPair) => [armPair.key, await fetchPairComparison(client, armPair, scorer, signal)] as const,
					),
				),
			),
	);
	return { comparisons: answer, failure };
}

async function fetchPairComparison(
	{ evaluations }: Client,
	{ baseId, family }: ArmPair,
	scorer: string | null,
	signal: AbortSignal,
): Promise<RunComparison> {
	const [otherId = 0, ...others] = family;
	const pair = await evaluations.compare({ arms: [baseId, otherId], scorer }, { signal });
	if (others.length === 0) return pair;
	// Unfairness is judged for these two; the correction for chance covers all that were tried.
	const { pairs } = await evaluations.compare({ arms: [baseId, ...family], scorer }, { signal });
	return { ...pair, pairs: pairs.slice(0, 1) };
}

/** Most sides of a comparison in addition to its base, as in the contract. */
const maxSides = 7;

/** Of the chance of a false claim. */
const alpha = 0.05;

/**
 * Returns the leading arm of a finished run if it is clearly better than every other, all tested together; null: another
 * could be as good, so none is called best.
 */
export function useClearBest(run: Run, leadingId: number | null, scorer: string, version: string): number | null {
	const others = run.arms.flatMap(({ id }) => (id === leadingId ? [] : [id]));
	const wanted = run.status === 'done' && leadingId !== null && others.length > 0;
	const { data } = useQuery(
		wanted ? JSON.stringify(['best', leadingId, others, scorer, version]) : null,
		async ({ evaluations }, signal) => {
			if (leadingId === null) return null;
			const groups = Array.from({ length: Math.ceil(others.length / maxSides) }, (_, index) =>
				others.slice(index * maxSides, (index + 1) * maxSides),
			);
			const found = await Promise.all(
				groups.map((group) => evaluations.compare({ arms: [leadingId, ...group], scorer }, { signal })),
			);
			const pairs = found.flatMap(({ pairs: own }) => own);
			// Each group is adjusted by itself; together they are held to the same 5 %.
			return pairs.every(({ verdict, p }) => verdict === 'worse' && p * groups.length <= alpha) ? leadingId : null;
		},
	);
	return wanted ? (data ?? null) : null;
}
