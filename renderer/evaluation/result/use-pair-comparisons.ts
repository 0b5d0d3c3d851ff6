import type { RunComparison } from '../../../electron/contract/evaluation/schema.ts';
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
