import { Ellipsis, FolderOpen, History, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Backup, BackupCheck } from '../../../electron/contract/data/backup.ts';
import { getWindowBridge } from '../../connection/bridge.ts';
import { toFailure } from '../../connection/failure.ts';
import { Badge } from '../../design/badge.tsx';
import { Button, iconButtonClass } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { formatBytes, formatFullTime } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../../design/menu.tsx';
import { Spinner } from '../../design/spinner.tsx';
import { useServices } from '../../services.ts';
import { describeBackupContents, describeBackupKind } from './backup-words.ts';

type Check = BackupCheck | 'running';

/** Every backup, newest first, with what can be done with it. */
export function BackupList({
	backups,
	onRestore,
	onRemoved,
}: {
	backups: readonly Backup[];
	onRestore: (backup: Backup) => void;
	onRemoved: () => void;
}) {
	const { connection, toasts } = useServices();
	const [checks, setChecks] = useState<Readonly<Record<string, Check>>>({});
	const [removing, setRemoving] = useState<Backup | null>(null);
	const note = (path: string, check: Check | undefined) =>
		setChecks(({ [path]: _before, ...others }) => (check === undefined ? others : { ...others, [path]: check }));
	async function check(path: string): Promise<void> {
		note(path, 'running');
		try {
			note(path, await connection.client.backups.verify({ path }));
		} catch (error) {
			note(path, undefined);
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<>
			<ul aria-label="Backups" className="overflow-hidden rounded-lg border border-line">
				{backups.map((backup) => (
					<li key={backup.path} className="border-b border-line py-1 pr-1 pl-3 tabular-nums last:border-b-0">
						<div className="flex items-center gap-3">
							<span className="min-w-0 flex-1 truncate">{formatFullTime(backup.createdAt)}</span>
							<Kind kind={backup.kind} />
							<span className="font-mono text-xs text-ink-2">{formatBytes(backup.sizeBytes)}</span>
							<Actions
								backup={backup}
								onCheck={() => void check(backup.path)}
								onRestore={() => onRestore(backup)}
								onRemove={() => setRemoving(backup)}
							/>
						</div>
						<CheckResult check={checks[backup.path]} />
					</li>
				))}
			</ul>
			{removing === null ? null : (
				<RemoveDialog backup={removing} onClose={() => setRemoving(null)} onRemoved={onRemoved} />
			)}
		</>
	);
}

function Kind({ kind }: { kind: Backup['kind'] }) {
	const words = describeBackupKind(kind);
	return words === null ? null : <Badge tone="plain">{words}</Badge>;
}

function Actions({
	backup,
	onCheck,
	onRestore,
	onRemove,
}: {
	backup: Backup;
	onCheck: () => void;
	onRestore: () => void;
	onRemove: () => void;
}) {
	const bridge = getWindowBridge();
	return (
		<Menu
			trigger={
				<button
					type="button"
					aria-label={`Actions for the backup of ${formatFullTime(backup.createdAt)}`}
					className={iconButtonClass()}
				>
					<Icon of={Ellipsis} />
				</button>
			}
		>
			<MenuItem icon={ShieldCheck} onSelect={onCheck}>
				Check
			</MenuItem>
			<MenuItem icon={History} onSelect={onRestore}>
				Restore…
			</MenuItem>
			{bridge ? (
				<MenuItem icon={FolderOpen} onSelect={() => void bridge.revealFile(backup.path)}>
					Show in folder
				</MenuItem>
			) : null}
			<MenuLine />
			<MenuItem icon={Trash2} danger onSelect={onRemove}>
				Delete…
			</MenuItem>
		</Menu>
	);
}

function CheckResult({ check }: { check: Check | undefined }) {
	if (check === undefined) return null;
	if (check === 'running') {
		return (
			<p className="flex items-center gap-1.5 pb-1.5 text-xs text-ink-2">
				<Spinner />
				Reading it from end to end
			</p>
		);
	}
	const good = check.ok && check.contents !== null;
	return (
		<p role="status" className={`pb-1.5 text-xs [overflow-wrap:anywhere] ${good ? 'text-good' : 'text-bad'}`}>
			{good && check.contents !== null
				? `Whole. It holds ${describeBackupContents(check.contents)}.`
				: `Damaged: ${check.fault ?? 'it can’t be read'}. Delete it and use another.`}
		</p>
	);
}

function RemoveDialog({ backup, onClose, onRemoved }: { backup: Backup; onClose: () => void; onRemoved: () => void }) {
	const { connection, toasts } = useServices();
	async function remove(): Promise<void> {
		onClose();
		try {
			const { freedBytes } = await connection.client.backups.remove({ path: backup.path });
			toasts.show({ text: `Backup deleted, ${formatBytes(freedBytes)} freed`, icon: Trash2 });
			onRemoved();
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title={`Delete the backup of ${formatFullTime(backup.createdAt)}?`}
			text={`This frees ${formatBytes(backup.sizeBytes)}. It cannot be brought back; what you have now stays as it is.`}
			actions={
				<>
					<Button onClick={onClose}>Cancel</Button>
					<Button kind="danger-fill" onClick={() => void remove()}>
						Delete backup
					</Button>
				</>
			}
		/>
	);
}
