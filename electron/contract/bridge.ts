import type { TextFile } from './text-file.ts';

/**
 * What the window's preload puts on `globalThis.assay`: what only the window can do. Absent in a browser tab. Calls of
 * the contract don't come this way; they use the one port that `connect` requests. This file has no schemas, so that
 * the preload stays small.
 */
export interface WindowBridge {
	readonly platform: 'darwin' | 'linux' | 'win32';
	/**
	 * Requests a new port to the application. It arrives as a `message` event of the page's own window whose data
	 * equals `portMessage` and whose `ports` hold it; a reloaded page asks again. The port speaks oRPC's message-port
	 * adapter (RPCLink of @orpc/client/message-port). The main process checks the sender, so no token is needed.
	 */
	connect(): void;
	/** Lets the user choose a GGUF file; null if they cancel. */
	chooseModelFile(): Promise<string | null>;
	/** Lets the user choose a folder with model files; null if they cancel. */
	chooseModelFolder(): Promise<string | null>;
	/** Lets the user choose where to save `text` and writes it there; returns the path, or null if they cancel. */
	saveText(file: TextFile): Promise<string | null>;
	/**
	 * Lets the user choose where to move an exported file (its `path`); returns the new path, or null if they cancel.
	 */
	saveExport(path: string): Promise<string | null>;
	/** Returns the path on disk of a file that was dropped on the page. */
	pathOfFile(file: File): string;
	/**
	 * Opens a web address in the user's browser. Rejects unless the user clicked or pressed a key in the last seconds;
	 * each such input opens one address at most.
	 */
	openLink(address: string): Promise<void>;
	/** Shows a file that the application knows in the system's file manager; rejects for every other path. */
	revealFile(path: string): Promise<void>;
	/**
	 * Calls the listener when the user chooses a menu item. The page itself handles the keys; the menu only shows them.
	 * Returns the unsubscribe function.
	 */
	onCommand(listener: (command: WindowCommand) => void): () => void;
}

/** Data of the `message` event that carries the port. */
export const portMessage = 'assay:port';

export type WindowCommand =
	| 'new-conversation'
	| 'temporary-conversation'
	| 'import-conversations'
	| 'export-conversation'
	| 'search'
	| 'palette'
	| 'toggle-list'
	| 'toggle-inspector'
	| 'settings'
	| 'evaluate'
	| 'compare'
	| 'models'
	| 'datasets'
	| 'documents'
	| 'prompts'
	| 'feedback'
	| 'shortcuts';
