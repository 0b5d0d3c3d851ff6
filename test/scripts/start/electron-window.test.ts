import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWindow, windowObstacle } from '../../../scripts/start/electron-window.ts';
import type { StartOptions } from '../../../scripts/start/start-options.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const options: StartOptions = { host: 'window', data: '/somewhere', port: null, open: true };

/** A script in place of Electron's binary. */
function binary(code: string): string {
	const path = join(temporaryFolder(), 'electron');
	writeFileSync(path, `#!${process.execPath}\n${code}`);
	chmodSync(path, 0o755);
	return path;
}

describe.skipIf(process.platform === 'win32')('a window', () => {
	const open = (code: string, signal = new AbortController().signal) => openWindow(binary(code), options, signal);

	test('that was shown ends with its exit code', async () => {
		expect(await open("process.send('shown', () => process.exit(0));")).toEqual({ shown: true, code: 0 });
		expect(await open("process.send('shown', () => process.exit(3));")).toEqual({ shown: true, code: 3 });
	});

	test('that raised an existing window and exited cleanly needs no browser', async () => {
		expect(await open('')).toEqual({ shown: true, code: 0 });
	});

	test('that never opened gives the reason in Electron’s last words', async () => {
		expect(await open("console.error('noise\\nThe SUID sandbox helper is not set up'); process.exit(133);")).toEqual({
			shown: false,
			reason: 'Electron did not open a window (The SUID sandbox helper is not set up)',
		});
		expect(await open("process.kill(process.pid, 'SIGTRAP');")).toEqual({
			shown: false,
			reason: 'Electron did not open a window (ended by SIGTRAP)',
		});
	});

	test('receives the project, the data folder and the Node for workers', async () => {
		const code = `
			const ok = process.argv[3] === '--data' && process.argv[4] === '/somewhere' && process.env.ASSAY_NODE;
			process.send('shown', () => process.exit(ok ? 0 : 9));`;
		expect(await open(code)).toEqual({ shown: true, code: 0 });
	});

	test('is asked to end when the start is interrupted', async () => {
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 300);
		const code = "process.on('SIGTERM', () => process.exit(0)); process.send('shown'); setInterval(() => {}, 1000);";
		expect(await open(code, stop.signal)).toEqual({ shown: true, code: 0 });
	});
});

test.skipIf(process.platform !== 'linux')('no window is attempted without a display, or as root', () => {
	expect(windowObstacle({})).toContain('there is no display');
	const root = process.getuid?.() === 0;
	expect(windowObstacle({ WAYLAND_DISPLAY: 'wayland-0' })).toBe(root ? 'Electron does not run as root' : null);
});
