import { useState } from 'react';
import { runOrToast } from '../app/run-or-toast.ts';
import { useServices } from '../services.ts';

/** Returns a function that does something and shows its failure as a notice. */
export function useAttempt(): (work: () => Promise<unknown>) => Promise<void> {
	const services = useServices();
	return (work) => runOrToast(services, work);
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
