import { useStore } from 'zustand';
import { NameDialog } from '../../app/pane/name-dialog.tsx';
import { counted } from '../../design/format.ts';
import { type Services, useServices } from '../../services.ts';
import { inPieces, settle } from './change.ts';
import { newFolder, rename } from './change-names.ts';
import type { Naming } from './organisation.ts';

/** Asks for the name of a folder or a tag. */
export function OrganiseNameDialog() {
	const services = useServices();
	const { organisation } = services;
	const naming = useStore(organisation.state, (state) => state.naming);
	if (naming === null) return null;
	return (
		<NameDialog
			// Each question begins with its own text.
			key={JSON.stringify(naming)}
			{...wordsOf(naming)}
			name={naming.for === 'rename' ? naming.name : ''}
			noun={naming.what}
			maxLength={80}
			onName={(name) => apply(services, naming, name)}
			onClose={() => organisation.ask(null)}
		/>
	);
}

function wordsOf(naming: Naming): { title: string; verb: string } {
	if (naming.for === 'rename') return { title: `Rename ${naming.what}`, verb: 'Rename' };
	const count = naming.ids.length;
	if (naming.what === 'tag') return { title: 'New tag', verb: 'Put it on' };
	return count === 0
		? { title: 'New folder', verb: 'Make folder' }
		: { title: `New folder for ${counted(count, 'conversation')}`, verb: 'Make folder' };
}

async function apply(services: Services, naming: Naming, name: string): Promise<void> {
	if (naming.for === 'rename') return rename(services, naming.what, naming.id, name);
	if (naming.what === 'folder') return newFolder(services, name, naming.ids);
	const { organise } = services.connection.client;
	await inPieces(naming.ids, (ids) => organise.tag({ ids, add: [name] }));
	await settle(services);
}
