import { toFailure } from '../connection/failure.ts';
import { useServices } from '../services.ts';

/** Returns a function that makes a file the model of new conversations and confirms it. */
export function useSetDefaultModel(): (modelFileId: number, name: string) => Promise<void> {
	const { models, toasts } = useServices();
	return async (modelFileId, name) => {
		try {
			await models.setDefault(modelFileId);
			toasts.show({ text: `New conversations use ${name}.` });
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	};
}
