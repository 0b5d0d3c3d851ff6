import { app, type BrowserWindow, dialog } from 'electron';

/**
 * Offers to reload a page that crashed or hangs: conversations and running answers belong to the main process and
 * continue meanwhile.
 */
export function offerReload(window: BrowserWindow, log: (line: string) => void): void {
	let asking: AbortController | null = null;

	async function ask(message: string, wait: boolean): Promise<void> {
		if (asking || window.isDestroyed()) return;
		const question = new AbortController();
		asking = question;
		const { response } = await dialog.showMessageBox(window, {
			type: 'warning',
			message,
			detail: 'Your conversations are safe, and answers in progress continue.',
			buttons: ['Reload', wait ? 'Wait' : 'Quit Assay'],
			defaultId: 0,
			cancelId: wait ? 1 : 0,
			noLink: true,
			signal: question.signal,
		});
		asking = null;
		// Answered by the event below, not by the user.
		if (question.signal.aborted || window.isDestroyed()) return;
		if (response === 0) window.reload();
		else if (!wait) app.quit();
	}

	window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
		log(`the page ended: ${reason} (exit code ${exitCode})`);
		if (reason === 'clean-exit') return;
		const cause = reason === 'oom' ? 'it ran out of memory' : `${reason}, exit code ${exitCode}`;
		void ask(`The page stopped working (${cause})`, false);
	});
	window.on('unresponsive', () => {
		log('the page does not answer');
		void ask('The page isn’t responding', true);
	});
	window.on('responsive', () => asking?.abort());
}
