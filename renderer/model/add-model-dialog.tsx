import { FileBox, FolderOpen } from 'lucide-react';
import { useState } from 'react';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { getWindowBridge } from '../connection/bridge.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { TextField } from '../design/field/text-field.tsx';
import { useServices } from '../services.ts';
import { ModelFolderList } from './place-list.tsx';

/** Adds GGUF files that are already on this computer: one, or all of a folder. They stay where they are. */
export function AddModelDialog({
	open,
	onClose,
	onAdded,
}: {
	open: boolean;
	onClose: () => void;
	onAdded?: (id: number) => void;
}) {
	const { models, toasts } = useServices();
	const bridge = getWindowBridge();
	const [path, setPath] = useState('');
	const [adding, setAdding] = useState(false);
	const [failure, setFailure] = useState<FailureFacts | null>(null);

	async function scan(paths: readonly string[]): Promise<void> {
		await models.fits.scan(paths);
		setPath('');
		onClose();
	}

	async function add(from: string): Promise<void> {
		const asked = from.trim().replace(/^(['"])(.*)\1$/, '$2');
		if (asked === '' || adding) return;
		setAdding(true);
		setFailure(null);
		try {
			const added = await models.add(asked);
			toasts.show({ text: `${added.name} was added` });
			setPath('');
			onAdded?.(added.id);
			onClose();
		} catch (error) {
			const facts = toFailure(error);
			if (facts.code === 'model-path-is-folder') await scan([asked]);
			else setFailure(facts);
		} finally {
			setAdding(false);
		}
	}

	async function choose(): Promise<void> {
		const chosen = await bridge?.chooseModelFile();
		if (typeof chosen !== 'string') return;
		setPath(chosen);
		await add(chosen);
	}

	async function chooseFolder(): Promise<void> {
		const chosen = await bridge?.chooseModelFolder();
		if (typeof chosen === 'string') await scan([chosen]);
	}

	return (
		<Dialog
			open={open}
			onClose={onClose}
			width={560}
			title="Use model files of this computer"
			text="GGUF files stay where they are; nothing is copied."
			actions={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button
						kind="primary"
						busy={adding ? 'Reading the header' : undefined}
						blocked={path.trim() === '' ? 'Give the path of a file or a folder first' : undefined}
						onClick={() => void add(path)}
					>
						Add
					</Button>
				</>
			}
		>
			<form
				className="mt-3.5 flex flex-col gap-2"
				onSubmit={(event) => {
					event.preventDefault();
					void add(path);
				}}
			>
				<TextField
					label="Path of a file or a folder"
					placeholder="/home/me/models"
					mono
					autoFocus
					autoComplete="off"
					spellCheck={false}
					value={path}
					error={failure === null ? undefined : [failure.message, ...failure.next].join(' · ')}
					onChange={(event) => {
						setPath(event.target.value);
						setFailure(null);
					}}
				/>
				{bridge === undefined ? null : (
					<div className="flex gap-1">
						<Button kind="ghost" icon={FileBox} onClick={() => void choose()}>
							Choose a file
						</Button>
						<Button kind="ghost" icon={FolderOpen} onClick={() => void chooseFolder()}>
							Choose a folder
						</Button>
					</div>
				)}
			</form>
			<ModelFolderList onScan={(paths) => void scan(paths)} />
		</Dialog>
	);
}
