import type { TextFile } from './text-file.ts';

/**
 * What the preload of the window puts on `globalThis.assay`. Absent in a browser tab: what is here is what only the
 * window can do. Calls of the contract don't come this way; they go over the one port that `connect` asks for.
 * This file holds no schema, so that the preload stays small.
 */
export interface WindowBridge {
	readonly platform: 'darwin' | 'linux' | 'win32';
	/**
	 * Asks for a fresh port to the application. It arrives as a `message` event of the page's own window whose data
	 * equals `portMessage` and whose `ports` hold it; a page that was reloaded asks again. Speaks oRPC's message-port
	 * adapter (RPCLink of @orpc/client/message-port); the sender is checked, so no token is asked for.
	 */
	connect(): void;
	/** Lets the person pick a GGUF file; null when they cancel. */
	chooseModelFile(): Promise<string | null>;
	/** Lets the person pick a folder with model files; null when they cancel. */
	chooseModelFolder(): Promise<string | null>;
	/** Lets the person pick where `text` is saved and writes it there; the path, null when they cancel. */
	saveText(file: TextFile): Promise<string | null>;
	/** Lets the person pick where an exported file (its `path`) is moved to; the new path, null when they cancel. */
	saveExport(path: string): Promise<string | null>;
	/** Where a file that was dropped on the page lies on the disk. */
	pathOfFile(file: File): string;
	/** Shows a file in the system's file manager. */
	revealFile(path: string): Promise<void>;
	/** A menu item was clicked. The page itself listens to the keys; the menu only shows them. Returns the unsubscribe. */
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
	| 'prompts'
	| 'feedback'
	| 'shortcuts';
