import { toFailure } from '../connection/failure.ts';
import type { Services } from '../services.ts';

/** Runs `work` and shows a failure as a toast, for work that has no place of its own on the screen for it. */
export async function runOrToast({ toasts }: Pick<Services, 'toasts'>, work: () => Promise<unknown>): Promise<void> {
	try {
		await work();
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}
