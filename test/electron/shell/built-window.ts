import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { portMessage, type WindowBridge } from '../../../electron/contract/bridge.ts';
import type { Contract } from '../../../electron/contract/contract.ts';
import { asMainPort, electron, type FakeWindow, installFakeElectron } from './fake-electron.ts';

const dist = join(import.meta.dirname, '..', '..', '..', 'dist');

/** Bundles that the window tests run; if one is missing the tests are skipped. */
const bundles = [join(dist, 'main', 'main.js'), join(dist, 'preload', 'preload.cjs')];

export const areBuilt = bundles.every((path) => existsSync(path));

/** Added to the title of skipped tests. */
export const skipped = areBuilt ? '' : ` (SKIPPED: ${bundles.join(' and ')} are missing: npm run build)`;

export type PageClient = ContractRouterClient<Contract>;

export interface PageConnection {
	client: PageClient;
	port: MessagePort;
}

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const;

let dataFolder = '';

/** What an installed window consists of. */
export interface PackedWindow {
	/** The main bundle, with everything around it that the archive holds. */
	readonly main: string;
	readonly resources: string;
}

/**
 * Lays out what electron-builder puts in the archive as a folder, which Node can run: the main bundle and its list of
 * checksums, with the packages of the checkout.
 */
export function unpackedArchive(folder: string, checksums: string): string {
	const root = join(dist, '..');
	for (const part of ['dist/main', 'migrations', 'texts', 'package.json']) {
		cpSync(join(root, part), join(folder, part), { recursive: true, filter: (path) => !path.endsWith('.map') });
	}
	mkdirSync(join(folder, 'dist', 'checksums'));
	writeFileSync(join(folder, 'dist', 'checksums', 'program.sha256'), checksums);
	symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
	return join(folder, 'dist', 'main', 'main.js');
}

/** Runs the built main bundle on a new data folder, however that ends; returns the folder. */
export function startBuiltMain(packed?: PackedWindow): string {
	dataFolder = mkdtempSync(join(tmpdir(), 'assay-window-'));
	installFakeElectron();
	process.env.ASSAY_DATA = dataFolder;
	process.env.ASSAY_NODE = process.execPath;
	if (packed !== undefined) {
		electron.app.isPackaged = true;
		Object.assign(process, { resourcesPath: packed.resources });
	}
	createRequire(import.meta.url)(packed?.main ?? bundles[0]!);
	return dataFolder;
}

/** Runs the built main bundle on a new data folder, as Electron would, and resolves once its window is shown. */
export async function startBuiltWindow(packed?: PackedWindow): Promise<{ dataFolder: string; window: FakeWindow }> {
	startBuiltMain(packed);
	await until(() => electron.windows.some(({ calls }) => calls.includes('show')));
	return { dataFolder, window: electron.windows[0]! };
}

/** Quits what was started and removes its listeners from the test runner. */
export async function removeBuiltWindow(): Promise<void> {
	if (electron.app.exits.length === 0) electron.app.quit();
	await until(() => electron.app.exits.length > 0);
	rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
	// The handlers that the bundle installed in this process would keep the runner from ending it.
	for (const name of endings) {
		const added = process.listeners(name as 'SIGINT').at(-1);
		if (added) process.removeListener(name, added);
	}
}

/** A frame that sends messages to the main process. */
export interface Sender {
	origin: string;
	url: string;
}

/**
 * Opens a window's page with the built preload: its bridge, and a client over the port that it requests.
 * `userActivation` is what Chromium says about recent input of the user in the page.
 */
export function openPage(
	sender: Sender,
	userActivation = { isActive: true },
): {
	bridge: WindowBridge;
	connect(): PageConnection;
	port(): MessagePort;
} {
	let bridge: WindowBridge | undefined;
	let received: MessagePort | undefined;
	const ipcRenderer = {
		invoke: async (channel: string, ...args: unknown[]) => {
			const handler = electron.ipcMain.handlers.get(channel);
			if (!handler) throw new Error(`nothing handles ${channel}`);
			return handler({ senderFrame: sender }, ...args);
		},
		postMessage: (channel: string, _message: unknown, ports: MessagePort[]) =>
			void electron.ipcMain.emit(channel, { senderFrame: sender, ports: ports.map(asMainPort) }),
		on: () => {},
		off: () => {},
	};
	const modules: Record<string, unknown> = {
		electron: {
			contextBridge: {
				exposeInMainWorld: (_name: string, value: WindowBridge) => {
					bridge = value;
				},
			},
			ipcRenderer,
			webUtils: { getPathForFile: () => '/dropped/model.gguf' },
		},
	};
	const page = {
		postMessage: (message: unknown, origin: string, [port]: MessagePort[]) => {
			if (message === portMessage && origin === sender.origin) received = port;
		},
	};
	// A sandboxed preload has no Node: it may require only Electron's own modules.
	const run = new Function(
		'require',
		'window',
		'location',
		'MessageChannel',
		'process',
		'navigator',
		readFileSync(bundles[1]!, 'utf8'),
	);
	const { platform } = process;
	run(
		(name: string) => modules[name],
		page,
		{ origin: sender.origin },
		MessageChannel,
		{ platform },
		{ userActivation },
	);
	const port = () => {
		bridge?.connect();
		if (!received) throw new Error('the preload handed over no port');
		return received;
	};
	return {
		bridge: bridge!,
		port,
		connect: () => {
			const own = port();
			const link = new RPCLink({ port: own as unknown as globalThis.MessagePort });
			own.start();
			return { client: createORPCClient(link), port: own };
		},
	};
}

/** Resolves once `condition` holds; the test's own time-out is the limit. */
export async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
