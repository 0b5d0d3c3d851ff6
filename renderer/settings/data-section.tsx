import { Copy, FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { copyText } from '../app/clipboard.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { toFailure } from '../connection/failure.ts';
import { getWindowBridge } from '../connection/window-bridge.ts';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes } from '../design/format.ts';
import { useServices } from '../services.ts';
import { BackupList, RestoreDialog, type RestoreSource } from './backups.tsx';
import { SettingRow } from './setting-row.tsx';
import { useReloadable } from './use-reloadable.ts';

/** Location of the data, its verified backups, and how to restore one. */
export function DataSection() {
	const { connection, toasts } = useServices();
	const { backups: calls } = connection.client;
	const backups = useReloadable(() => calls.list());
	const [busy, setBusy] = useState(false);
	const [source, setSource] = useState<RestoreSource | null>(null);
	async function backUp(): Promise<void> {
		setBusy(true);
		try {
			const backup = await calls.create();
			toasts.show({ text: `Backed up and verified: ${formatBytes(backup.sizeBytes)}` });
			backups.reload();
		} catch (error) {
			toasts.fail(toFailure(error).message);
		} finally {
			setBusy(false);
		}
	}
	return (
		<>
			<DataFolder />
			<SettingRow
				label="Backups"
				description="Made daily while you work and before every update. Each backup is verified by opening it."
			>
				<Button onClick={() => setSource({ kind: 'file' })}>Restore from file</Button>
				<Button busy={busy ? 'Backing up' : undefined} onClick={() => void backUp()}>
					Back up now
				</Button>
			</SettingRow>
			{backups.problem === null ? null : <FailureCard title="Couldn’t list backups" failure={backups.problem} />}
			{backups.value === null ? null : backups.value.backups.length === 0 ? (
				<p className="text-ink-2">No backups yet. The first is made within minutes of use.</p>
			) : (
				<BackupList
					backups={backups.value.backups}
					onRestore={(backup) => setSource({ kind: 'backup', backup })}
					onRemoved={backups.reload}
				/>
			)}
			{source === null ? null : <RestoreDialog source={source} onClose={() => setSource(null)} />}
		</>
	);
}

function DataFolder() {
	const services = useServices();
	const { connection, toasts } = services;
	const bridge = getWindowBridge();
	const folder = connection.lastHello()?.dataFolder ?? '';
	async function copy(): Promise<void> {
		if (await copyText(folder)) toasts.show({ text: 'Path copied', icon: Copy });
	}
	return (
		<SettingRow
			label="Data folder"
			description={
				<>
					<span className="block font-mono text-ink-2 [overflow-wrap:anywhere]">{folder}</span>
					Holds everything Assay stores. To use another folder, start Assay with --data and a folder path.
				</>
			}
		>
			{bridge ? (
				<Button icon={FolderOpen} onClick={() => void runOrToast(services, () => bridge.revealFile(folder))}>
					Show
				</Button>
			) : (
				<Button icon={Copy} onClick={() => void copy()}>
					Copy path
				</Button>
			)}
		</SettingRow>
	);
}
