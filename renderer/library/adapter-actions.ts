import { Trash2 } from 'lucide-react';
import type { Adapter } from '../../electron/contract/adapters/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { toFailure } from '../connection/failure.ts';
import { openNewConversation } from '../conversation/actions.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

/** The model that an adapter is used on: its own, else the first that it fits; undefined: the library has none. */
export function modelOfAdapter({ base, fits }: Adapter): number | undefined {
	return fits.find((id) => id === base.modelFileId) ?? fits[0];
}

/** Takes an adapter out of the library; that can be undone for a minute. */
export async function removeAdapter(
	{ connection, toasts }: Pick<Services, 'connection' | 'toasts'>,
	{ id, name }: Adapter,
): Promise<void> {
	try {
		await connection.client.adapters.remove({ id });
		toasts.show({
			text: t('Removed {name}', { name }),
			icon: Trash2,
			action: {
				label: t('Undo'),
				run: () =>
					void connection.client.adapters
						.restore({ id })
						.catch((error: unknown) => toasts.fail(toFailure(error).message)),
			},
		});
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Opens a new conversation that the adapter's model answers with it. */
export async function chatWithAdapter(services: Services, adapter: Adapter): Promise<void> {
	const model = modelOfAdapter(adapter);
	if (model === undefined) return;
	openNewConversation(services);
	await runOrToast(services, async () => {
		await services.thread.open(null);
		await services.thread.setModel(model);
		await services.thread.setAdapters([{ id: adapter.id, scale: 1 }], {
			presetId: services.settings.state.getState().defaultPresetId,
			sampling: {},
			contextSize: null,
		});
	});
}
