import { Lock } from 'lucide-react';
import { useState } from 'react';
import type { DatasetVersion } from '../../../electron/contract/dataset/dataset.ts';
import { toFailure } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { TextField } from '../../design/field/text-field.tsx';
import { formatQuantity } from '../../design/format.ts';
import { useServices } from '../../services.ts';

/** Makes the draft a version that never changes; there is no way back but a further draft. */
export function FreezeDialog({ version, onClose }: { version: DatasetVersion; onClose: () => void }) {
	const { datasets, toasts } = useServices();
	const [note, setNote] = useState(version.note);
	const [busy, setBusy] = useState(false);
	async function freeze(): Promise<void> {
		if (busy) return;
		setBusy(true);
		try {
			const frozen = await datasets.freeze(note.trim());
			if (frozen !== null) toasts.show({ text: `v${frozen.number} is frozen`, icon: Lock });
			onClose();
		} catch (error) {
			toasts.fail(toFailure(error).message);
			setBusy(false);
		}
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title={`Freeze version ${version.number}?`}
			text={`Its ${formatQuantity(version.samples, 'sample')} stay as they are from then on, so that runs can be repeated. Further changes begin version ${version.number + 1}.`}
			actions={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button kind="primary" busy={busy ? 'Freezing' : undefined} onClick={() => void freeze()}>
						Freeze
					</Button>
				</>
			}
		>
			<form
				className="mt-3"
				onSubmit={(event) => {
					event.preventDefault();
					void freeze();
				}}
			>
				<TextField
					label="What changed"
					hint="optional"
					value={note}
					maxLength={2000}
					autoComplete="off"
					onChange={(event) => setNote(event.target.value)}
				/>
			</form>
		</Dialog>
	);
}
