import { Trash2 } from 'lucide-react';
import { toFailure } from '../connection/failure.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

/** Moves something to the trash, confirms it and offers to undo; failures are shown as well. */
export async function moveToTrash(
	{ toasts }: Pick<Services, 'toasts'>,
	name: string,
	remove: () => Promise<unknown>,
	restore: () => Promise<unknown>,
): Promise<void> {
	const fail = (error: unknown): void => toasts.fail(toFailure(error).message);
	try {
		await remove();
	} catch (error) {
		return fail(error);
	}
	toasts.show({
		text: t('“{name}” moved to the trash', { name }),
		icon: Trash2,
		action: { label: t('Undo'), run: () => void restore().catch(fail) },
	});
}
