import { Trash2 } from 'lucide-react';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { formatBytes } from '../design/format.ts';
import type { Services } from '../services.ts';

/** Whether the file is in Assay's own download folder, so that it may be deleted. */
function isDownloadedByAssay({ path }: ModelFile, dataFolder: string | undefined): boolean {
	if (dataFolder === undefined) return false;
	const separator = dataFolder.includes('\\') ? '\\' : '/';
	return path.startsWith([dataFolder, 'models', ''].join(separator));
}

/** Removes a model from the library, with its file if Assay downloaded it; both can be undone for a while. */
export async function removeModel(
	{ models, toasts, connection }: Pick<Services, 'models' | 'toasts' | 'connection'>,
	model: ModelFile,
): Promise<void> {
	let ours = isDownloadedByAssay(model, connection.lastHello()?.dataFolder);
	try {
		const freed = await models.remove(model.id, ours).catch((error: unknown) => {
			// A link to a file elsewhere, which only its owner may delete.
			if (toFailure(error).code !== 'file-not-ours') throw error;
			ours = false;
			return models.remove(model.id, false);
		});
		toasts.show({
			text: ours
				? `${model.name} was deleted: ${formatBytes(freed)} freed`
				: `${model.name} is no longer in the library`,
			icon: Trash2,
			action: {
				label: 'Undo',
				run: () => void models.restore(model.id).catch((error: unknown) => toasts.fail(toFailure(error).message)),
			},
		});
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Opens a file of the library with all details next to the table. */
export function showModel({ models, layout }: Pick<Services, 'models' | 'layout'>, id: number): void {
	models.view.setState({ tab: 'here', chosen: id, part: 'file' });
	layout.go({ section: 'models' });
}
