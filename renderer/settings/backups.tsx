import { Ellipsis, FolderOpen, History, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Backup, BackupCheck, BackupContents } from '../../electron/contract/database/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { getWindowBridge } from '../connection/window-bridge.ts';
import { Badge } from '../design/badge.tsx';
import { Button, iconButtonClass } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes, formatFullTime } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { Spinner } from '../design/spinner.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { useReloadable } from './use-reloadable.ts';

/** Shows the form of a path; not translated. */
const examplePath = '/media/disk/assay-2026-11-24T12-00-00-000Z.db';

type Check = BackupCheck | 'running';

/** All backups, newest first, with their actions. */
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
			<ul aria-label={t('Backups')} className="overflow-hidden rounded-lg border border-line">
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
	const services = useServices();
	return (
		<Menu
			trigger={
				<button
					type="button"
					aria-label={t('Actions for the backup of {createdAt}', { createdAt: formatFullTime(backup.createdAt) })}
					className={iconButtonClass()}
				>
					<Icon of={Ellipsis} />
				</button>
			}
		>
			<MenuItem icon={ShieldCheck} onSelect={onCheck}>
				{t('Check')}
			</MenuItem>
			<MenuItem icon={History} onSelect={onRestore}>
				{t('Restore…')}
			</MenuItem>
			{bridge ? (
				<MenuItem icon={FolderOpen} onSelect={() => void runOrToast(services, () => bridge.revealFile(backup.path))}>
					{t('Show in folder')}
				</MenuItem>
			) : null}
			<MenuLine />
			<MenuItem icon={Trash2} danger onSelect={onRemove}>
				{t('Delete…')}
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
				{t('Checking the whole file')}
			</p>
		);
	}
	const good = check.ok && check.contents !== null;
	return (
		<p role="status" className={`pb-1.5 text-xs [overflow-wrap:anywhere] ${good ? 'text-good' : 'text-bad'}`}>
			{good && check.contents !== null
				? t('Intact: {contents}.', { contents: describeBackupContents(check.contents) })
				: t('Damaged: {fault}. Delete it and use another one.', { fault: check.fault ?? t('it can’t be read') })}
		</p>
	);
}

function RemoveDialog({ backup, onClose, onRemoved }: { backup: Backup; onClose: () => void; onRemoved: () => void }) {
	const { connection, toasts } = useServices();
	async function remove(): Promise<void> {
		onClose();
		try {
			const { freedBytes } = await connection.client.backups.remove({ path: backup.path });
			toasts.show({
				text: t('Backup deleted, {freedBytes} freed', { freedBytes: formatBytes(freedBytes) }),
				icon: Trash2,
			});
			onRemoved();
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title={t('Delete the backup of {createdAt}?', { createdAt: formatFullTime(backup.createdAt) })}
			text={t('Frees {sizeBytes}. This can’t be undone. Your current data stays as it is.', {
				sizeBytes: formatBytes(backup.sizeBytes),
			})}
			actions={
				<>
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button kind="danger-fill" onClick={() => void remove()}>
						{t('Delete backup')}
					</Button>
				</>
			}
		/>
	);
}

export type RestoreSource = { readonly kind: 'backup'; readonly backup: Backup } | { readonly kind: 'file' };

/** Explains, before anything happens, what a restore brings back and what becomes of the current data. */
export function RestoreDialog({ source, onClose }: { source: RestoreSource; onClose: () => void }) {
	const { connection } = useServices();
	const [path, setPath] = useState(source.kind === 'backup' ? source.backup.path : '');
	const [problem, setProblem] = useState<FailureFacts | null>(null);
	const [busy, setBusy] = useState(false);
	async function restore(): Promise<void> {
		setBusy(true);
		setProblem(null);
		try {
			// All pages reload when it is done, including this one.
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
					? t('Restore the backup of {createdAt}?', { createdAt: formatFullTime(source.backup.createdAt) })
					: t('Restore from file')
			}
			text={t(
				'Replaces all conversations, settings and the model list with the backup’s. Your current data is backed up first, so you can go back. Answers in progress stop.',
			)}
			actions={
				<>
					<Button onClick={onClose} {...(busy ? { blocked: t('Restore in progress') } : {})}>
						{t('Cancel')}
					</Button>
					<Button
						kind="danger-fill"
						busy={busy ? t('Restoring') : undefined}
						blocked={path.trim() === '' ? t('Enter a path') : undefined}
						onClick={() => void restore()}
					>
						{t('Restore')}
					</Button>
				</>
			}
		>
			<div className="mt-3 flex flex-col gap-3">
				{source.kind === 'backup' ? (
					<Contents path={path} />
				) : (
					<TextField
						label={t('File path')}
						placeholder={examplePath}
						mono
						value={path}
						autoComplete="off"
						spellCheck={false}
						onChange={(event) => setPath(event.target.value)}
					/>
				)}
				{problem === null ? null : <FailureCard title={t('Couldn’t restore the backup')} failure={problem} />}
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
				{t('Reading its contents')}
			</p>
		);
	}
	if (value.contents === null || !value.ok)
		return (
			<p className="text-bad">
				{t('This backup is damaged: {fault}', { fault: value.fault ?? t('it can’t be read') })}
			</p>
		);
	return (
		<p className="font-medium">{t('Contains {contents}.', { contents: describeBackupContents(value.contents) })}</p>
	);
}

/** Describes why a backup was made, if not for the usual reason. */
function describeBackupKind(kind: Backup['kind']): string | null {
	switch (kind) {
		case 'daily':
			return null;
		case 'before-update':
			return t('Before update');
		case 'before-restore':
			return t('Before restore');
	}
}

/** Describes contents: "412 conversations and 8,120 messages, the newest of 24 Nov 2026, 16:05". */
function describeBackupContents({ conversations, messages, newestAt }: BackupContents): string {
	if (newestAt === null)
		return t(
			'{conversations, plural, one {# conversation} other {# conversations}} and {messages, plural, one {# message} other {# messages}}',
			{ conversations, messages },
		);
	return t(
		'{conversations, plural, one {# conversation} other {# conversations}} and {messages, plural, one {# message} other {# messages}}, the newest from {newest}',
		{ conversations, messages, newest: formatFullTime(newestAt) },
	);
}
