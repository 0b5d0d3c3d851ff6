import { spawn } from 'node:child_process';

/** Opens the user's browser; if that fails, the printed address has to do. */
export function openInBrowser(url: string, log: (line: string) => void): void {
	const [command, ...args] = opener(url) ?? [];
	if (command === undefined) {
		log('no display to open a browser on');
		return;
	}
	const child = spawn(command, args, { stdio: 'ignore', detached: true });
	child.on('error', (error) => log(`couldn’t open the browser: ${error.message}`));
	child.unref();
}

function opener(url: string): readonly string[] | null {
	if (process.platform === 'darwin') return ['open', url];
	if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
	return process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? ['xdg-open', url] : null;
}
