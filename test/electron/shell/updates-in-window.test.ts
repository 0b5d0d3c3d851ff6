import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { listChecksums } from '../../../scripts/package/checksums.ts';
import { makersKey } from '../../support/update-source.ts';
import {
	areBuilt,
	openPage,
	type PageClient,
	removeBuiltWindow,
	skipped,
	startBuiltWindow,
	unpackedArchive,
} from './built-window.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe.skipIf(!areBuilt || process.platform !== 'linux')(`an installed AppImage${skipped}`, () => {
	const folder = mkdtempSync(join(tmpdir(), 'assay-appimage-'));
	let client: PageClient;

	beforeAll(async () => {
		const resources = join(folder, 'resources');
		// What the window itself runs of the program: its threads, with SQLite.
		cpSync(join(root, 'dist', 'cli'), join(resources, 'program', 'dist', 'cli'), { recursive: true });
		const sqlite = 'node_modules/better-sqlite3';
		for (const part of ['package.json', 'lib', `prebuilds/linux-${process.arch}.node`]) {
			cpSync(join(root, sqlite, part), join(resources, 'program', sqlite, part), { recursive: true });
		}
		const main = unpackedArchive(join(folder, 'archive'), listChecksums(join(resources, 'program'), 'program', {}));
		const source = { url: 'https://updates.example/assay-update.json', publicKeys: [makersKey.publicKey] };
		mkdirSync(join(folder, 'archive', 'dist', 'updates'));
		writeFileSync(join(folder, 'archive', 'dist', 'updates', 'source.json'), JSON.stringify(source));
		vi.stubEnv('APPIMAGE', join(folder, 'Assay.AppImage'));
		const { window } = await startBuiltWindow({ main, resources });
		client = openPage(window.webContents.mainFrame).connect().client;
	});
	afterAll(async () => {
		await removeBuiltWindow();
		vi.unstubAllEnvs();
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	});

	test('has looked for no update, and doesn’t by itself', async () => {
		expect(await client.updates.status()).toEqual({ state: 'idle', checkedAt: null });
		expect(await client.settings.get()).toMatchObject({ updateChecks: false });
		expect(await client.activity.list({ filter: { kinds: ['network'] } })).toMatchObject({ entries: [] });
	});

	test('looks for none while the network is blocked, and the log of requests shows the refusal', async () => {
		await client.settings.set({ networkBlocked: true });
		expect(await client.updates.check()).toMatchObject({ state: 'failed', failure: { code: 'network-blocked' } });
		const { entries } = await client.activity.list({ filter: { kinds: ['network'] } });
		expect(entries).toEqual([
			expect.objectContaining({
				subject: 'updates.example',
				result: 'blocked',
				outcome: 'refused: the network is switched off',
			}),
		]);
	});

	test('refuses to download or install what it did not find', async () => {
		await expect(client.updates.download()).rejects.toMatchObject({ data: { code: 'update-not-ready' } });
		await expect(client.updates.install({ when: 'now' })).rejects.toMatchObject({ data: { code: 'update-not-ready' } });
	});

	test('holds electron-updater, which loads from the bundle', async () => {
		const bundle = join(root, 'dist', 'main');
		const chunk = readdirSync(bundle).find(
			(name) =>
				name.endsWith('.js') && readFileSync(join(bundle, name), 'utf8').includes('APPIMAGE env is not defined'),
		);
		const { default: library } = (await import(pathToFileURL(join(bundle, chunk ?? '')).href)) as { default: object };
		expect(library).toMatchObject({
			AppImageUpdater: expect.any(Function),
			NsisUpdater: expect.any(Function),
			MacUpdater: expect.any(Function),
		});
	});
});
