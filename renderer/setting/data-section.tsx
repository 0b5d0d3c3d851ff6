import { Check, CircleAlert, FolderOpen } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Backup } from '../../electron/contract/system.ts';
import { windowBridge } from '../connection/bridge.ts';
import { failureOf } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { bytes, fullTime } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { useServices } from '../services.ts';

/** Where everything lies, and its verified copies. */
export function DataSection() {
	const { connection, toasts } = useServices();
	const bridge = windowBridge();
	const folder = connection.lastHello()?.dataFolder ?? '';
	const [backups, setBackups] = useState<readonly Backup[] | null>(null);
	const [busy, setBusy] = useState(false);
	useEffect(() => {
		connection.client.system.backups().then(
			(answer) => setBackups(answer.backups),
			(error: unknown) => toasts.fail(failureOf(error).message),
		);
	}, [connection, toasts]);
	async function backUp(): Promise<void> {
		setBusy(true);
		try {
			const made = await connection.client.system.backupNow();
			setBackups((await connection.client.system.backups()).backups);
			toasts.show({ text: `Backed up and verified, ${bytes(made.sizeBytes)}` });
		} catch (error) {
			toasts.fail(failureOf(error).message);
		} finally {
			setBusy(false);
		}
	}
	return (
		<>
			<div className="flex items-center justify-between gap-3">
				<div className="min-w-0">
					<p>Data folder</p>
					<p className="font-mono text-xs text-ink-2 [overflow-wrap:anywhere]">{folder}</p>
				</div>
				{bridge ? (
					<Button icon={FolderOpen} onClick={() => void bridge.revealFile(folder)}>
						Show
					</Button>
				) : null}
			</div>
			<div className="flex items-center justify-between gap-3">
				<div>
					<p>Backups</p>
					<p className="text-xs text-ink-3">Made automatically while you work. Each copy is opened and checked.</p>
				</div>
				<Button busy={busy ? 'Backing up' : undefined} onClick={() => void backUp()}>
					Back up now
				</Button>
			</div>
			{backups !== null && backups.length > 0 ? (
				<ul className="overflow-hidden rounded-lg border border-line">
					{backups.map((backup) => (
						<li
							key={backup.path}
							className="flex h-8 items-center gap-3 border-b border-line px-3 text-xs tabular-nums last:border-b-0"
							title={backup.path}
						>
							<span className="flex-1">{fullTime(backup.createdAt)}</span>
							<span className="font-mono text-ink-2">{bytes(backup.sizeBytes)}</span>
							<span
								className={`inline-flex w-24 items-center justify-end gap-1 ${backup.verified ? 'text-good' : 'text-warn'}`}
							>
								<Icon of={backup.verified ? Check : CircleAlert} size={12} />
								{backup.verified ? 'Verified' : 'Not verified'}
							</span>
						</li>
					))}
				</ul>
			) : backups === null ? null : (
				<p className="text-ink-2">There is none yet.</p>
			)}
		</>
	);
}
