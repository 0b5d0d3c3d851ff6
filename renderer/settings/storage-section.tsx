import { Box, FolderOpen } from 'lucide-react';
import { useState } from 'react';
import type { Freeable, Storage, StoragePart } from '../../electron/contract/activity/schema.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { toFailure } from '../connection/failure.ts';
import { getWindowBridge } from '../connection/window-bridge.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatBytes } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import { useReloadable } from './use-reloadable.ts';

/** Shows what uses disk space, and how to free it. */
export function StorageSection() {
	const { connection, layout, toasts } = useServices();
	const usage = useReloadable(() => connection.client.storage.usage());
	const [asking, setAsking] = useState<StoragePart | null>(null);
	const [busy, setBusy] = useState<Freeable | null>(null);
	async function free(what: Freeable): Promise<void> {
		setAsking(null);
		setBusy(what);
		try {
			const { freedBytes, storage } = await connection.client.storage.free({ what });
			usage.set(storage);
			toasts.show({ text: t('{size} freed', { size: formatBytes(freedBytes) }) });
		} catch (error) {
			toasts.fail(toFailure(error).message);
		} finally {
			setBusy(null);
		}
	}
	if (usage.problem !== null) return <FailureCard title={t('Couldn’t read the data folder')} failure={usage.problem} />;
	if (usage.value === null) return null;
	const storage = usage.value;
	return (
		<>
			<Shares storage={storage} />
			<ul aria-label={t('Disk space')} className="overflow-hidden rounded-lg border border-line">
				{storage.parts.map((part, index) => (
					<PartRow
						key={part.name}
						part={part}
						tone={tones[index]}
						busy={busy !== null && busy === findFreeAction(part)}
						onFree={() => setAsking(part)}
						onModels={() => layout.go({ section: 'models' })}
					/>
				))}
			</ul>
			{storage.elsewhere.files === 0 ? null : (
				<p className="text-xs text-ink-3">
					{t('Stored elsewhere: {files, plural, one {# model} other {# models}}, {bytes}. Assay never deletes those.', {
						files: storage.elsewhere.files,
						bytes: formatBytes(storage.elsewhere.bytes),
					})}
				</p>
			)}
			{asking === null ? null : (
				<FreeDialog part={asking} onClose={() => setAsking(null)} onFree={(what) => void free(what)} />
			)}
		</>
	);
}

const tones = ['bg-series-1', 'bg-series-2', 'bg-series-3', 'bg-series-4'];

/** One bar for the folder; the list below explains the colours, largest first. */
function Shares({ storage: { parts, totalBytes, disk } }: { storage: Storage }) {
	return (
		<div>
			<p className="mb-1.5">
				<Trans
					text="<used>{usedSize}</used> used, <free>{freeSize} free on this disk</free>"
					values={{
						usedSize: formatBytes(totalBytes),
						freeSize: formatBytes(disk.freeBytes),
						used: (words) => <span className="font-medium">{words}</span>,
						free: (words) => <span className="text-ink-2">{words}</span>,
					}}
				/>
			</p>
			<div aria-hidden className="flex h-2 gap-px overflow-hidden rounded-xs bg-line-strong">
				{parts.slice(0, tones.length).map(({ name, bytes: size }, index) => (
					<i
						key={name}
						className={`block h-full ${tones[index]}`}
						style={{ width: `${totalBytes === 0 ? 0 : (size / totalBytes) * 100}%` }}
					/>
				))}
			</div>
		</div>
	);
}

function PartRow({
	part,
	tone,
	busy,
	onFree,
	onModels,
}: {
	part: StoragePart;
	/** Colour of its share in the bar; small parts have none. */
	tone: string | undefined;
	busy: boolean;
	onFree: () => void;
	onModels: () => void;
}) {
	const bridge = getWindowBridge();
	const services = useServices();
	const { label, description } = partDescriptions[part.name];
	return (
		<li className="flex min-h-11 items-center gap-3 border-b border-line py-1.5 pr-1.5 pl-3 last:border-b-0">
			<i aria-hidden className={`size-2.5 flex-none rounded-xs ${tone ?? 'bg-line-strong'}`} />
			<div className="min-w-0 flex-1">
				<p>{label}</p>
				<p className="text-xs text-pretty text-ink-3">
					{part.freeableBytes > 0
						? t('{description} {size} can be freed.', { description, size: formatBytes(part.freeableBytes) })
						: description}
				</p>
			</div>
			<span className="font-mono text-xs text-ink-2 tabular-nums">{formatBytes(part.bytes)}</span>
			<div className="flex w-24 flex-none items-center justify-end gap-1">
				{part.name === 'models' ? (
					<Button size="sm" icon={Box} onClick={onModels}>
						{t('Models')}
					</Button>
				) : part.freeableBytes > 0 && findFreeAction(part) !== null ? (
					<Button size="sm" busy={busy ? t('Freeing') : undefined} onClick={onFree}>
						{t('Free', {}, 'to free disk space')}
					</Button>
				) : bridge ? (
					<IconButton
						icon={FolderOpen}
						label={t('Show {label} in its folder', { label })}
						size="sm"
						onClick={() => void runOrToast(services, () => bridge.revealFile(part.path))}
					/>
				) : null}
			</div>
		</li>
	);
}

/** Says what is freed and what is lost. */
function FreeDialog({
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
			title={t('{label}: free {size}?', { label, size: formatBytes(part.freeableBytes) })}
			text={lost}
			actions={
				<>
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button
						kind={harmless ? 'primary' : 'danger-fill'}
						onClick={() => {
							if (what !== null) onFree(what);
						}}
					>
						{t('Free {size}', { size: formatBytes(part.freeableBytes) })}
					</Button>
				</>
			}
		/>
	);
}

interface PartWords {
	readonly label: string;
	readonly description: string;
	/** What is lost by freeing it; shown beforehand. */
	readonly lost?: string;
}

const partDescriptions: Readonly<Record<StoragePart['name'], PartWords>> = {
	database: {
		label: t('Conversations'),
		description: t('The database with all your conversations.'),
		lost: t('Reclaims space left by deleted conversations. Nothing is lost. Assay is unavailable for a few seconds.'),
	},
	backups: {
		label: t('Backups'),
		description: t('Verified copies of the database.'),
		lost: t('Deletes all backups except the newest, including those from before updates. This can’t be undone.'),
	},
	models: { label: t('Models'), description: t('Models that Assay downloaded. Delete the ones you no longer use.') },
	'unfinished-downloads': {
		label: t('Unfinished downloads'),
		description: t('Restarting a download resumes from here.'),
		lost: t('Restarting a download starts from the beginning.'),
	},
	'set-aside': {
		label: t('Replaced databases'),
		description: t('Damaged databases, and newer ones that an older Assay couldn’t open.'),
		lost: t('Anything written after the backup that replaced them exists only in these files. This can’t be undone.'),
	},
	'saved-states': {
		label: t('Saved context'),
		description: t('Processed context of your conversations, so that they continue at once after a restart.'),
		lost: t('The next answer in each long conversation takes longer once, while the model processes it again.'),
	},
	logs: {
		label: t('Logs'),
		description: t('Records of what the program did, without any of your text.'),
		lost: t('Past events can no longer be used to diagnose problems.'),
	},
	'page-cache': { label: t('Window'), description: t('Cache that helps the window start faster.') },
	other: { label: t('Other'), description: t('Locks, the window position, files being imported or exported.') },
};

/** Returns the action that frees a part; null if there is none. */
function findFreeAction({ name }: StoragePart): Freeable | null {
	switch (name) {
		case 'backups':
			return 'old-backups';
		case 'database':
		case 'unfinished-downloads':
		case 'set-aside':
		case 'saved-states':
		case 'logs':
			return name;
		case 'models':
		case 'page-cache':
		case 'other':
			return null;
	}
}
