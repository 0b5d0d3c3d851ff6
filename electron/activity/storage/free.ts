import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../../models/contract/failure.ts';
import type { Freeable } from '../../contract/data/storage.ts';
import { listBackups } from '../../database/backups/backup.ts';
import { runFileTask } from '../../database/reader/reader.ts';
import { partFiles, type StorageContext } from './usage.ts';

export interface FreeContext extends StorageContext {
	readonly readerEntry: URL;
	/** Whether a download writes its file now. */
	readonly downloading: () => boolean;
}

/** Gives room back that nothing needs any more. Throws Failure `download-running`, `disk-full`. */
export async function freeStorage(context: FreeContext, what: Freeable): Promise<void> {
	switch (what) {
		case 'database':
			await runFileTask({ kind: 'compact', path: context.databasePath }, context.readerEntry);
			return;
		case 'old-backups':
			// The newest stays: without one, a damaged database could not be mended.
			return removeAll(listBackups(join(context.dataFolder, 'backups')).slice(1));
		case 'unfinished-downloads':
			if (context.downloading()) throw downloadRunning();
			return removePart(context, what);
		case 'set-aside':
		case 'saved-states':
		case 'logs':
			return removePart(context, what);
	}
}

async function removePart(context: StorageContext, part: Exclude<Freeable, 'database' | 'old-backups'>): Promise<void> {
	await removeAll((await partFiles(context)).get(part) ?? []);
}

async function removeAll(files: readonly { readonly path: string }[]): Promise<void> {
	for (const { path } of files) await rm(path, { force: true });
}

function downloadRunning(): Failure {
	return new Failure({
		code: 'download-running',
		message: 'A model is being downloaded, so its unfinished file is still needed.',
		next: ['Wait until it is done', 'Cancel the download in Models'],
	});
}
