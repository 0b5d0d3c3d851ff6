import { useState } from 'react';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { useServices } from '../services.ts';

/** Returns a function that does something and shows its failure as a notice. */
export function useAttempt(): (work: () => Promise<unknown>) => Promise<void> {
	const { toasts } = useServices();
	return async (work) => {
		try {
			await work();
		} catch (error) {
			if (!isConnectionLoss(error)) toasts.fail(toFailure(error).message);
		}
	};
}

/** The same, with whether it is being done. */
export function useBusyAttempt(): readonly [boolean, (work: () => Promise<unknown>) => Promise<void>] {
	const attempt = useAttempt();
	const [busy, setBusy] = useState(false);
	return [
		busy,
		async (work) => {
			setBusy(true);
			await attempt(work);
			setBusy(false);
		},
	];
}
