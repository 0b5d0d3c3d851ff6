import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { toFailure } from '../connection/failure.ts';

export interface Reloadable<T> {
	/** null until loaded. */
	readonly value: T | null;
	/** The reason why the latest load failed. */
	readonly problem: FailureFacts | null;
	readonly reload: () => void;
	readonly set: (value: T) => void;
}

/** Loads a call's result when the component appears and again whenever `when` changes. */
export function useReloadable<T>(load: () => Promise<T>, when: unknown = null): Reloadable<T> {
	const [value, setValue] = useState<T | null>(null);
	const [problem, setProblem] = useState<FailureFacts | null>(null);
	const ask = useEffectEvent(async () => {
		try {
			setValue(await load());
			setProblem(null);
		} catch (error) {
			setProblem(toFailure(error));
		}
	});
	const [turn, setTurn] = useState(0);
	// biome-ignore lint/correctness/useExhaustiveDependencies: both say that what was fetched is old
	useEffect(() => {
		void ask();
	}, [when, turn]);
	const reload = useCallback(() => setTurn((now) => now + 1), []);
	return { value, problem, reload, set: setValue };
}
