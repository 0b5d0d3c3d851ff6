import { app, type BrowserWindow, Menu, type MenuItemConstructorOptions, shell } from 'electron';
import type { Application } from '../application/application.ts';
import type { WindowCommand } from '../contract/bridge.ts';
import { sendCommand } from './page-calls.ts';

export interface MenuActions {
	send(command: WindowCommand): void;
	openDataFolder(): void;
}

/**
 * Installs the application menu; it opens the window first if a command needs one (on macOS the app runs without). Its
 * keys follow the settings.
 */
export async function installMenu(
	{ client, events }: Pick<Application, 'client' | 'events'>,
	window: { current(): BrowserWindow | null; show(): void },
	dataFolder: string,
	log: (line: string) => void,
): Promise<void> {
	const actions: MenuActions = {
		send: (command) => {
			const current = window.current();
			if (current) sendCommand(current, command);
			else window.show();
		},
		openDataFolder: () => void shell.openPath(dataFolder),
	};
	let shown: string | null = null;
	async function apply(): Promise<void> {
		const keys = (await client.settings.get()).keys.window;
		// Rebuilding it would close an open menu.
		if (JSON.stringify(keys) === shown) return;
		shown = JSON.stringify(keys);
		Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, actions, keys)));
	}
	events.subscribe((event) => {
		if (event.type === 'settings-changed') apply().catch((error: unknown) => log(`menu: ${String(error)}`));
	});
	await apply();
	app.setAboutPanelOptions({ applicationName: 'Assay', applicationVersion: app.getVersion() });
}

/** Returns the menus in the order and with the names usual on each system; `keys` are those that the user changed. */
export function menuTemplate(
	platform: NodeJS.Platform,
	actions: MenuActions,
	keys: Readonly<Record<string, string>>,
): MenuItemConstructorOptions[] {
	const mac = platform === 'darwin';
	const line: MenuItemConstructorOptions = { type: 'separator' };

	/** The page itself handles the key, so that users can change it there; the menu only shows it. */
	function command(label: string, name: WindowCommand, usual?: string): MenuItemConstructorOptions {
		const own = keys[name];
		const accelerator = own === undefined ? usual : acceleratorOf(own);
		const key = accelerator === undefined || accelerator === '' ? {} : { accelerator, registerAccelerator: false };
		return { label, click: () => actions.send(name), ...key };
	}

	const settings = command('Settings…', 'settings', 'CmdOrCtrl+,');
	const dataFolder: MenuItemConstructorOptions = { label: 'Open data folder', click: actions.openDataFolder };
	const appMenu: MenuItemConstructorOptions = {
		label: 'Assay',
		submenu: [
			{ role: 'about' },
			line,
			settings,
			line,
			{ role: 'services' },
			line,
			{ role: 'hide' },
			{ role: 'hideOthers' },
			{ role: 'unhide' },
			line,
			{ role: 'quit' },
		],
	};
	return [
		...(mac ? [appMenu] : []),
		{
			label: 'File',
			submenu: [
				command('New conversation', 'new-conversation', 'CmdOrCtrl+N'),
				command('New temporary conversation', 'temporary-conversation', 'CmdOrCtrl+Shift+N'),
				line,
				command('Import conversations…', 'import-conversations'),
				command('Export conversation…', 'export-conversation'),
				line,
				command('Evaluate', 'evaluate'),
				command('Compare', 'compare'),
				command('Models', 'models'),
				command('Datasets', 'datasets'),
				command('Documents', 'documents'),
				command('Prompts', 'prompts'),
				command('Feedback', 'feedback'),
				...(mac ? [line, { role: 'close' } as const] : [settings, line, { role: 'quit' } as const]),
			],
		},
		{
			label: 'Edit',
			submenu: [
				{ role: 'undo' },
				{ role: 'redo' },
				line,
				{ role: 'cut' },
				{ role: 'copy' },
				{ role: 'paste' },
				{ role: 'pasteAndMatchStyle' },
				{ role: 'selectAll' },
				line,
				command('Search conversations', 'search', 'CmdOrCtrl+F'),
			],
		},
		{
			label: 'View',
			submenu: [
				command('Command palette', 'palette', 'CmdOrCtrl+K'),
				line,
				command('Show or hide the list', 'toggle-list', 'CmdOrCtrl+B'),
				command('Show or hide the settings pane', 'toggle-inspector', 'CmdOrCtrl+I'),
				line,
				{ role: 'resetZoom' },
				{ role: 'zoomIn' },
				{ role: 'zoomOut' },
				{ role: 'togglefullscreen' },
				line,
				// Its usual key, Ctrl R, regenerates an answer in a conversation.
				{ role: 'reload', accelerator: 'CmdOrCtrl+Shift+R' },
				{ role: 'toggleDevTools' },
			],
		},
		{
			label: 'Window',
			role: 'window',
			submenu: mac
				? [{ role: 'minimize' }, { role: 'zoom' }, line, { role: 'front' }]
				: [{ role: 'minimize' }, { role: 'close' }],
		},
		{
			label: 'Help',
			role: 'help',
			submenu: [
				command('Keyboard shortcuts', 'shortcuts', 'CmdOrCtrl+/'),
				dataFolder,
				...(mac ? [] : [line, { role: 'about' } as const]),
			],
		},
	];
}

/** `KeyboardEvent.code` of keys whose character has a different name in Electron. */
const characters: Readonly<Record<string, string>> = {
	Comma: ',',
	Period: '.',
	Slash: '/',
	Backslash: '\\',
	BracketLeft: '[',
	BracketRight: ']',
	Semicolon: ';',
	Quote: "'",
	Backquote: '`',
};

/**
 * Converts `Mod+Shift+KeyC` (electron/contract/settings/shortcut-keys.ts) to the format of Electron's menus:
 * `CmdOrCtrl+Shift+C`.
 */
function acceleratorOf(combination: string): string {
	return combination
		.split('+')
		.map((part) => {
			if (part === 'Mod') return 'CmdOrCtrl';
			return characters[part] ?? part.replace(/^(?:Key|Digit)/, '');
		})
		.join('+');
}
