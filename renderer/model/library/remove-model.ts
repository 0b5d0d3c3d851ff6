import { Trash2 } from 'lucide-react';
import type { ModelFile } from '../../../electron/contract/model.ts';
import { failureOf } from '../../connection/failure.ts';
import { bytes } from '../../design/format.ts';
import type { Services } from '../../services.ts';

/** Whether Assay fetched the file itself, so that it may delete it. */
export function isOurs(model: ModelFile, dataFolder: string | undefined): boolean {
	return dataFolder !== undefined && model.path.startsWith(dataFolder);
}

/** Takes a model out of the library, with its file where Assay fetched it; both can be undone for a while. */
export async function removeModel(
	{ models, toasts, connection }: Pick<Services, 'models' | 'toasts' | 'connection'>,
	model: ModelFile,
): Promise<void> {
	const ours = isOurs(model, connection.lastHello()?.dataFolder);
	try {
		const freed = await models.remove(model.id, ours);
		toasts.show({
			text: ours ? `${model.name} was deleted: ${bytes(freed)} freed` : `${model.name} is no longer in the library`,
			icon: Trash2,
			action: {
				label: 'Undo',
				run: () => void models.restore(model.id).catch((error: unknown) => toasts.fail(failureOf(error).message)),
			},
		});
	} catch (error) {
		toasts.fail(failureOf(error).message);
	}
}
