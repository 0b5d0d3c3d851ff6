import { useState } from 'react';
import type { Backup } from '../../../electron/contract/data/backup.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { TextField } from '../../design/field/text-field.tsx';
import { formatFullTime } from '../../design/format.ts';
import { Spinner } from '../../design/spinner.tsx';
import { FailureCard } from '../../design/state/failure-card.tsx';
import { useServices } from '../../services.ts';
import { useReloadable } from '../use-loaded.ts';
import { describeBackupContents } from './backup-words.ts';

export type RestoreSource = { readonly kind: 'backup'; readonly backup: Backup } | { readonly kind: 'file' };

/** Says what comes back and what becomes of what there is, before anything is done. */
export function RestoreDialog({ source, onClose }: { source: RestoreSource; onClose: () => void }) {
	const { connection } = useServices();
	const [path, setPath] = useState(source.kind === 'backup' ? source.backup.path : '');
	const [problem, setProblem] = useState<FailureFacts | null>(null);
	const [busy, setBusy] = useState(false);
	async function restore(): Promise<void> {
		setBusy(true);
		setProblem(null);
		try {
			// Every page starts again when it is done, this one too.
			await connection.client.backups.restore({ path: path.trim() });
		} catch (error) {
			if (!isConnectionLoss(error)) setProblem(toFailure(error));
		} finally {
			setBusy(false);
		}
	}
	return (
		<Dialog
			open
			onClose={busy ? () => {} : onClose}
			width={460}
			title={
				source.kind === 'backup'
					? `Restore the backup of ${formatFullTime(source.backup.createdAt)}?`
					: 'Restore a file'
			}
			text="All conversations, settings and the list of models become what they were then. What there is now is kept as a backup first, so that you can go back. Answers being written stop."
			actions={
				<>
					<Button onClick={onClose} {...(busy ? { blocked: 'It is being restored' } : {})}>
						Cancel
					</Button>
					<Button
						kind="danger-fill"
						busy={busy ? 'Restoring' : undefined}
						blocked={path.trim() === '' ? 'Name a file' : undefined}
						onClick={() => void restore()}
					>
						Restore
					</Button>
				</>
			}
		>
			<div className="mt-3 flex flex-col gap-3">
				{source.kind === 'backup' ? (
					<Contents path={path} />
				) : (
					<TextField
						label="Path of the file"
						placeholder="/media/disk/assay-2026-11-24T12-00-00-000Z.db"
						mono
						value={path}
						autoComplete="off"
						spellCheck={false}
						onChange={(event) => setPath(event.target.value)}
					/>
				)}
				{problem === null ? null : <FailureCard title="It was not restored" failure={problem} />}
			</div>
		</Dialog>
	);
}

function Contents({ path }: { path: string }) {
	const { connection } = useServices();
	const { value, problem } = useReloadable(() => connection.client.backups.verify({ path }), path);
	if (problem !== null) return <p className="text-bad">{problem.message}</p>;
	if (value === null) {
		return (
			<p className="flex items-center gap-1.5 text-ink-2">
				<Spinner />
				Looking at what it holds
			</p>
		);
	}
	if (value.contents === null || !value.ok) return <p className="text-bad">It is damaged: {value.fault}</p>;
	return <p className="font-medium">It holds {describeBackupContents(value.contents)}.</p>;
}
