import { useEffect, useEffectEvent, useState } from 'react';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { useServices } from '../services.ts';
import type { Client } from './connection.ts';
import { isConnectionLoss, toFailure } from './failure.ts';

export interface QueryResult<T> {
	/** undefined: not loaded yet, or failed. */
	readonly answer: T | undefined;
	readonly failure: FailureFacts | null;
	/** A newer answer is being fetched. */
	readonly asking: boolean;
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
	const [asked, setAsked] = useState<QueryResult<T>>({ answer: undefined, failure: null, asking: false });
	const askNow = useEffectEvent((signal: AbortSignal) => {
		ask(connection.client, signal).then(
			(answer) => {
				if (!signal.aborted) setAsked({ answer, failure: null, asking: false });
			},
			(error: unknown) => {
				if (signal.aborted || isConnectionLoss(error)) return;
				setAsked({ answer: undefined, failure: toFailure(error), asking: false });
			},
		);
	});
	useEffect(() => {
		if (key === null) return setAsked({ answer: undefined, failure: null, asking: false });
		setAsked((now) => ({ ...now, asking: true }));
		const controller = new AbortController();
		const timer = pauseMs === 0 ? undefined : setTimeout(() => askNow(controller.signal), pauseMs);
		if (timer === undefined) askNow(controller.signal);
		return () => {
			clearTimeout(timer);
			controller.abort();
		};
	}, [key, pauseMs]);
	return asked;
}
