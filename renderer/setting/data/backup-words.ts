import type { Backup, BackupContents } from '../../../electron/contract/data/backup.ts';
import { formatFullTime, formatQuantity } from '../../design/format.ts';

/** Why it was made, where that is not the usual reason. */
export function describeBackupKind(kind: Backup['kind']): string | null {
	switch (kind) {
		case 'daily':
			return null;
		case 'before-update':
			return 'Before an update';
		case 'before-restore':
			return 'Before a restore';
	}
}

/** "412 conversations and 8,120 messages, the newest of 24 Nov 2026, 16:05" */
export function describeBackupContents({ conversations, messages, newestAt }: BackupContents): string {
	const newest = newestAt === null ? '' : `, the newest of ${formatFullTime(newestAt)}`;
	return `${formatQuantity(conversations, 'conversation')} and ${formatQuantity(messages, 'message')}${newest}`;
}
