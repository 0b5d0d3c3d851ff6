import { useStore } from 'zustand';
import { NameDialog } from '../../app/name-dialog.tsx';
import { t } from '../../messages/t.ts';
import { type Services, useServices } from '../../services.ts';
import { runInBatches, showPlacements } from './change-conversations.ts';
import { createFolder, renameFolderOrTag } from './change-folders-and-tags.ts';
import type { NameRequest } from './organisation-store.ts';

/** Asks for the name of a folder or a tag. */
export function FolderOrTagDialog() {
	const services = useServices();
	const { organisation } = services;
	const naming = useStore(organisation.state, (state) => state.naming);
	if (naming === null) return null;
	return (
		<NameDialog
			// Each request starts with its own text.
			key={JSON.stringify(naming)}
			{...chooseLabels(naming)}
			name={naming.for === 'rename' ? naming.name : ''}
			missing={naming.what === 'folder' ? t('Enter a name for the folder') : t('Enter a name for the tag')}
			maxLength={80}
			onName={(name) => apply(services, naming, name)}
			onClose={() => organisation.ask(null)}
		/>
	);
}

function chooseLabels(naming: NameRequest): { title: string; verb: string } {
	if (naming.for === 'rename')
		return { title: naming.what === 'tag' ? t('Rename tag') : t('Rename folder'), verb: t('Rename') };
	const count = naming.ids.length;
	if (naming.what === 'tag') return { title: t('New tag'), verb: t('Add tag') };
	return count === 0
		? { title: t('New folder'), verb: t('Create folder') }
		: {
				title: t('New folder for {count, plural, one {# conversation} other {# conversations}}', { count }),
				verb: t('Create folder'),
			};
}

async function apply(services: Services, naming: NameRequest, name: string): Promise<void> {
	if (naming.for === 'rename') return renameFolderOrTag(services, naming.what, naming.id, name);
	if (naming.what === 'folder') return createFolder(services, name, naming.ids);
	const { organise } = services.connection.client;
	await runInBatches(naming.ids, (ids) => organise.tag({ ids, add: [name] }));
	await showPlacements(services);
}
