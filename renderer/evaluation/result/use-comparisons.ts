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
	const keys = duels.map(({ key }) => key).join(',');
	// biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for what the rows hold now
	useEffect(() => {
		if (keys === '') return setFound(none);
		const controller = new AbortController();
		const all = keys.split(',').map(async (key) => {
			const arms = key.split('-').map(Number);
			const comparison = await connection.client.evaluations.compare({ arms, scorer }, { signal: controller.signal });
			return [key, comparison] as const;
		});
		Promise.all(all).then(
			(entries) => setFound({ comparisons: new Map(entries), failure: null }),
			(error: unknown) => {
				if (controller.signal.aborted || isConnectionLoss(error)) return;
				setFound({ comparisons: new Map(), failure: failureOf(error) });
			},
		);
		return () => controller.abort();
	}, [keys, scorer, version, connection]);
	return found;
}
