import { useEffect, useEffectEvent, useState } from 'react';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { useServices } from '../services.ts';
import type { Client } from './connection.ts';
import { isConnectionLoss, toFailure } from './failure.ts';

export interface QueryResult<T> {
	/** undefined: nothing is known yet, or it failed. */
	readonly answer: T | undefined;
	readonly failure: FailureFacts | null;
	/** A newer one is on its way. */
	readonly asking: boolean;
}

/**
 * What the application answers, asked anew whenever `key` changes; null asks nothing. An answer stands until the next is
 * there. `pauseMs`: keys that change sooner than this, as with typing, are not asked.
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
