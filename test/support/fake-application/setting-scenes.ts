import type { Page } from 'playwright-core';
import type { UpdateStatus } from '../../../electron/contract/updates/schema.ts';
import type { FakeApplication } from './fake-application.ts';
import { day, type Scene, withHistory } from './scene.ts';
import { offeredUpdate } from './update-handlers.ts';

const settings =
	(part?: string) =>
	(fake: FakeApplication): string => {
		withHistory(fake);
		const at = (daysAgo: number) => Date.UTC(2026, 10, 24, 15, 5) - daysAgo * day;
		const folder = '/home/ada/.local/share/assay/backups';
		fake.data.backups.push(
			{ path: `${folder}/1.db`, kind: 'daily', createdAt: at(0), sizeBytes: 1_310_000 },
			{ path: `${folder}/damaged.db`, kind: 'daily', createdAt: at(1), sizeBytes: 1_240_000 },
			{ path: `${folder}/3.db`, kind: 'before-restore', createdAt: at(2), sizeBytes: 1_180_000 },
			{ path: `${folder}/4.db`, kind: 'before-update', createdAt: at(9), sizeBytes: 960_000 },
		);
		return part === undefined ? '/settings' : `/settings/${part}`;
	};

const updating = (status: UpdateStatus) => (fake: FakeApplication) => {
	fake.data.update = status;
	return settings('updates')(fake);
};

const downloaded = { state: 'ready', update: offeredUpdate, onQuit: false, canCancel: true } as const;

const settle = (page: Page) => page.waitForTimeout(350);

/** Runs an action on a backup, by default the newest. */
async function actOnBackup(page: Page, name: string, index = 0): Promise<void> {
	await page
		.getByRole('button', { name: /Actions for the backup/ })
		.nth(index)
		.click();
	await page.getByRole('menuitem', { name }).click();
	await settle(page);
}

export const settingScenes: Record<string, Scene> = {
	settings: { prepare: settings() },
	'settings-large-text': {
		prepare: (fake) => {
			fake.data.settings = { ...fake.data.settings, textSize: 150 };
			return settings()(fake);
		},
	},
	'settings-privacy': {
		prepare: (fake) => {
			fake.data.settings = { ...fake.data.settings, networkBlocked: true };
			return settings('privacy')(fake);
		},
	},
	'settings-keyboard': {
		prepare: (fake) => {
			const keys = { window: {}, tab: { search: 'Mod+Shift+KeyF', chat: '' } };
			fake.data.settings = { ...fake.data.settings, keys };
			return settings('keyboard')(fake);
		},
		async act(page) {
			await page.getByRole('button', { name: 'Change shortcut for Models' }).click();
			await page.keyboard.press('Control+KeyK');
			await settle(page);
		},
	},
	'settings-data': {
		prepare: settings('data'),
		async act(page) {
			await actOnBackup(page, 'Check');
			await actOnBackup(page, 'Check', 1);
		},
	},
	'settings-restore': { prepare: settings('data'), act: (page) => actOnBackup(page, 'Restore…') },
	'settings-restore-file': {
		prepare: settings('data'),
		async act(page) {
			await page.getByRole('button', { name: 'Restore from file' }).click();
			await page.getByRole('textbox', { name: 'File path' }).fill('/media/disk/assay.db');
			await page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click();
			await settle(page);
		},
	},
	'settings-server': {
		prepare: settings('server'),
		async act(page) {
			await page.getByRole('switch', { name: 'Serve models to other programs' }).click();
			await page.getByRole('textbox', { name: 'New alias' }).fill('gpt-4o');
			await page.getByRole('button', { name: 'Set alias' }).click();
			await page.getByRole('list', { name: 'Aliases' }).waitFor();
			await settle(page);
		},
	},
	'settings-updates': { prepare: settings('updates') },
	'settings-updates-idle': { prepare: updating({ state: 'idle', checkedAt: Date.UTC(2026, 10, 24, 15, 5) }) },
	'settings-updates-available': {
		prepare: updating({ state: 'idle', checkedAt: null }),
		async act(page) {
			await page.getByRole('button', { name: 'Check for updates' }).click();
			await page.getByText('Assay 0.2.0 is available').waitFor();
			await settle(page);
		},
	},
	'settings-updates-downloading': {
		prepare: updating({ state: 'available', update: offeredUpdate, postponed: true }),
		async act(page) {
			await page.getByRole('button', { name: /^Download/ }).click();
			await page.getByRole('progressbar', { name: /Assay/ }).waitFor();
			await settle(page);
		},
	},
	'settings-updates-ready': { prepare: updating(downloaded) },
	'settings-updates-on-quit': {
		prepare: updating(downloaded),
		async act(page) {
			await page.getByRole('button', { name: 'Install on quit' }).click();
			await page.getByRole('button', { name: 'Don’t install' }).waitFor();
			await page.getByText('installs when you quit').waitFor();
			await settle(page);
		},
	},
	'settings-updates-on-quit-macos': {
		prepare: updating({ ...downloaded, canCancel: false }),
		async act(page) {
			await page.getByText('can’t be undone').waitFor();
			await page.getByRole('button', { name: 'Install on quit' }).click();
			await page.getByText('installs when you quit').waitFor();
			await page.getByRole('button', { name: 'Don’t install' }).waitFor({ state: 'detached' });
			await settle(page);
		},
	},
	'settings-updates-failed': {
		prepare: updating({
			state: 'failed',
			retry: 'download',
			update: offeredUpdate,
			failure: {
				code: 'update-hash-wrong',
				message: 'The file from updates.example is not the one that Assay’s makers signed, so it was deleted.',
				next: [
					'Download it again',
					'If this keeps happening, get the new version where you got this one, and tell its developers',
				],
			},
		}),
	},
	'settings-storage': { prepare: settings('storage') },
	'settings-free': {
		prepare: settings('storage'),
		async act(page) {
			await page
				.getByRole('listitem')
				.filter({ hasText: 'Replaced databases' })
				.getByRole('button', { name: 'Free' })
				.click();
			await settle(page);
		},
	},
	'settings-diagnostics': {
		prepare: settings('diagnostics'),
		async act(page) {
			await page.getByRole('button', { name: 'Create bundle' }).click();
			await page.getByRole('button', { name: /^computer\.json/ }).click();
			await settle(page);
		},
	},
	'settings-about': {
		prepare: settings('about'),
		async act(page) {
			await page.getByRole('button', { name: 'Run check' }).click();
			await page.getByRole('button', { name: 'Show licences' }).click();
			await page.getByRole('button', { name: /^SQLite/ }).click();
			await settle(page);
		},
	},
};
