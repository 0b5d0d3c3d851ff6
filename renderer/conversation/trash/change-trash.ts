import { RotateCcw, Trash2 } from 'lucide-react';
import { counted } from '../../design/format.ts';
import type { Services } from '../../services.ts';
import { orToast } from '../actions.ts';
import { inPieces, settle } from '../organise/change.ts';

/** Takes conversations out of the trash, to where they were. */
export async function restore(services: Services, ids: readonly number[]): Promise<void> {
	const { organise } = services.connection.client;
	await orToast(services, async () => {
		await inPieces(ids, (some) => organise.restore({ ids: some }));
		await Promise.all([settle(services), services.trash.refresh(), services.thread.refresh()]);
		const [only] = ids;
		services.toasts.show({
			text: ids.length === 1 ? 'Conversation restored' : `${counted(ids.length, 'conversation')} restored`,
			icon: RotateCcw,
			...(ids.length === 1 && only !== undefined
				? {
						action: {
							label: 'Open',
							run: () => services.layout.go({ section: 'chat', conversationId: only }),
						},
					}
				: {}),
		});
	});
}

/** Deletes for good: `ids` of the trash, or all of it. With `backups` also from every backup. */
export async function deleteForGood(
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
	else await inPieces(ids, async (some) => note(await trash.empty({ ids: some, backups })));
	await Promise.all([settle(services), services.trash.refresh()]);
	services.toasts.show({
		text: `${counted(conversations, 'conversation')} with ${counted(messages, 'message')} deleted for good`,
		icon: Trash2,
	});
}
