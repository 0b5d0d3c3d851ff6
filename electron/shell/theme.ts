import { type BrowserWindow, nativeTheme } from 'electron';
import type { Application } from '../application/application.ts';

/** The page's `--canvas` (renderer/design/tokens.css) as sRGB, for the window before the page draws. */
const canvas = { light: '#f5f3f1', dark: '#101214' };

export function canvasColor(): string {
	return nativeTheme.shouldUseDarkColors ? canvas.dark : canvas.light;
}

/**
 * The setting decides the page's `prefers-color-scheme`; "system" follows the system as it changes. The window's own
 * colour, visible during a resize, matches the page.
 */
export async function followTheme(
	{ client, events }: Pick<Application, 'client' | 'events'>,
	currentWindow: () => BrowserWindow | null,
	log: (line: string) => void,
): Promise<void> {
	async function apply(): Promise<void> {
		const { theme } = await client.settings.get();
		nativeTheme.themeSource = theme;
	}
	nativeTheme.on('updated', () => currentWindow()?.setBackgroundColor(canvasColor()));
	events.subscribe((event) => {
		if (event.type === 'settings-changed') apply().catch((error: unknown) => log(`theme: ${String(error)}`));
	});
	await apply();
}
