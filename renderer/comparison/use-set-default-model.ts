import { toFailure } from '../connection/failure.ts';
import { useServices } from '../services.ts';

/** Returns a function that makes a file the model of new conversations and confirms it, with a way back. */
export function useSetDefaultModel(): (modelFileId: number, name: string) => Promise<void> {
	const { models, toasts } = useServices();
	return async (modelFileId, name) => {
		try {
			const before = models.state.getState().models.find((one) => one.default)?.id;
			await models.setDefault(modelFileId);
			const restore = (): void => {
				if (before !== undefined)
					models.setDefault(before).catch((error: unknown) => toasts.fail(toFailure(error).message));
			};
			toasts.show({
				text: `New conversations use ${name}.`,
				...(before === undefined || before === modelFileId ? {} : { action: { label: 'Undo', run: restore } }),
			});
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	};
}
