import type { UsedAdapter } from '../../electron/contract/adapters/schema.ts';
import type { ModelOptions } from '../../electron/contract/library/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';

type Needed = {
	readonly connection: Pick<Services['connection'], 'client'>;
	readonly models: Pick<Services['models'], 'state' | 'setDefault' | 'setOptions'>;
	readonly toasts: Pick<Services['toasts'], 'show' | 'fail'>;
};

/**
 * Makes a file the model of new conversations and confirms it, with a way back. With adapters, they become those that the
 * model is loaded with.
 */
export async function setDefaultModel(
	{ connection, models, toasts }: Needed,
	modelFileId: number,
	name: string,
	adapters: readonly Pick<UsedAdapter, 'id' | 'scale'>[] = [],
): Promise<void> {
	const known = models.state.getState();
	const before = known.models.find((one) => one.default)?.id ?? modelFileId;
	let options: ModelOptions | null = null;
	try {
		if (adapters.length > 0) {
			({ options } = await connection.client.models.options({ id: modelFileId }));
			const files = adapters.map(({ id, scale }) => {
				const file = known.adapters.find((one) => one.id === id);
				if (file === undefined) throw new Error(t('An adapter of {name} is no longer in the library.', { name }));
				return { path: file.path, scale };
			});
			await models.setOptions(modelFileId, { ...options, adapters: files });
		}
		await models.setDefault(modelFileId);
	} catch (error) {
		return toasts.fail(toFailure(error).message);
	}
	const undo = async (): Promise<void> => {
		try {
			if (options !== null) await models.setOptions(modelFileId, options);
			if (before !== modelFileId) await models.setDefault(before);
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	};
	toasts.show({
		text: t('New conversations use {name}.', { name }),
		...(before === modelFileId && options === null ? {} : { action: { label: t('Undo'), run: () => void undo() } }),
	});
}

/** Returns `setDefaultModel` for the services of the page. */
export function useSetDefaultModel(): (
	modelFileId: number,
	name: string,
	adapters?: readonly Pick<UsedAdapter, 'id' | 'scale'>[],
) => Promise<void> {
	const services = useServices();
	return (modelFileId, name, adapters) => setDefaultModel(services, modelFileId, name, adapters);
}
