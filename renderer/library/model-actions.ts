import { Pencil, Trash2 } from 'lucide-react';
import { type ModelGroup, mostExactFile } from '../../electron/contract/library/model-groups.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { toFailure } from '../connection/failure.ts';
import { openNewConversation } from '../conversation/actions.ts';
import { formatBytes } from '../design/format.ts';
import { t } from '../messages/t.ts';
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
				? t('Deleted {name}, {freed} freed', { name: model.name, freed: formatBytes(freed) })
				: t('Removed {name}. Its file is still on the disk.', { name: model.name }),
			icon: Trash2,
			action: {
				label: t('Undo'),
				run: () => void models.restore(model.id).catch((error: unknown) => toasts.fail(toFailure(error).message)),
			},
		});
	} catch (error) {
		toasts.fail(toFailure(error).message);
	}
}

/** Opens a new conversation that this model answers. */
export async function chatWith(services: Services, id: number): Promise<void> {
	openNewConversation(services);
	await runOrToast(services, async () => {
		await services.thread.open(null);
		await services.thread.setModel(id);
	});
}

/** Opens the form of a comparison of these files with the most exact one of them. */
export function compareFiles({ comparisons, layout }: Services, group: Pick<ModelGroup, 'files'>): void {
	const reference = mostExactFile(group);
	if (reference === undefined) return;
	comparisons.plan({
		referenceId: reference.id,
		candidateIds: group.files.flatMap(({ id }) => (id === reference.id ? [] : [id])),
	});
	layout.go({ section: 'compare' });
}

/** Names every file of a model, and offers to undo it. An empty name gives each file its own name again. */
export async function renameModel(
	services: Pick<Services, 'models' | 'toasts'>,
	{ files, parts, name: before }: Pick<ModelGroup, 'files' | 'parts' | 'name'>,
	typed: string,
): Promise<void> {
	const { models, toasts } = services;
	const name = typed.replace(/\s+/g, ' ').trim();
	if (name === before) return;
	// An adapter has a name of its own, even next to its model.
	const named = files.length > 0 ? files : parts;
	await runOrToast(services, async () => {
		const undo = await models.rename(named.map(({ id }) => ({ id, name: name === '' ? null : name })));
		toasts.show({
			text: name === '' ? t('{before} is named after its file again', { before }) : t('Renamed to {name}', { name }),
			icon: Pencil,
			action: { label: t('Undo'), run: () => void runOrToast(services, () => models.rename(undo)) },
		});
	});
}

/** Opens a file of the library with all details next to the table. */
export function showModel({ models, layout }: Pick<Services, 'models' | 'layout'>, id: number): void {
	models.view.setState({ tab: 'here', chosen: id, part: 'file' });
	layout.go({ section: 'models' });
}
