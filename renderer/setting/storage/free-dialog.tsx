import type { Freeable, StoragePart } from '../../../electron/contract/data/storage.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { formatBytes } from '../../design/format.ts';
import { findFreeAction, partDescriptions } from './part-words.ts';

/** Says what is freed and what is lost by it. */
export function FreeDialog({
	part,
	onClose,
	onFree,
}: {
	part: StoragePart;
	onClose: () => void;
	onFree: (what: Freeable) => void;
}) {
	const what = findFreeAction(part);
	const { label, lost } = partDescriptions[part.name];
	const harmless = what === 'database';
	return (
		<Dialog
			open
			onClose={onClose}
			title={`${label}: free ${formatBytes(part.freeableBytes)}?`}
			text={lost}
			actions={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button
						kind={harmless ? 'primary' : 'danger-fill'}
						onClick={() => {
							if (what !== null) onFree(what);
						}}
					>
						Free {formatBytes(part.freeableBytes)}
					</Button>
				</>
			}
		/>
	);
}
