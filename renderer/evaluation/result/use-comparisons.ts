import { useEffect, useState } from 'react';
import type { RunComparison } from '../../../electron/contract/evaluation/compare.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { failureOf, isConnectionLoss } from '../../connection/failure.ts';
import { useServices } from '../../services.ts';
import type { Duel } from './contrast.ts';

interface Found {
	/** By the key of the duel. */
	readonly comparisons: ReadonlyMap<string, RunComparison>;
	readonly failure: FailureFacts | null;
}

const none: Found = { comparisons: new Map(), failure: null };

/** The comparison of every duel; asked for anew whenever `version` changes, and what was known stays until then. */
export function useComparisons(duels: readonly Duel[], scorer: string | null, version: string): Found {
	const { connection } = useServices();
	const [found, setFound] = useState<Found>(none);
	const wanted = JSON.stringify(duels.map(({ key, baseId, family }) => [key, baseId, family]));
	// biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for what the rows hold now
	useEffect(() => {
		const asked = JSON.parse(wanted) as [key: string, baseId: number, family: number[]][];
		if (asked.length === 0) return setFound(none);
		const controller = new AbortController();
		const { signal } = controller;
		const { evaluations } = connection.client;
		const all = asked.map(async ([key, baseId, family]) => {
			const [otherId = 0, ...beside] = family;
			const pair = await evaluations.compare({ arms: [baseId, otherId], scorer }, { signal });
			if (beside.length === 0) return [key, pair] as const;
			// What is unfair is that of the two; what is chance is said of all that were tried.
			const { pairs } = await evaluations.compare({ arms: [baseId, ...family], scorer }, { signal });
			return [key, { ...pair, pairs: pairs.slice(0, 1) }] as const;
		});
		Promise.all(all).then(
			(entries) => setFound({ comparisons: new Map(entries), failure: null }),
			(error: unknown) => {
				if (controller.signal.aborted || isConnectionLoss(error)) return;
				setFound({ comparisons: new Map(), failure: failureOf(error) });
			},
		);
		return () => controller.abort();
	}, [wanted, scorer, version, connection]);
	return found;
}
