import { useEffect, useId, useState } from 'react';
import type { TrashPreview } from '../../electron/contract/conversation/schema.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { Checkbox } from '../design/checkbox.tsx';
import { Dialog } from '../design/dialog.tsx';
import { formatFullTime } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import { deleteForever } from './trash-actions.ts';

/** Confirms a deletion that can't be undone. `ids` in the trash; null: all of it. */
export function DeleteForeverDialog({ ids, onClose }: { ids: readonly number[] | null; onClose: () => void }) {
	const services = useServices();
	const { connection, toasts, trash } = services;
	const [preview, setPreview] = useState<TrashPreview | null>(null);
	const [backups, setBackups] = useState(false);
	const [busy, setBusy] = useState(false);
	const label = useId();
	useEffect(() => {
		connection.client.trash.preview().then(setPreview, (error: unknown) => toasts.fail(toFailure(error).message));
	}, [connection, toasts]);
	const chosen = trash.state.getState().conversations.filter(({ id }) => ids?.includes(id));
	const conversations = ids === null ? (preview?.conversations ?? 0) : ids.length;
	const messages = ids === null ? (preview?.messages ?? 0) : chosen.reduce((sum, one) => sum + one.messages, 0);
	async function run(): Promise<void> {
		setBusy(true);
		try {
			await deleteForever(services, ids, { backups });
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
		onClose();
	}
	return (
		<Dialog
			open
			onClose={busy ? () => {} : onClose}
			width={440}
			title={
				ids === null
					? t('Empty the trash')
					: t('Delete {conversations, plural, one {# conversation} other {# conversations}} for good', {
							conversations,
						})
			}
			text={
				preview === null
					? t('Counting conversations…')
					: t(
							'{conversations, plural, one {# conversation} other {# conversations}} with {messages, plural, one {# message} other {# messages}} will be deleted, with their drafts, attachments and feedback. The text is overwritten on the disk. This can’t be undone.',
							{ conversations, messages },
						)
			}
			actions={
				<>
					<Button onClick={onClose} blocked={busy ? t('Deleting') : undefined}>
						{t('Cancel')}
					</Button>
					<Button kind="danger-fill" busy={busy ? t('Deleting') : undefined} onClick={() => void run()}>
						{ids === null ? t('Empty the trash') : t('Delete for good')}
					</Button>
				</>
			}
		>
			{preview === null || preview.backups === 0 ? null : (
				<div className="mt-3 flex items-start gap-2 rounded-lg border border-line bg-sunken p-3">
					<Checkbox
						label={t('Replace the backups with a fresh one')}
						checked={backups}
						onChange={() => setBackups(!backups)}
						className="-mt-0.5 -ml-1"
					/>
					<p id={label} className="text-xs text-ink-2">
						<Trans
							text="<title>Replace the backups with a fresh one.</title> Otherwise, {backups, plural, one {# existing backup} other {# existing backups}} may contain the deleted conversations until {time}."
							values={{
								title: (words) => <span className="text-ink">{words}</span>,
								backups: preview.backups,
								time: formatFullTime(preview.backupsGoneAt),
							}}
						/>
					</p>
				</div>
			)}
		</Dialog>
	);
}
