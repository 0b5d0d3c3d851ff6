import { join } from 'node:path';
import { BrowserWindow, type BrowserWindowConstructorOptions, screen } from 'electron';
import { pageAddress } from './page-protocol.ts';
import { offerReload } from './page-recovery.ts';
import { canvasColor } from './theme.ts';
import { boundsFor, minimumSize, readWindowState, writeWindowState } from './window-state.ts';

export interface WindowOptions {
	preload: string;
	dataFolder: string;
	log: (line: string) => void;
	/** Called whenever a window has been drawn and shown for the first time. */
	onShown: () => void;
}

/** The application's only window; a second start or a click in the dock brings it to the front. */
export interface AppWindow {
	current(): BrowserWindow | null;
	/** Opens the window, or brings it to the front. */
	show(): void;
}

export function createAppWindow(options: WindowOptions): AppWindow {
	let window: BrowserWindow | null = null;
	return {
		current: () => window,
		show: () => {
			if (window) return bringToFront(window);
			const opened = openWindow(options);
			opened.on('closed', () => {
				window = null;
			});
			window = opened;
		},
	};
}

function bringToFront(window: BrowserWindow): void {
	if (window.isMinimized()) window.restore();
	window.show();
	window.focus();
}

/**
 * On macOS the page reaches to the top and leaves the upper part of its rail to the window buttons (renderer: the rail
 * is 68 wide and starts 36 lower there); elsewhere the system draws the frame, and Alt shows the menu.
 */
function frame(): BrowserWindowConstructorOptions {
	if (process.platform !== 'darwin') return { autoHideMenuBar: true };
	return { titleBarStyle: 'hiddenInset', trafficLightPosition: { x: 8, y: 14 } };
}

function openWindow({ preload, dataFolder, log, onShown }: WindowOptions): BrowserWindow {
	const statePath = join(dataFolder, 'window.json');
	const kept = readWindowState(statePath);
	const workAreas = screen.getAllDisplays().map((display) => display.workArea);
	const window = new BrowserWindow({
		...boundsFor(kept?.bounds ?? null, workAreas),
		minWidth: minimumSize.width,
		minHeight: minimumSize.height,
		title: 'Assay',
		// Shown once drawn, with the page's own colour: no white flash.
		show: false,
		backgroundColor: canvasColor(),
		...frame(),
		webPreferences: {
			preload,
			sandbox: true,
			contextIsolation: true,
			nodeIntegration: false,
			nodeIntegrationInWorker: false,
			nodeIntegrationInSubFrames: false,
			webSecurity: true,
			allowRunningInsecureContent: false,
			webviewTag: false,
			navigateOnDragDrop: false,
			spellcheck: process.platform === 'darwin',
		},
	});
	window.once('ready-to-show', () => {
		if (kept?.maximized) window.maximize();
		if (kept?.fullScreen) window.setFullScreen(true);
		window.show();
		onShown();
	});
	window.on('close', () => {
		const state = {
			bounds: window.getNormalBounds(),
			maximized: window.isMaximized(),
			fullScreen: window.isFullScreen(),
		};
		writeWindowState(statePath, state, log);
	});
	offerReload(window, log);
	window.loadURL(pageAddress).catch((error: unknown) => log(`the page did not load: ${String(error)}`));
	return window;
}
