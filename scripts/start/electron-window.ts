import { projectRoot } from '../run-step.ts';
import { runChild } from './run-child.ts';
import type { StartOptions } from './start-options.ts';

/** Says why no window can open here, before Electron tries; null if one can. */
export function windowObstacle(environment: NodeJS.ProcessEnv = process.env): string | null {
	if (process.platform !== 'linux') return null;
	if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY)
		return 'there is no display (DISPLAY and WAYLAND_DISPLAY are empty)';
	// It would run without its sandbox, which Assay never gives up.
	if (process.getuid?.() === 0) return 'Electron does not run as root';
	return null;
}

/** How a window ended: it was shown and is closed now, or it never appeared and the browser host must take over. */
export type WindowEnd = { shown: true; code: number } | { shown: false; reason: string };

/** Opens the window and waits until it closes. */
export async function openWindow(binary: string, options: StartOptions, signal: AbortSignal): Promise<WindowEnd> {
	let shown = false;
	let errors = '';
	const { code, problem } = await runChild(
		binary,
		[projectRoot, ...(options.data === null ? [] : ['--data', options.data])],
		{
			// The channel tells us that the window has opened, and tells the window when we are gone.
			stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
			env: { ...process.env, ASSAY_NODE: process.execPath },
			signal,
			onStart: (child) => {
				child.on('message', (message) => {
					shown ||= message === 'shown';
				});
				child.stderr?.on('data', (chunk: Buffer) => {
					errors = `${errors}${chunk.toString()}`.slice(-4_000);
					if (shown) process.stderr.write(chunk);
				});
			},
		},
	);
	if (shown || signal.aborted || code === 0) return { shown: true, code: code ?? 1 };
	const lastLine = errors.trim().split('\n').at(-1);
	return { shown: false, reason: `Electron did not open a window (${lastLine || problem})` };
}
