import type { Freeable, StoragePart } from '../../../electron/contract/data/storage.ts';

interface PartWords {
	readonly label: string;
	readonly description: string;
	/** What freeing it costs; shown before it is done. */
	readonly lost?: string;
}

export const partDescriptions: Readonly<Record<StoragePart['name'], PartWords>> = {
	database: {
		label: 'Conversations',
		description: 'The database with everything you wrote and were answered.',
		lost: 'Room that deleted conversations left is given back. Nothing is lost; it may take some seconds, in which nothing else can be done.',
	},
	backups: {
		label: 'Backups',
		description: 'Checked copies of the database.',
		lost: 'All backups but the newest are deleted, also those from before updates. They cannot be brought back.',
	},
	models: { label: 'Models', description: 'Weights that Assay fetched. Delete the ones you no longer use.' },
	'unfinished-downloads': {
		label: 'Unfinished downloads',
		description: 'A download that is started again goes on from here.',
		lost: 'A download that is started again begins at the beginning.',
	},
	'set-aside': {
		label: 'Databases set aside',
		description: 'Damaged ones, and newer ones that an older Assay could not open.',
		lost: 'What was written after the backup that took their place is only in these files. They cannot be brought back.',
	},
	'saved-states': {
		label: 'Conversations kept ready',
		description: 'What a model has worked out of your conversations, so that they go on at once after a restart.',
		lost: 'The next answer in a long conversation takes longer, once: the model reads it again.',
	},
	logs: {
		label: 'Logs',
		description: 'What the program noted about itself, no text of yours.',
		lost: 'What happened until now can no longer be looked up when something goes wrong.',
	},
	'page-cache': { label: 'Window', description: 'What the window keeps to start faster.' },
	other: { label: 'Other', description: 'Locks, the place of the window, files on their way in and out.' },
};

/** How a part is freed; null where there is no way. */
export function findFreeAction({ name }: StoragePart): Freeable | null {
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
