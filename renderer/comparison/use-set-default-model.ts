import { toFailure } from '../connection/failure.ts';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';

type Needed = {
	readonly models: Pick<Services['models'], 'state' | 'setDefault'>;
	readonly toasts: Pick<Services['toasts'], 'show' | 'fail'>;
};

/** Makes a file the model of new conversations and confirms it, with a way back. */
export async function setDefaultModel({ models, toasts }: Needed, modelFileId: number, name: string): Promise<void> {
	const before = models.state.getState().models.find((one) => one.default)?.id ?? modelFileId;
	try {
		await models.setDefault(modelFileId);
	} catch (error) {
		return toasts.fail(toFailure(error).message);
	}
	const undo = (): void => {
		models.setDefault(before).catch((error: unknown) => toasts.fail(toFailure(error).message));
	};
	toasts.show({
		text: t('New conversations use {name}.', { name }),
		...(before === modelFileId ? {} : { action: { label: t('Undo'), run: undo } }),
	});
}

/** Returns `setDefaultModel` for the services of the page. */
export function useSetDefaultModel(): (modelFileId: number, name: string) => Promise<void> {
	const services = useServices();
	return (modelFileId, name) => setDefaultModel(services, modelFileId, name);
}
