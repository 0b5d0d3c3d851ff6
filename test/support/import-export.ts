import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExportFormat, ImportReport } from '../../electron/contract/import-export/schema.ts';
import { exportConversations } from '../../electron/conversation/import-export/export-conversations.ts';
import { type ImportRun, importConversations } from '../../electron/conversation/import-export/import-conversations.ts';
import type { WritableDatabase } from '../../electron/database/database.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Writes files by name into a temporary folder; returns the folder. */
export function writeFiles(files: Readonly<Record<string, string | Buffer>>): string {
	const folder = temporaryFolder();
	for (const [name, content] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), content);
	}
	return folder;
}

/** Imports files by their content, in this thread. */
export function importing(
	{ database }: { readonly database: WritableDatabase },
	files: Readonly<Record<string, string | Buffer>> | string,
	run: Partial<ImportRun> = {},
): Promise<ImportReport> {
	const given = typeof files === 'string' ? { 'export.json': files } : files;
	const folder = writeFiles(given);
	const names = Object.keys(given);
	return importConversations({
		database,
		paths: names.length === 1 ? [join(folder, names[0]!)] : [folder],
		mode: 'import',
		now: 1,
		progress: () => {},
		pause: async () => {},
		...run,
	});
}

/** Exports in this thread; returns the file's name and content. */
export async function exporting(
	{ database }: { readonly database: WritableDatabase },
	ids: readonly number[] | null,
	format: ExportFormat,
): Promise<{ fileName: string; path: string; content: Buffer; text: string; conversations: number }> {
	const folder = join(temporaryFolder(), 'out');
	const run = { database, ids, format, folder, now: Date.UTC(2026, 10, 24), progress: () => {}, pause: async () => {} };
	const { fileName, conversations } = await exportConversations(run);
	const path = join(folder, fileName);
	const content = readFileSync(path);
	return { fileName, path, content, text: content.toString('utf8'), conversations };
}
