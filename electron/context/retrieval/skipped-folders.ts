const skippedFolders = new Set(['node_modules', '__pycache__', 'venv', '$RECYCLE.BIN', 'System Volume Information']);

/** Whether a folder inside a source holds no documents of the user, by its name: hidden, or filled by programs. */
export function isSkippedFolder(name: string): boolean {
	return name.startsWith('.') || name.startsWith('~$') || skippedFolders.has(name);
}
