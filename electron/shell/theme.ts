import { type BrowserWindow, nativeTheme } from 'electron';
import type { Settings } from '../contract/setting.ts';

/** The page's `--canvas` (renderer/design/tokens.css) as sRGB, for what is seen before the page draws. */
const canvas = { light: '#f5f3f1', dark: '#101214' };

export function canvasColor(): string {
	return nativeTheme.shouldUseDarkColors ? canvas.dark : canvas.light;
}

/** The setting decides what the page sees as `prefers-color-scheme`; "system" follows the system as it changes. */
export function applyTheme(theme: Settings['theme']): void {
	nativeTheme.themeSource = theme;
}

/** Keeps the window's own colour, seen while it is resized, that of the page. */
export function followTheme(currentWindow: () => BrowserWindow | null): void {
	nativeTheme.on('updated', () => currentWindow()?.setBackgroundColor(canvasColor()));
}
