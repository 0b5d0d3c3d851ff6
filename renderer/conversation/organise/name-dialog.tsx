import { useState } from 'react';
import { useStore } from 'zustand';
import { failureOf } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { TextField } from '../../design/field/text-field.tsx';
import { counted } from '../../design/format.ts';
import { type Services, useServices } from '../../services.ts';
import { inPieces, settle } from './change.ts';
import { newFolder, rename } from './change-names.ts';
import type { Naming } from './organisation.ts';

/** Asks for the name of a folder or a tag. */
export function NameDialog() {
	const { organisation } = useServices();
	const naming = useStore(organisation.state, (state) => state.naming);
	// Keyed: each question begins with its own text.
	return naming === null ? null : <Question key={JSON.stringify(naming)} naming={naming} />;
}

function Question({ naming }: { naming: Naming }) {
	const services = useServices();
	const [name, setName] = useState(naming.for === 'rename' ? naming.name : '');
	const [error, setError] = useState<string>();
	const [busy, setBusy] = useState(false);
	const close = () => services.organisation.ask(null);
	const { title, verb } = wordsOf(naming);
	async function keep(): Promise<void> {
		if (name.trim() === '') return setError(`Write a name for the ${naming.what}`);
		setBusy(true);
		try {
			await apply(services, naming, name.trim());
			close();
		} catch (failure) {
			setError(failureOf(failure).message);
			setBusy(false);
		}
	}
	return (
		<Dialog
			open
			onClose={close}
			title={title}
			actions={
				<>
					<Button onClick={close}>Cancel</Button>
					<Button kind="primary" busy={busy ? 'Saving' : undefined} onClick={() => void keep()}>
						{verb}
					</Button>
				</>
			}
		>
			<form
				className="mt-3"
				onSubmit={(event) => {
					event.preventDefault();
					void keep();
				}}
			>
				<TextField
					label="Name"
					value={name}
					error={error}
					maxLength={80}
					autoComplete="off"
					onChange={(event) => {
						setName(event.target.value);
						setError(undefined);
					}}
				/>
			</form>
		</Dialog>
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
