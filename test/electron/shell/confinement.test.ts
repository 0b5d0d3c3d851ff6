import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { areBuilt, openPage, removeBuiltWindow, skipped, startBuiltWindow } from './built-window.ts';
import { electron, type FakeWindow } from './fake-electron.ts';

/** Returns what an event handler did with the event. */
function fire(emit: (event: { preventDefault(): void }) => void): 'prevented' | 'allowed' {
	let outcome: 'prevented' | 'allowed' = 'allowed';
	emit({
		preventDefault: () => {
			outcome = 'prevented';
		},
	});
	return outcome;
}

describe.skipIf(!areBuilt)(`the built window${skipped}`, () => {
	let window: FakeWindow;

	beforeAll(async () => {
		({ window } = await startBuiltWindow());
	});
	afterAll(removeBuiltWindow);

	describe('serves the renderer as assay://app', () => {
		const get = (url: string, init?: RequestInit) => electron.schemes.get('assay')!(new Request(url, init));

		test('with a standard, secure scheme registered before the app was ready', () => {
			expect(electron.privileges).toEqual([
				{ scheme: 'assay', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
			]);
		});

		test('with a policy in the headers that allows nothing from elsewhere and nothing inline', async () => {
			const page = await get('assay://app/index.html');
			expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
			const policy = page.headers.get('content-security-policy') ?? '';
			expect(policy).toContain("default-src 'none'");
			expect(policy).toContain("script-src 'self'");
			expect(policy).toContain("frame-ancestors 'none'");
			expect(policy).not.toMatch(/unsafe|https?:|\*/);
			expect(page.headers.get('x-content-type-options')).toBe('nosniff');
			const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(await page.text())?.[1];
			const asset = await get(`assay://app/${script}`);
			expect([asset.status, asset.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
		});

		test.each([
			'assay://app/../../package.json',
			'assay://app/%2e%2e/%2e%2e/package.json',
			'assay://app/..%2f..%2fpackage.json',
			'assay://app/assets/..%5c..%5cpackage.json',
			'assay://app/.vite/licences.json',
			'assay://app//etc/passwd',
			'assay://app/index.html%00.js',
			'assay://elsewhere/index.html',
			'assay://app/',
			'assay://app/assets',
		])('but nothing for %s', async (url) => {
			const answer = await get(url);
			expect(answer.status).toBe(404);
			expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
		});

		test('only to GET requests', async () => {
			expect((await get('assay://app/index.html', { method: 'POST' })).status).toBe(405);
		});
	});

	describe('confines the page:', () => {
		test('it may reload itself and navigate nowhere else', () => {
			const go = (name: string, url: string, isMainFrame = true) =>
				fire((event) => window.webContents.emit(name, { ...event, url, isMainFrame }));
			const before = electron.opened.length;
			expect(go('will-navigate', 'assay://app/index.html')).toBe('allowed');
			expect(go('will-navigate', 'file:///etc/passwd')).toBe('prevented');
			expect(go('will-navigate', 'assay://app.evil.example/index.html')).toBe('prevented');
			expect(go('will-frame-navigate', 'https://example.org/', false)).toBe('prevented');
			expect(go('will-redirect', 'https://example.org/')).toBe('prevented');
			expect(go('will-attach-webview', '')).toBe('prevented');
			expect(electron.opened.length).toBe(before);
		});

		test('neither a scripted window.open nor a navigation opens anything outside, not even after a click', () => {
			const before = electron.opened.length;
			window.webContents.emit('input-event', {}, { type: 'mouseUp' });
			for (const url of ['https://example.org/', 'file:///etc/passwd', 'javascript:alert(1)', 'smb://host/share']) {
				expect(window.webContents.openHandler({ url })).toEqual({ action: 'deny' });
				expect(fire((event) => window.webContents.emit('will-navigate', { ...event, url }))).toBe('prevented');
			}
			expect(electron.opened.length).toBe(before);
		});

		describe('a link opens outside', () => {
			const page = (isActive = true) => openPage(window.webContents.mainFrame, { isActive }).bridge;
			const input = (type: string) => window.webContents.emit('input-event', {}, { type });
			const openedSince = (before: number) => electron.opened.slice(before);

			test('after a click, once for each click', async () => {
				const before = electron.opened.length;
				input('mouseDown');
				input('mouseUp');
				await page().openLink('https://example.org/a?b#c');
				await expect(page().openLink('https://example.org/second')).rejects.toThrow('only after a click');
				input('rawKeyDown');
				await page().openLink('http://192.0.2.1:8080/');
				expect(openedSince(before)).toEqual(['https://example.org/a?b#c', 'http://192.0.2.1:8080/']);
			});

			test('not if a script asks, without any input or after moving and scrolling only', async () => {
				const before = electron.opened.length;
				await expect(page().openLink('https://example.org/')).rejects.toThrow('only after a click');
				for (const type of ['mouseMove', 'mouseWheel', 'mouseEnter', 'gestureScrollBegin', 'keyUp']) input(type);
				await expect(page().openLink('https://example.org/')).rejects.toThrow('only after a click');
				// Chromium knows of no activation in the page, whatever the main process saw elsewhere in the window.
				input('mouseUp');
				await expect(page(false).openLink('https://example.org/')).rejects.toThrow('only after a click');
				expect(openedSince(before)).toEqual([]);
			});

			test('not long after the click', async () => {
				const before = electron.opened.length;
				input('mouseUp');
				const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5_001);
				await expect(page().openLink('https://example.org/')).rejects.toThrow('only after a click');
				now.mockRestore();
				expect(openedSince(before)).toEqual([]);
			});

			test.each([
				'file:///etc/passwd',
				'javascript:alert(1)',
				'smb://host/share',
				'ms-msdt:/id',
				'nonsense',
				'mailto:a@b.c',
			])('never to %s', async (address) => {
				const before = electron.opened.length;
				input('mouseUp');
				await expect(page().openLink(address)).rejects.toThrow('only web addresses');
				expect(openedSince(before)).toEqual([]);
			});

			test('not for a frame other than the page', async () => {
				input('mouseUp');
				const { bridge } = openPage({ origin: 'assay://app', url: 'assay://app/index.html' });
				await expect(bridge.openLink('https://example.org/')).rejects.toThrow("only Assay's own page may call");
			});
		});

		test('it may write to the clipboard and has no other permission', () => {
			const { permissionRequest, permissionCheck, devicePermission } = electron.session.defaultSession;
			const granted = (contents: unknown, permission: string) => {
				let answer: boolean | undefined;
				permissionRequest(contents, permission, (allowed) => {
					answer = allowed;
				});
				return answer;
			};
			const asked = ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'fileSystem', 'hid'];
			expect(asked.filter((permission) => granted(window.webContents, permission))).toEqual([]);
			expect(asked.filter((permission) => permissionCheck(null, permission, 'assay://app/'))).toEqual([]);
			expect(devicePermission()).toBe(false);
			expect(permissionCheck(null, 'clipboard-sanitized-write', 'assay://app/')).toBe(true);
			expect(permissionCheck(null, 'clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
		});

		test('none of its requests leaves the computer', () => {
			const cancelled = (url: string) => {
				let answer: boolean | undefined;
				electron.session.defaultSession.beforeRequest({ url }, ({ cancel }) => {
					answer = cancel;
				});
				return answer;
			};
			const refused = ['https://example.org/x.png', 'http://127.0.0.1/', 'ws://localhost/', 'file:///etc/passwd'];
			expect(refused.map(cancelled)).toEqual(refused.map(() => true));
			expect(cancelled('assay://app/assets/a.js')).toBe(false);
			expect(cancelled('blob:assay://app/1')).toBe(false);
			expect(electron.session.defaultSession.spellChecker).toBe(process.platform === 'darwin');
		});

		test('it saves only what it created itself', () => {
			const download = (url: string) =>
				fire((event) => electron.session.defaultSession.emit('will-download', event, { getURL: () => url }));
			expect(download('https://example.org/a.gguf')).toBe('prevented');
			expect(download('blob:assay://app/0a1b')).toBe('allowed');
		});
	});
});
