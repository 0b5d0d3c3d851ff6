import { useEffect, useState } from 'react';
import { useServices } from '../../services.ts';
import type { PlanInput } from '../comparisons.ts';

/** Changes of the form are over after this long, ms. */
const typingPauseMs = 250;

/** What a plan would take, in words, a moment after its last change; null: not known. */
export function usePlanEstimate(plan: PlanInput | null): string | null {
	const { comparisons } = useServices();
	const [words, setWords] = useState<string | null>(null);
	const key = plan === null ? null : JSON.stringify(plan);
	useEffect(() => {
		if (key === null) return setWords(null);
		let current = true;
		const timer = setTimeout(() => {
			comparisons.estimate(JSON.parse(key) as PlanInput).then(
				(estimate) => current && setWords(estimate.words),
				// What is wrong with the plan is said when it is started.
				() => current && setWords(null),
			);
		}, typingPauseMs);
		return () => {
			current = false;
			clearTimeout(timer);
		};
	}, [key, comparisons]);
	return words;
}
