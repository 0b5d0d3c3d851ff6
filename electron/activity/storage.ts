import { lstat, readdir, rm, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { Freeable, Storage, StoragePart } from '../contract/activity/schema.ts';
import { listBackups } from '../database/backups/backup.ts';
import { type Reader, runFileTask } from '../database/reader.ts';

export interface StorageContext {
	readonly dataFolder: string;
	readonly databasePath: string;
	readonly reader: Pick<Reader, 'all'>;
	/** Every model file of the library. */
	readonly models: () => readonly { readonly path: string; readonly sizeBytes: number }[];
}

type PartName = StoragePart['name'];

interface FoundFile {
	readonly path: string;
	readonly bytes: number;
}

/** Returns the part of the data folder that a path belongs to; 'other' if none matches. */
export function partOf(relativePath: string, databaseName: string): PartName {
	const [top = '', ...rest] = relativePath.split(/[/\\]/);
	if (rest.length === 0) {
		if (top.startsWith(`${databaseName}.damaged-`) || top.startsWith(`${databaseName}.replaced-`)) return 'set-aside';
		return top === databaseName || top.startsWith(`${databaseName}-`) ? 'database' : 'other';
	}
	if (top === 'models') return /\.(?:part|partial)$/.test(relativePath) ? 'unfinished-downloads' : 'models';
	if (top === 'backups') return 'backups';
	if (top === 'logs') return 'logs';
	if (top === 'states') return 'saved-states';
	return top === 'chromium' ? 'page-cache' : 'other';
}

const folderOf: Readonly<Record<PartName, string>> = {
	database: '',
	backups: 'backups',
	models: 'models',
	'unfinished-downloads': 'models',
	'set-aside': '',
	logs: 'logs',
	'saved-states': 'states',
	'page-cache': 'chromium',
	other: '',
};

/** Adds up the files in the data folder by purpose. */
export async function storageUsage(context: StorageContext): Promise<Storage> {
	const { dataFolder, databasePath } = context;
	const files = await partFiles(context);
	const freeable = await freeableBytes(context, files);
	const parts = [...files].map(([name, found]): StoragePart => {
		const folder = folderOf[name];
		return {
			name,
			bytes: sum(found),
			files: found.length,
			path: name === 'database' ? databasePath : folder === '' ? dataFolder : join(dataFolder, folder),
			freeableBytes: freeable[name] ?? 0,
		};
	});
	const elsewhere = context.models().filter(({ path }) => !path.startsWith(join(dataFolder, '/')));
	const { bavail, blocks, bsize } = await statfs(dataFolder);
	return {
		dataFolder,
		parts: parts.toSorted((a, b) => b.bytes - a.bytes),
		totalBytes: parts.reduce((total, { bytes }) => total + bytes, 0),
		elsewhere: {
			files: elsewhere.length,
			bytes: elsewhere.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
		},
		disk: { freeBytes: bavail * bsize, totalBytes: blocks * bsize },
	};
}

/** Lists the files of each part that has any. Counts a link itself, not its target. */
async function partFiles({
	dataFolder,
	databasePath,
}: Pick<StorageContext, 'dataFolder' | 'databasePath'>): Promise<ReadonlyMap<PartName, readonly FoundFile[]>> {
	const parts = new Map<PartName, FoundFile[]>();
	for (const relativePath of await readdir(dataFolder, { recursive: true })) {
		const path = join(dataFolder, relativePath);
		// Skips a file that disappears meanwhile (one of SQLite's logs, a finished download).
		const facts = await lstat(path).catch(() => null);
		if (facts === null || facts.isDirectory() || facts.isSocket()) continue;
		const part = partOf(relativePath, basename(databasePath));
		const found = parts.get(part) ?? [];
		found.push({ path, bytes: facts.size });
		parts.set(part, found);
	}
	return parts;
}

async function freeableBytes(
	{ dataFolder, reader }: StorageContext,
	files: ReadonlyMap<PartName, readonly FoundFile[]>,
): Promise<Partial<Record<PartName, number>>> {
	const [free] = await reader.all<{ freelist_count: number }>('PRAGMA freelist_count');
	const [page] = await reader.all<{ page_size: number }>('PRAGMA page_size');
	const olderBackups = listBackups(join(dataFolder, 'backups')).slice(1);
	return {
		database: (free?.freelist_count ?? 0) * (page?.page_size ?? 0),
		backups: olderBackups.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
		'unfinished-downloads': sum(files.get('unfinished-downloads') ?? []),
		'set-aside': sum(files.get('set-aside') ?? []),
		logs: sum(files.get('logs') ?? []),
		'saved-states': sum(files.get('saved-states') ?? []),
	};
}

function sum(files: readonly FoundFile[]): number {
	return files.reduce((total, { bytes }) => total + bytes, 0);
}

export interface FreeContext extends StorageContext {
	readonly readerEntry: URL;
	/** Whether a download is writing its file. */
	readonly downloading: () => boolean;
}

/** Frees space that is no longer needed. Throws Failure `download-running`, `disk-full`. */
export async function freeStorage(context: FreeContext, what: Freeable): Promise<void> {
	switch (what) {
		case 'database':
			await runFileTask({ kind: 'compact', path: context.databasePath }, context.readerEntry);
			return;
		case 'old-backups':
			// Keeps the newest: without a backup, a damaged database could not be restored.
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
		message: said`A model is downloading, so its unfinished file is still needed.`,
		next: [said`Wait for the download to finish`, said`Or cancel it in Models`],
	});
}
