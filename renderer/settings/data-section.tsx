import { Copy, FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { copyText } from '../app/clipboard.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { toFailure } from '../connection/failure.ts';
import { getWindowBridge } from '../connection/window-bridge.ts';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes } from '../design/format.ts';
import { t } from '../messages/t.ts';
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
			toasts.show({ text: t('Backed up and verified: {sizeBytes}', { sizeBytes: formatBytes(backup.sizeBytes) }) });
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
				label={t('Backups')}
				description={t('Made daily while you work and before every update. Each backup is verified by opening it.')}
			>
				<Button onClick={() => setSource({ kind: 'file' })}>{t('Restore from file')}</Button>
				<Button busy={busy ? t('Backing up') : undefined} onClick={() => void backUp()}>
					{t('Back up now')}
				</Button>
			</SettingRow>
			{backups.problem === null ? null : <FailureCard title={t('Couldn’t list backups')} failure={backups.problem} />}
			{backups.value === null ? null : backups.value.backups.length === 0 ? (
				<p className="text-ink-2">{t('No backups yet. The first is made within minutes of use.')}</p>
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
		if (await copyText(folder)) toasts.show({ text: t('Path copied'), icon: Copy });
	}
	return (
		<SettingRow
			label={t('Data folder')}
			description={
				<>
					<span className="block font-mono text-ink-2 [overflow-wrap:anywhere]">{folder}</span>
					{t('Holds everything Assay stores. To use another folder, start Assay with --data and a folder path.')}
				</>
			}
		>
			{bridge ? (
				<Button icon={FolderOpen} onClick={() => void runOrToast(services, () => bridge.revealFile(folder))}>
					{t('Show')}
				</Button>
			) : (
				<Button icon={Copy} onClick={() => void copy()}>
					{t('Copy path')}
				</Button>
			)}
		</SettingRow>
	);
}
