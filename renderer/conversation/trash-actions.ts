import { RotateCcw, Trash2 } from 'lucide-react';
import { runOrToast } from '../app/run-or-toast.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { runInBatches, showPlacements } from './organise/change-conversations.ts';

/** Restores conversations from the trash to where they were. */
export async function restoreConversations(services: Services, ids: readonly number[]): Promise<void> {
	const { organise } = services.connection.client;
	await runOrToast(services, async () => {
		await runInBatches(ids, (some) => organise.restore({ ids: some }));
		await Promise.all([showPlacements(services), services.trash.refresh(), services.thread.refresh()]);
		const [only] = ids;
		services.toasts.show({
			text:
				ids.length === 1
					? t('Conversation restored')
					: t('{count, plural, one {# conversation} other {# conversations}} restored', { count: ids.length }),
			icon: RotateCcw,
			...(ids.length === 1 && only !== undefined
				? {
						action: {
							label: t('Open'),
							run: () => services.layout.go({ section: 'chat', conversationId: only }),
						},
					}
				: {}),
		});
	});
}

/** Deletes for good: `ids` in the trash, or all of it. With `backups`, also from every backup. */
export async function deleteForever(
	services: Services,
	ids: readonly number[] | null,
	{ backups }: { readonly backups: boolean },
): Promise<void> {
	const { trash } = services.connection.client;
	let conversations = 0;
	let messages = 0;
	const note = (done: { conversations: number; messages: number }): void => {
		conversations += done.conversations;
		messages += done.messages;
	};
	if (ids === null) note(await trash.empty({ backups }));
	else await runInBatches(ids, async (some) => note(await trash.empty({ ids: some, backups })));
	await Promise.all([showPlacements(services), services.trash.refresh()]);
	services.toasts.show({
		text: t(
			'{conversations, plural, one {# conversation} other {# conversations}} with {messages, plural, one {# message} other {# messages}} deleted for good',
			{ conversations, messages },
		),
		icon: Trash2,
	});
}
