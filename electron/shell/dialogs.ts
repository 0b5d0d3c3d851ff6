import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';
import type { FailureFacts } from '../../models/contract/failure.ts';
import type { TextFile } from '../contract/text-file.ts';

/** Returns the path of a GGUF file; null if the user cancels. */
export async function chooseModelFile(window: BrowserWindow): Promise<string | null> {
	const { canceled, filePaths } = await dialog.showOpenDialog(window, {
		title: 'Add a model file',
		buttonLabel: 'Add',
		properties: ['openFile'],
		filters: [
			{ name: 'GGUF models', extensions: ['gguf'] },
			{ name: 'All files', extensions: ['*'] },
		],
	});
	return canceled ? null : (filePaths[0] ?? null);
}

/** Returns the path of a folder with model files; null if the user cancels. */
export async function chooseModelFolder(window: BrowserWindow): Promise<string | null> {
	const { canceled, filePaths } = await dialog.showOpenDialog(window, {
		title: 'Add models from a folder',
		buttonLabel: 'Scan folder',
		properties: ['openDirectory'],
	});
	return canceled ? null : (filePaths[0] ?? null);
}

/**
 * Writes the text where the user chooses; returns the path, or null if they cancel. A failed write leaves the old file
 * intact.
 */
export async function saveText(window: BrowserWindow, { fileName, text }: TextFile): Promise<string | null> {
	const filePath = await chooseTarget(window, fileName);
	if (filePath !== null) await putInPlace(filePath, (unfinished) => writeFile(unfinished, text));
	return filePath;
}

/** Moves an exported file of any size to where the user chooses; returns the path, or null if they cancel. */
export async function saveExport(window: BrowserWindow, path: string): Promise<string | null> {
	const filePath = await chooseTarget(window, basename(path));
	if (filePath === null) return null;
	// Copies rather than moves: the data folder may be on another disk.
	await putInPlace(filePath, (unfinished) => copyFile(path, unfinished));
	await rm(dirname(path), { recursive: true, force: true });
	return filePath;
}

async function chooseTarget(window: BrowserWindow, fileName: string): Promise<string | null> {
	const extension = extname(fileName).slice(1);
	const { canceled, filePath } = await dialog.showSaveDialog(window, {
		title: 'Save',
		defaultPath: join(app.getPath('documents'), fileName),
		filters: extension === '' ? [] : [{ name: `.${extension} files`, extensions: [extension] }],
	});
	return canceled || filePath === '' ? null : filePath;
}

async function putInPlace(filePath: string, write: (unfinished: string) => Promise<void>): Promise<void> {
	const unfinished = `${filePath}.unfinished`;
	try {
		await write(unfinished);
		await rename(unfinished, filePath);
	} catch (error) {
		await rm(unfinished, { force: true });
		throw error;
	}
}

/** Shows a failure that happens before there is a page. Blocks until the user has closed it. */
export function showFailure({ message, next }: FailureFacts): void {
	dialog.showErrorBox(message, next.map((step) => `• ${step}`).join('\n'));
}
