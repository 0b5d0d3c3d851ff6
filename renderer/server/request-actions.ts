import { Trash2 } from 'lucide-react';
import { runOrToast } from '../app/run-or-toast.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { isNarrowed, toRequestFilter } from './server-store.ts';

/** Opens a request as a conversation, where it can be answered again. */
export async function replayInChat(services: Services, id: number): Promise<void> {
	await runOrToast(services, async () => {
		const conversation = await services.connection.client.server.replayRequest({ id });
		services.layout.go({ section: 'chat', conversationId: conversation.id });
	});
}

/** Deletes requests from the history, with an offer to undo; null: all that match the filter. */
export async function deleteRequests(services: Services, ids: readonly number[] | null): Promise<void> {
	const { connection, serverPage, toasts } = services;
	await runOrToast(services, async () => {
		const filter = ids === null ? toRequestFilter(serverPage.state.getState().filter, Date.now()) : {};
		const { deleted, deletedAt } = await connection.client.server.deleteRequests({
			ids: ids === null ? null : [...ids],
			filter,
		});
		serverPage.select(null);
		await serverPage.refresh();
		if (deleted === 0) return toasts.note({ text: t('There is no request to delete') });
		toasts.show({
			text: t('{deleted, plural, one {# request} other {# requests}} deleted', { deleted }),
			icon: Trash2,
			action: {
				label: t('Undo'),
				run: () =>
					void runOrToast(services, async () => {
						const { restored } = await connection.client.server.restoreRequests({ deletedAt });
						if (restored === 0) toasts.fail(t('Can’t undo: the requests were deleted for good.'));
						await serverPage.refresh();
					}),
			},
		});
	});
}

/** Names what the button deletes: what is filtered, or everything. */
export function deletionWords({ serverPage }: Pick<Services, 'serverPage'>): string {
	return isNarrowed(serverPage.state.getState().filter) ? t('Delete these') : t('Delete all');
}
