import { EventEmitter } from 'node:events';
import { registerHooks } from 'node:module';
import type { MessagePort } from 'node:worker_threads';

/**
 * Replaces the `electron` module so that the built main bundle runs in Node. It behaves as Electron documents, as far
 * as the shell relies on it (events and their order, prevented quits, ports that arrive with a message), and records
 * every call for the tests to check.
 */
class FakeWebContents extends EventEmitter {
	readonly mainFrame = { origin: 'assay://app', url: 'assay://app/index.html' };
	readonly sent: unknown[][] = [];
	openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });

	setWindowOpenHandler(handler: typeof this.openHandler): void {
		this.openHandler = handler;
	}

	send(...args: unknown[]): void {
		this.sent.push(args);
	}

	getURL(): string {
		return this.mainFrame.url;
	}
}

export class FakeWindow extends EventEmitter {
	readonly webContents = new FakeWebContents();
	readonly calls: string[] = [];
	readonly options: Record<string, unknown> & { webPreferences: Record<string, unknown> };
	loaded = '';
	destroyed = false;

	constructor(options: FakeWindow['options']) {
		super();
		this.options = options;
		electron.windows.push(this);
		electron.app.emit('web-contents-created', {}, this.webContents);
	}

	async loadURL(url: string): Promise<void> {
		this.loaded = url;
		setImmediate(() => this.emit('ready-to-show'));
	}

	show = () => void this.calls.push('show');
	focus = () => void this.calls.push('focus');
	restore = () => void this.calls.push('restore');
	reload = () => void this.calls.push('reload');
	maximize = () => void this.calls.push('maximize');
	setFullScreen = () => void this.calls.push('setFullScreen');
	setBackgroundColor = (color: string) => void this.calls.push(`setBackgroundColor ${color}`);
	isMinimized = () => true;
	isMaximized = () => false;
	isFullScreen = () => false;
	isDestroyed = () => this.destroyed;
	getNormalBounds = () => ({ x: 40, y: 50, width: 900, height: 700 });

	close(): void {
		this.emit('close');
		this.destroyed = true;
		this.emit('closed');
	}
}

class FakeApp extends EventEmitter {
	isPackaged = false;
	readonly paths: Record<string, string> = {};
	readonly exits: number[] = [];
	quits = 0;
	sandboxed = false;

	setPath = (name: string, path: string) => void Object.assign(this.paths, { [name]: path });
	getPath = (name: string) => this.paths[name] ?? `/fake/${name}`;
	getVersion = () => '0.0.0-fake';
	setName = () => {};
	getAppPath = () => process.cwd();
	whenReady = () => Promise.resolve();
	requestSingleInstanceLock = () => true;
	setAboutPanelOptions = () => {};
	setAppUserModelId = () => {};
	enableSandbox = () => {
		this.sandboxed = true;
	};
	exit = (code = 0) => void this.exits.push(code);

	/** Closes the windows, then emits `will-quit`; ends unless a listener prevents it. */
	quit(): void {
		this.quits += 1;
		for (const window of electron.windows) if (!window.destroyed) window.close();
		const event = { prevented: false, preventDefault: () => Object.assign(event, { prevented: true }) };
		this.emit('will-quit', event);
		if (!event.prevented) this.exit(0);
	}
}

class FakeIpcMain extends EventEmitter {
	readonly handlers = new Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>();
	handle = (channel: string, handler: (event: unknown, ...args: unknown[]) => Promise<unknown>) =>
		void this.handlers.set(channel, handler);
}

class FakeSession extends EventEmitter {
	permissionRequest: (contents: unknown, permission: string, callback: (allowed: boolean) => void) => void = () => {};
	permissionCheck: (contents: unknown, permission: string, origin: string) => boolean = () => true;
	devicePermission: () => boolean = () => true;
	beforeRequest: (details: { url: string }, callback: (answer: { cancel: boolean }) => void) => void = () => {};
	spellChecker = true;
	readonly webRequest = {
		onBeforeRequest: (handler: FakeSession['beforeRequest']) => {
			this.beforeRequest = handler;
		},
	};
	setPermissionRequestHandler = (handler: FakeSession['permissionRequest']) => {
		this.permissionRequest = handler;
	};
	setPermissionCheckHandler = (handler: FakeSession['permissionCheck']) => {
		this.permissionCheck = handler;
	};
	setDevicePermissionHandler = (handler: () => boolean) => {
		this.devicePermission = handler;
	};
	setSpellCheckerEnabled = (enabled: boolean) => {
		this.spellChecker = enabled;
	};
}

/** A menu item as the shell builds it. */
export type FakeMenuItem = {
	label?: string;
	role?: string;
	accelerator?: string;
	registerAccelerator?: boolean;
	click?: () => void;
	submenu?: FakeMenuItem[];
};

/** What the user chooses in the next dialog. */
type Answers = { openPaths: string[]; savePath: string; messageBox: number };

function createFakeElectron() {
	const answers: Answers = { openPaths: [], savePath: '', messageBox: 0 };
	const opened: string[] = [];
	const dialogs: { kind: string; options: unknown }[] = [];
	const privileges: { scheme: string; privileges: Record<string, boolean> }[] = [];
	const schemes = new Map<string, (request: Request) => Promise<Response>>();
	const menus: FakeMenuItem[][] = [];
	return {
		windows: [] as FakeWindow[],
		answers,
		opened,
		dialogs,
		privileges,
		schemes,
		menus,
		app: new FakeApp(),
		ipcMain: new FakeIpcMain(),
		BrowserWindow: FakeWindow,
		session: { defaultSession: new FakeSession() },
		nativeTheme: Object.assign(new EventEmitter(), { shouldUseDarkColors: true, themeSource: 'system' }),
		/** Shows nothing, like a system without notifications. */
		Notification: { isSupported: () => false },
		powerSaveBlocker: { start: () => 1, stop: () => {} },
		screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1600, height: 900 } }] },
		Menu: {
			buildFromTemplate: (template: FakeMenuItem[]) => template,
			setApplicationMenu: (menu: FakeMenuItem[]) => void menus.push(menu),
		},
		protocol: {
			registerSchemesAsPrivileged: (schemes: typeof privileges) => void privileges.push(...schemes),
			handle: (scheme: string, handler: (request: Request) => Promise<Response>) => void schemes.set(scheme, handler),
		},
		shell: {
			openExternal: async (url: string) => void opened.push(url),
			openPath: async (path: string) => void opened.push(path),
			showItemInFolder: (path: string) => void opened.push(path),
		},
		dialog: {
			showOpenDialog: async (_window: unknown, options: unknown) => {
				dialogs.push({ kind: 'open', options });
				return { canceled: answers.openPaths.length === 0, filePaths: answers.openPaths };
			},
			showSaveDialog: async (_window: unknown, options: unknown) => {
				dialogs.push({ kind: 'save', options });
				return { canceled: answers.savePath === '', filePath: answers.savePath };
			},
			showMessageBox: async (_window: unknown, options: unknown) => {
				dialogs.push({ kind: 'message', options });
				return { response: answers.messageBox };
			},
			showErrorBox: (title: string, content: string) =>
				void dialogs.push({ kind: 'error', options: { title, content } }),
		},
	};
}

export const electron = createFakeElectron();

/** A port as the main process gets it: the data is in an event, and nothing arrives before `start`. */
class FakeMessagePortMain extends EventEmitter {
	private readonly port: MessagePort;

	constructor(port: MessagePort) {
		super();
		this.port = port;
	}

	start(): void {
		this.port.on('message', (data) => this.emit('message', { data, ports: [] }));
		this.port.on('close', () => this.emit('close'));
	}

	postMessage = (message: unknown) => this.port.postMessage(message);
	close = () => this.port.close();
}

export const asMainPort = (port: MessagePort) => new FakeMessagePortMain(port);

/** Makes `import … from 'electron'` return the fake from now on, in every module loaded in this process. */
export function installFakeElectron(): void {
	const names = [
		'app',
		'ipcMain',
		'BrowserWindow',
		'session',
		'nativeTheme',
		'screen',
		'Menu',
		'protocol',
		'shell',
		'dialog',
		'Notification',
		'powerSaveBlocker',
	];
	const key = '__assayFakeElectron';
	Object.assign(globalThis, { [key]: electron });
	const source = names.map((name) => `export const ${name} = globalThis.${key}.${name};`).join('\n');
	registerHooks({
		resolve: (specifier, context, next) =>
			specifier === 'electron' ? { url: 'fake:electron', shortCircuit: true } : next(specifier, context),
		load: (url, context, next) =>
			url === 'fake:electron' ? { format: 'module', source, shortCircuit: true } : next(url, context),
	});
}
