import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ModelFile } from '../../../electron/contract/model.ts';
import { failureOf } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { bytes } from '../../design/format.ts';
import { useServices } from '../../services.ts';

/** Takes a model out of the library. A file that Assay fetched itself can be deleted with it; others stay untouched. */
export function RemoveModelDialog({ model, onClose }: { model: ModelFile | null; onClose: () => void }) {
	const { models, toasts, connection } = useServices();
	const [busy, setBusy] = useState(false);
	const folder = connection.lastHello()?.dataFolder;
	const ours = model !== null && folder !== undefined && model.path.startsWith(folder);
	async function remove(): Promise<void> {
		if (model === null) return;
		setBusy(true);
		try {
			const freed = await models.remove(model.id, ours);
			toasts.show({
				text: freed > 0 ? `${bytes(freed)} freed` : `${model.name} is no longer in the library`,
				icon: Trash2,
			});
			onClose();
		} catch (error) {
			toasts.fail(failureOf(error).message);
		} finally {
			setBusy(false);
		}
	}
	return (
		<Dialog
			open={model !== null}
			onClose={onClose}
			title={
				ours
					? `Delete ${model?.name ?? ''} ${model?.quantization ?? ''}?`
					: `Remove ${model?.name ?? ''} ${model?.quantization ?? ''}?`
			}
			text={
				ours
					? `This frees ${bytes(model?.sizeBytes ?? 0)}. Conversations keep their answers; to answer with it again it has to be fetched again.`
					: 'The file stays on the disk. Conversations keep their answers.'
			}
			actions={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button
						kind={ours ? 'danger-fill' : 'primary'}
						busy={busy ? 'Removing' : undefined}
						onClick={() => void remove()}
					>
						{ours ? 'Delete file' : 'Remove'}
					</Button>
				</>
			}
		/>
	);
}
