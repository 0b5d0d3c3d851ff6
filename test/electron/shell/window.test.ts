import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contractVersion } from '../../../electron/contract/system/version.ts';
import { tinyGguf } from '../../support/tiny-gguf.ts';
import {
	areBuilt,
	openPage,
	type PageClient,
	removeBuiltWindow,
	skipped,
	startBuiltWindow,
	until,
} from './built-window.ts';
import { electron, type FakeMenuItem, type FakeWindow } from './fake-electron.ts';

const ownPage = { origin: 'assay://app', url: 'assay://app/index.html' };

describe.skipIf(!areBuilt)(`the built window${skipped}`, () => {
	let dataFolder: string;
	let window: FakeWindow;
	let client: PageClient;

	beforeAll(async () => {
		({ dataFolder, window } = await startBuiltWindow());
		client = openPage(window.webContents.mainFrame).connect().client;
	});
	afterAll(removeBuiltWindow);

	test('keeps Node out of a sandboxed, isolated page', () => {
		expect(electron.app.sandboxed).toBe(true);
		expect(window.loaded).toBe('assay://app/index.html');
		expect(window.options.webPreferences).toMatchObject({
			sandbox: true,
			contextIsolation: true,
			nodeIntegration: false,
			nodeIntegrationInWorker: false,
			nodeIntegrationInSubFrames: false,
			webSecurity: true,
			allowRunningInsecureContent: false,
			webviewTag: false,
		});
		expect(existsSync(String(window.options.webPreferences.preload))).toBe(true);
	});

	test('keeps everything in the data folder, including Chromium’s caches', () => {
		expect(electron.app.paths).toEqual({ userData: dataFolder, sessionData: join(dataFolder, 'chromium') });
	});

	test('answers calls of its page over the port from the preload', async () => {
		const hello = await client.system.hello({ contractVersion });
		expect(hello).toMatchObject({ host: 'window', dataFolder, contractVersion });
		expect(await client.conversations.list({})).toEqual({ conversations: [] });
		await expect(client.conversations.get({ id: 77 })).rejects.toMatchObject({ code: 'FAILED' });
	});

	test('streams events over the port and ends them when the page closes', async () => {
		const page = openPage(window.webContents.mainFrame).connect();
		const events = await page.client.system.events();
		const next = events.next();
		await client.settings.set({ systemPrompt: 'Be brief.' });
		expect((await next).value).toEqual({ type: 'settings-changed' });
		const waiting = events.next();
		page.port.close();
		await expect(waiting).rejects.toThrow();
		expect(await client.conversations.list({})).toEqual({ conversations: [] });
	});

	test('gives the page the theme that the user sets', async () => {
		await client.settings.set({ theme: 'light' });
		await until(() => electron.nativeTheme.themeSource === 'light');
		electron.nativeTheme.shouldUseDarkColors = false;
		electron.nativeTheme.emit('updated');
		expect(window.calls.at(-1)).toBe('setBackgroundColor #f5f3f1');
	});

	describe('refuses callers other than its own page:', () => {
		const strangers = [
			{ name: 'another frame of the window', ...ownPage },
			{ name: 'a page from the web in the main frame', origin: 'https://evil.example', url: 'https://evil.example/' },
		];
		test.each(strangers)('$name gets no port', async ({ name, ...stranger }) => {
			const { port } = openPage(stranger);
			const received = port();
			received.start();
			await new Promise((resolve) => received.once('close', resolve));
		});

		test.each(strangers)('$name opens no dialog', async ({ name, ...stranger }) => {
			const shown = electron.dialogs.length;
			const { bridge } = openPage(stranger);
			await expect(bridge.chooseModelFile()).rejects.toThrow("only Assay's own page may call");
			await expect(bridge.chooseModelFolder()).rejects.toThrow('may call');
			await expect(bridge.saveText({ fileName: 'a.md', text: '' })).rejects.toThrow('may call');
			await expect(bridge.revealFile('/etc/passwd')).rejects.toThrow('may call');
			expect(electron.dialogs).toHaveLength(shown);
		});
	});

	describe('dialogs', () => {
		const page = () => openPage(window.webContents.mainFrame).bridge;

		test('return the chosen model file or folder, or null after a cancel', async () => {
			electron.answers.openPaths = ['/models/a.gguf'];
			expect(await page().chooseModelFile()).toBe('/models/a.gguf');
			electron.answers.openPaths = ['/models'];
			expect(await page().chooseModelFolder()).toBe('/models');
			electron.answers.openPaths = [];
			expect([await page().chooseModelFile(), await page().chooseModelFolder()]).toEqual([null, null]);
		});

		test('save a text where the user chooses, whole or not at all', async () => {
			const path = join(dataFolder, 'export.md');
			electron.answers.savePath = path;
			expect(await page().saveText({ fileName: 'Greetings.md', text: '# Héllo\n' })).toBe(path);
			expect(readFileSync(path, 'utf8')).toBe('# Héllo\n');
			electron.answers.savePath = join(dataFolder, 'missing', 'export.md');
			await expect(page().saveText({ fileName: 'a.md', text: 'x' })).rejects.toThrow('ENOENT');
			electron.answers.savePath = '';
			expect(await page().saveText({ fileName: 'a.md', text: 'x' })).toBeNull();
		});

		test('refuse a relative path, and a file name that leads into another folder', async () => {
			await expect(page().saveText({ fileName: '../../.bashrc', text: 'x' })).rejects.toThrow('without a folder');
			await expect(page().revealFile('relative.gguf')).rejects.toThrow('absolute');
			await expect(page().saveExport('/etc/passwd')).rejects.toThrow('not an exported file');
		});

		describe('show in the file manager', () => {
			const outside = mkdtempSync(join(tmpdir(), 'assay-outside-'));
			afterAll(() => rmSync(outside, { recursive: true, force: true }));
			const shown = async (path: string) => {
				const before = electron.opened.length;
				await page().revealFile(path);
				return electron.opened.slice(before);
			};
			const refused = async (path: string, why: string) => {
				const before = electron.opened.length;
				await expect(page().revealFile(path)).rejects.toThrow(why);
				expect(electron.opened).toHaveLength(before);
			};

			test('the data folder and what is in it', async () => {
				expect(await shown(dataFolder)).toEqual([dataFolder]);
				expect(await shown(join(dataFolder, 'assay.db'))).toEqual([join(dataFolder, 'assay.db')]);
				await refused(join(dataFolder, 'gone.db'), 'not there any more');
			});

			test('a file that the user had saved, and no other next to it', async () => {
				const path = join(outside, 'saved.md');
				writeFileSync(path, 'made by another program');
				await refused(path, 'only what it knows');
				electron.answers.savePath = path;
				await page().saveText({ fileName: 'saved.md', text: 'x' });
				expect(await shown(path)).toEqual([path]);
				await refused(join(outside, 'other.md'), 'only what it knows');
				await refused(outside, 'only what it knows');
			});

			test('a model file of the library wherever it lies, and the folders that the user added', async () => {
				const folder = join(outside, 'models');
				mkdirSync(folder);
				const path = join(outside, 'tiny.gguf');
				writeFileSync(path, tinyGguf());
				await refused(path, 'only what it knows');
				await client.models.add({ path });
				expect(await shown(path)).toEqual([path]);
				await refused(folder, 'only what it knows');
				await client.models.scan({ paths: [folder] });
				await expect
					.poll(async () => (await client.models.places()).places.map((place) => place.path))
					.toContain(folder);
				expect(await shown(folder)).toEqual([folder]);
			});

			test.each(['/etc/passwd', `${tmpdir()}/..`])('not %s', (path) => refused(path, 'only what it knows'));

			test('nothing above the data folder', () =>
				refused(`${dataFolder}/../${basename(outside)}`, 'only what it knows'));

			test('nothing behind a link in the data folder', async () => {
				symlinkSync(outside, join(dataFolder, 'link'));
				await refused(join(dataFolder, 'link'), 'is a link');
				await refused(join(dataFolder, 'link', 'saved.md'), 'is a link');
			});

			test.each([
				'\\\\server\\share\\x.gguf',
				'//server/share/x.gguf',
				'\\/server/share',
				'/\\server\\share',
				'\\\\?\\UNC\\server\\share\\x',
				'\\\\.\\UNC\\server\\share',
				'//?/UNC/server/share',
			])('nothing on a network share: %s', (path) => refused(path, 'network shares'));
		});
	});

	describe('the menu', () => {
		const items = (menu: FakeMenuItem[]): FakeMenuItem[] =>
			menu.flatMap((item) => [item, ...items(item.submenu ?? [])]);

		test('has the usual roles and leaves the keys to the page', () => {
			const all = items(electron.menus.at(-1)!);
			const roles = all.flatMap(({ role }) => role ?? []);
			expect(roles).toEqual(
				expect.arrayContaining([
					'undo',
					'cut',
					'copy',
					'paste',
					'selectAll',
					'zoomIn',
					'togglefullscreen',
					'minimize',
					'quit',
					'about',
				]),
			);
			const commands = all.filter(({ click, accelerator }) => click !== undefined && accelerator !== undefined);
			expect(commands.every(({ registerAccelerator }) => registerAccelerator === false)).toBe(true);
			const keys = all.flatMap(({ accelerator }) => accelerator ?? []);
			expect(new Set(keys).size).toBe(keys.length);
		});

		test('shows the keys that the user chose, or none if they chose none', async () => {
			const keyOf = (label: string) => items(electron.menus.at(-1)!).find((item) => item.label === label)?.accelerator;
			expect([keyOf('New conversation'), keyOf('Command palette')]).toEqual(['CmdOrCtrl+N', 'CmdOrCtrl+K']);
			const keys = { window: { 'new-conversation': 'Mod+Shift+Comma', palette: '' }, tab: {} };
			await client.settings.set({ keys });
			await until(() => keyOf('Command palette') === undefined);
			expect(keyOf('New conversation')).toBe('CmdOrCtrl+Shift+,');
			await client.settings.set({ keys: { window: {}, tab: {} } });
			await until(() => keyOf('Command palette') === 'CmdOrCtrl+K');
		});

		test('tells the page which command was chosen', () => {
			items(electron.menus.at(-1)!)
				.find(({ label }) => label === 'New conversation')
				?.click?.();
			expect(window.webContents.sent.at(-1)).toEqual(['assay:command', 'new-conversation']);
		});
	});

	describe('a page that stops', () => {
		test('offers a reload after a crash, not after an ordinary end', async () => {
			const asked = () => electron.dialogs.filter(({ kind }) => kind === 'message').length;
			window.webContents.emit('render-process-gone', {}, { reason: 'clean-exit', exitCode: 0 });
			expect(asked()).toBe(0);
			electron.answers.messageBox = 0;
			window.webContents.emit('render-process-gone', {}, { reason: 'oom', exitCode: 5 });
			await until(() => window.calls.includes('reload'));
			expect(electron.dialogs.at(-1)).toMatchObject({
				options: { message: expect.stringContaining('out of memory') },
			});
			expect(readFileSync(join(dataFolder, 'logs', 'assay.log'), 'utf8')).toContain('the page ended: oom');
		});
	});

	test('a second start brings the window to the front', () => {
		window.calls.length = 0;
		electron.app.emit('second-instance', {}, [], '');
		expect(window.calls).toEqual(['restore', 'show', 'focus']);
		expect(electron.windows).toHaveLength(1);
	});

	test('quits in order: closes the window and keeps its place, closes the application, releases the data folder', async () => {
		expect(existsSync(join(dataFolder, 'owner.json'))).toBe(true);
		electron.app.quit();
		expect([window.destroyed, electron.app.exits]).toEqual([true, []]);
		await until(() => electron.app.exits.length > 0);
		expect(electron.app.exits).toEqual([0]);
		expect(JSON.parse(readFileSync(join(dataFolder, 'window.json'), 'utf8'))).toEqual({
			bounds: { x: 40, y: 50, width: 900, height: 700 },
			maximized: false,
			fullScreen: false,
		});
		expect(existsSync(join(dataFolder, 'owner.json'))).toBe(false);
		expect(existsSync(join(dataFolder, 'assay.db-wal'))).toBe(false);
		expect(readFileSync(join(dataFolder, 'logs', 'assay.log'), 'utf8')).not.toContain('quitting:');
	});
});
