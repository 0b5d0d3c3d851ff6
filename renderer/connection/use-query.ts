import { useEffect, useEffectEvent, useState } from 'react';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { useServices } from '../services.ts';
import type { Client } from './connection.ts';
import { isConnectionLoss, toFailure } from './failure.ts';

export interface QueryResult<T> {
	/** undefined: not loaded yet, or failed. */
	readonly data: T | undefined;
	readonly failure: FailureFacts | null;
	/** A newer answer is being fetched. */
	readonly isLoading: boolean;
}

/**
 * Queries the application again whenever `key` changes; null queries nothing. The previous answer stays until the next
 * arrives. `pauseMs`: keys that change sooner than this, as while typing, are skipped.
 */
export function useQuery<T>(
	key: string | null,
	ask: (client: Client, signal: AbortSignal) => Promise<T>,
	pauseMs = 0,
): QueryResult<T> {
	const { connection } = useServices();
	const [result, setResult] = useState<QueryResult<T>>({ data: undefined, failure: null, isLoading: false });
	const askNow = useEffectEvent((signal: AbortSignal) => {
		ask(connection.client, signal).then(
			(answer) => {
				if (!signal.aborted) setResult({ data: answer, failure: null, isLoading: false });
			},
			(error: unknown) => {
				if (signal.aborted || isConnectionLoss(error)) return;
				setResult({ data: undefined, failure: toFailure(error), isLoading: false });
			},
		);
	});
	useEffect(() => {
		if (key === null) return setResult({ data: undefined, failure: null, isLoading: false });
		setResult((now) => ({ ...now, isLoading: true }));
		const controller = new AbortController();
		const timer = pauseMs === 0 ? undefined : setTimeout(() => askNow(controller.signal), pauseMs);
		if (timer === undefined) askNow(controller.signal);
		return () => {
			clearTimeout(timer);
			controller.abort();
		};
	}, [key, pauseMs]);
	return result;
}
