import { type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { z } from 'zod';
import type { WindowCommand } from '../contract/bridge.ts';
import { textFileSchema } from '../contract/text-file.ts';
import type { Serve } from '../hosts/transport/rpc-server.ts';
import { chooseModelFile, chooseModelFolder, saveExport, saveText } from './dialogs.ts';
import { channels } from './ipc-channels.ts';
import { openLink } from './open-link.ts';
import { pageOrigin } from './page-protocol.ts';
import { portConnection } from './port-connection.ts';
import { type KnownPaths, revealFile } from './reveal-file.ts';

/** Characters; browsers and systems refuse longer ones. */
const longestAddress = 8_192;

/** Handles calls from the page of the current window. Refuses every other sender with an error, and logs it. */
export function answerPageCalls(
	currentWindow: () => BrowserWindow | null,
	serve: Serve,
	/** Returns whether a path is an exported file: a page can move nothing else. */
	isExport: (path: string) => boolean,
	knownPaths: () => Promise<KnownPaths>,
	log: (line: string) => void,
): void {
	/** Files that the user had written since the start. */
	const written = new Set<string>();

	async function remember(saving: Promise<string | null>): Promise<string | null> {
		const path = await saving;
		if (path !== null) written.add(path);
		return path;
	}

	function windowOf(event: IpcMainEvent | IpcMainInvokeEvent): BrowserWindow {
		const window = currentWindow();
		const frame = event.senderFrame;
		if (window && frame && frame === window.webContents.mainFrame && frame.origin === pageOrigin) return window;
		const message = `refused a call from ${frame?.url ?? 'a frame that is gone'}: only Assay's own page may call`;
		log(message);
		throw new Error(message);
	}

	function handle<Input>(
		channel: string,
		schema: z.ZodType<Input>,
		work: (window: BrowserWindow, input: Input) => Promise<unknown>,
	): void {
		ipcMain.handle(channel, async (event, payload: unknown) => work(windowOf(event), schema.parse(payload)));
	}

	ipcMain.on(channels.connect, (event) => {
		const [port, ...more] = event.ports;
		try {
			windowOf(event);
			if (!port || more.length > 0) throw new Error('a connection takes exactly one port');
		} catch {
			for (const each of event.ports) each.close();
			return;
		}
		serve(portConnection(port));
	});
	handle(channels.chooseModelFile, z.undefined(), chooseModelFile);
	handle(channels.chooseModelFolder, z.undefined(), chooseModelFolder);
	handle(channels.saveText, textFileSchema, (window, file) => remember(saveText(window, file)));
	handle(channels.saveExport, z.string().min(1), async (window, path) => {
		if (!isExport(path)) throw new Error(`not an exported file: ${path}`);
		return remember(saveExport(window, path));
	});
	handle(channels.openLink, z.string().min(1).max(longestAddress), (window, address) =>
		openLink(window.webContents, address),
	);
	handle(channels.revealFile, z.string().min(1), (_window, path) =>
		revealFile(path, async () => {
			const known = await knownPaths();
			return { ...known, files: [...known.files, ...written] };
		}),
	);
}

/** Tells the page which menu item was chosen. */
export function sendCommand(window: BrowserWindow, command: WindowCommand): void {
	window.webContents.send(channels.command, command);
}
