import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { chooseUpdates } from '../../../electron/shell/choose-updates.ts';
import { createUpdateInstaller, installedAs } from '../../../electron/shell/install-update.ts';
import type { UpdateInstaller, VerifiedUpdate } from '../../../electron/updates/updates.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { buildManifest, makersKey } from '../../support/update-source.ts';

const electron = vi.hoisted(() => ({ app: null as unknown as EventEmitter & { quits: number } }));

vi.mock('electron', async () => {
	const { EventEmitter: Emitter } = await import('node:events');
	electron.app = Object.assign(new Emitter(), {
		quits: 0,
		getVersion: () => '0.1.0',
		getName: () => 'assay',
		whenReady: async () => {},
		relaunch: () => {},
		quit: () => {
			electron.app.quits += 1;
		},
	});
	return { app: electron.app };
});

/** A script in place of an AppImage: notes that it was run. */
const script = (text: string) => `#!/bin/sh\nprintf '${text}' > "$0.ran"\n`;

/** Writes a downloaded update. */
function writeUpdate(path: string, content: string): VerifiedUpdate {
	writeFileSync(path, content);
	const sha512 = createHash('sha512').update(content).digest('hex');
	return { version: '0.2.0', path, bytes: content.length, sha512 };
}

/** Electron's `resources` of an app that electron-builder packed. */
function resourcesFolder(): string {
	const folder = temporaryFolder();
	writeFileSync(
		join(folder, 'app-update.yml'),
		'provider: generic\nurl: https://updates.example\nupdaterCacheDirName: assay-updater\n',
	);
	return folder;
}

describe.skipIf(process.platform !== 'linux')('an AppImage', () => {
	let appImage: string;
	let folder: string;
	let installer: UpdateInstaller;
	let update: VerifiedUpdate;
	const logged: string[] = [];

	beforeEach(() => {
		const apps = temporaryFolder();
		folder = temporaryFolder();
		appImage = join(apps, 'Assay-0.1.0.AppImage');
		writeFileSync(appImage, script('old'));
		chmodSync(appImage, 0o755);
		vi.stubEnv('APPIMAGE', appImage);
		update = writeUpdate(join(folder, 'Assay-0.2.0-linux-x64.AppImage'), script('new'));
		const resources = resourcesFolder();
		installer = createUpdateInstaller('AppImage', { resources, folder, log: (line) => logged.push(line) });
		electron.app.removeAllListeners();
		electron.app.quits = 0;
	});
	afterEach(() => vi.unstubAllEnvs());

	const quit = (code = 0) => electron.app.emit('quit', {}, code);
	const newPlace = () => appImage.replace('0.1.0', '0.2.0');

	test('is replaced on quit, in one step, and not before', async () => {
		await installer.install(update, 'on-quit');
		expect(readFileSync(appImage, 'utf8')).toBe(script('old'));
		quit();
		expect(readFileSync(newPlace(), 'utf8')).toBe(script('new'));
		expect(statSync(newPlace()).mode & 0o777).toBe(0o755);
		expect(readdirSync(join(appImage, '..'))).toEqual(['Assay-0.2.0.AppImage']);
		expect([electron.app.quits, logged]).toEqual([0, []]);
	});

	test('keeps a name that the user gave it', async () => {
		const own = join(temporaryFolder(), 'assay');
		writeFileSync(own, script('old'));
		vi.stubEnv('APPIMAGE', own);
		await installer.install(update, 'on-quit');
		quit();
		expect(readFileSync(own, 'utf8')).toBe(script('new'));
	});

	test('is replaced now: Assay quits, and the new version starts when it has ended', async () => {
		await installer.install(update, 'now');
		expect([electron.app.quits, existsSync(newPlace())]).toEqual([1, false]);
		quit();
		expect(readFileSync(newPlace(), 'utf8')).toBe(script('new'));
		await expect.poll(() => existsSync(`${newPlace()}.ran`), { timeout: 5_000 }).toBe(true);
	});

	test('stays when the user takes the choice back, or Assay ends by an error', async () => {
		await installer.install(update, 'on-quit');
		installer.cancel?.();
		quit();
		expect(readFileSync(appImage, 'utf8')).toBe(script('old'));
		await installer.install({ ...update }, 'on-quit');
		quit(1);
		expect(readFileSync(appImage, 'utf8')).toBe(script('old'));
	});

	test('is replaced by the file that was verified last, though its name is that of an earlier one', async () => {
		await installer.install(update, 'on-quit');
		installer.cancel?.();
		await installer.install(writeUpdate(update.path, script('mended')), 'on-quit');
		quit();
		expect(readFileSync(newPlace(), 'utf8')).toBe(script('mended'));
	});

	test('stays when the file was changed after it was verified', async () => {
		writeFileSync(update.path, script('evil'));
		await expect(installer.install(update, 'now')).rejects.toThrow('changed after it was verified');
		quit();
		expect([readFileSync(appImage, 'utf8'), electron.app.quits]).toEqual([script('old'), 0]);
	});

	test('stays when electron-updater’s copy is changed before the quit', async () => {
		await installer.install(update, 'on-quit');
		const copies = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
			name.includes('pending/Assay'),
		);
		expect(copies).toHaveLength(1);
		writeFileSync(join(folder, copies[0]!), script('evil'));
		quit();
		expect(readFileSync(appImage, 'utf8')).toBe(script('old'));
		expect(logged.at(-1)).toContain('changed after it was verified');
	});

	test.each(['0.1.0', '0.0.9'])('is never replaced by %s', async (version) => {
		await expect(installer.install({ ...update, version }, 'now')).rejects.toThrow('not newer than this version');
		quit();
		expect(readFileSync(appImage, 'utf8')).toBe(script('old'));
	});
});

/** What Electron hands updates to on macOS: it fetches the file, unpacks it, and installs it when the app ends. */
class FakeSquirrel extends EventEmitter {
	readonly calls: string[] = [];
	#feed = { url: '', headers: {} };
	setFeedURL(feed: { url: string; headers: Record<string, string> }): void {
		this.#feed = feed;
	}
	async checkForUpdates(): Promise<void> {
		this.calls.push('fetch');
		const { url } = (await (await fetch(this.#feed.url, { headers: this.#feed.headers })).json()) as { url: string };
		await (await fetch(url)).arrayBuffer();
	}
	quitAndInstall(): void {
		this.calls.push('quit and install');
	}
}

describe('an app on macOS', () => {
	function setUp() {
		const squirrel = new FakeSquirrel();
		const require = createRequire(import.meta.url);
		const place = require.resolve('electron');
		const before = require.cache[place];
		require.cache[place] = {
			exports: { autoUpdater: squirrel },
			loaded: true,
			id: place,
			filename: place,
		} as NodeModule;
		onTestFinished(() => {
			delete require.cache[place];
			if (before !== undefined) require.cache[place] = before;
		});
		const folder = temporaryFolder();
		const installer = createUpdateInstaller('zip', { resources: resourcesFolder(), folder, log: () => {} });
		const update = writeUpdate(join(folder, 'Assay-0.2.0-darwin-x64.zip'), 'zip');
		return { squirrel, installer, update };
	}

	test('is replaced now, when Squirrel has unpacked the file, which it gets once', async () => {
		const { squirrel, installer, update } = setUp();
		await installer.install(update, 'now');
		expect(squirrel.calls).toEqual(['fetch']);
		squirrel.emit('update-downloaded');
		expect(squirrel.calls).toEqual(['fetch', 'quit and install']);
	});

	test('is replaced on quit, which can’t be taken back, or now after all', async () => {
		const { squirrel, installer, update } = setUp();
		await installer.install(update, 'on-quit');
		squirrel.emit('update-downloaded');
		expect([squirrel.calls, installer.cancel]).toEqual([['fetch'], null]);
		await installer.install(update, 'now');
		expect(squirrel.calls).toEqual(['fetch', 'quit and install']);
	});
});

test('a package, an unpacked folder and a checkout are updated elsewhere, and say where', () => {
	expect(installedAs({}, 'linux')).toBeNull();
	expect(installedAs({ APPIMAGE: 'relative.AppImage' }, 'linux')).toBeNull();
	expect([installedAs({}, 'win32'), installedAs({}, 'darwin')]).toEqual(['exe', 'zip']);
	const packed = { resources: '/opt/Assay/resources', checksums: new Map<string, string>() };
	const updateSource = { url: 'https://updates.example/assay.json', publicKeys: [makersKey.publicKey] };
	const said = (words: string) => ({ facts: expect.objectContaining({ text: expect.stringContaining(words) }) });
	const choose = (files: Parameters<typeof chooseUpdates>[0], environment = {}) =>
		chooseUpdates(files, '/data', () => {}, environment, 'linux');
	expect(choose({ packed: null, updateSource: null })).toMatchObject({ elsewhere: said('git pull') });
	expect(choose({ packed, updateSource: null })).toMatchObject({
		elsewhere: said('doesn’t check for updates'),
	});
	expect(choose({ packed, updateSource })).toMatchObject({ elsewhere: said('package') });
	expect(choose({ packed, updateSource }, { APPIMAGE: '/home/ada/Assay.AppImage' })).toMatchObject({
		source: updateSource,
		installer: { kind: buildManifest().files[0]?.kind },
	});
});
