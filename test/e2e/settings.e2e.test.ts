import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnostics } from '../../electron/contract/activity/schema.ts';
import { axeViolationsInBothThemes, browserMissing, goTo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const script = { answers: [{ steps: [{ type: 'text', text: 'The Volga.' }] }] };

/**
 * One story, told in order on the built browser host with a scripted engine: each test continues where the last one
 * ended.
 */
describe.skipIf(browserMissing() !== null)('settings', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const titles = () => page.getByRole('list', { name: 'Conversations' }).getByRole('link').allTextContents();
	const part = (name: string) => page.getByRole('region', { name, exact: true });

	async function ask(text: string): Promise<void> {
		await goTo(page, '/chat');
		await page.getByRole('textbox', { name: 'Message' }).fill(text);
		await page.getByRole('textbox', { name: 'Message' }).press('Enter');
		await page.getByText('The Volga.', { exact: true }).waitFor();
		await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
	}

	test('rarely changed samplers are hidden until a person opens them', async () => {
		await goTo(page, '/settings/answers');
		const more = page.getByRole('button', { name: 'More samplers' });
		await more.waitFor();
		expect(await more.getAttribute('aria-expanded')).toBe('false');
		const multiplier = page.getByRole('textbox', { name: 'DRY multiplier' });
		expect(await multiplier.count()).toBe(0);
		await more.click();
		await multiplier.fill('0.8');
		await multiplier.press('Tab');
		await expect.poll(async () => (await story.client.settings.get()).sampling.dryMultiplier).toBe(0.8);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Reset to defaults' }).click();
		await expect.poll(async () => 'dryMultiplier' in (await story.client.settings.get()).sampling).toBe(false);
	});

	test('a key can be taken over from another command, works at once, and survives a reload', async () => {
		await ask('Which river is the longest in Europe?');
		await goTo(page, '/settings/keyboard');
		const rows = part('Keyboard').getByRole('listitem');
		const row = (label: string) => rows.filter({ hasText: label });
		await page.getByRole('button', { name: 'Change shortcut for Search conversations' }).click();
		const place = page.getByRole('button', { name: /^New shortcut for Search conversations/ });
		await place.press('Control+KeyC');
		await page.getByText('Ctrl C is reserved for editing text.').waitFor();
		await place.press('Control+KeyK');
		await page.getByText('Ctrl K is used by “Command palette”, which would have no shortcut.').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Use here' }).click();
		await row('Search conversations').getByText('Ctrl K').waitFor();
		await row('Command palette').getByText('none').waitFor();

		await page.keyboard.press('Control+KeyK');
		await expect.poll(() => page.evaluate(() => document.activeElement?.matches('[data-search]'))).toBe(true);
		await expect.poll(async () => Object.keys((await story.client.settings.get()).keys.tab)).toContain('search');
		await page.reload();
		await goTo(page, '/settings/keyboard');
		await row('Search conversations').getByText('Ctrl K').waitFor();
		await page.getByRole('button', { name: 'Reset all shortcuts' }).click();
		await row('Command palette').getByText('Ctrl K').waitFor();
		await page.keyboard.press('Control+KeyK');
		await page.getByRole('combobox', { name: 'Command, conversation, model …' }).waitFor();
		await page.keyboard.press('Escape');
	});

	test('with the network blocked, downloads are refused too, and the status bar says so', async () => {
		await goTo(page, '/settings/privacy');
		await page.getByRole('switch', { name: 'Block the network' }).click();
		await page.getByRole('button', { name: 'Network blocked' }).waitFor();
		await expect.poll(async () => (await story.client.settings.get()).networkBlocked).toBe(true);
		const { entries } = await story.client.hub.catalogue();
		const { id } = await story.client.downloads.start({ catalogueId: entries[0]!.id });
		await expect
			.poll(async () => (await story.client.downloads.list()).downloads.find((one) => one.id === id))
			.toMatchObject({ state: 'failed', failure: { code: 'network-blocked' } });
	});

	test('a backup is made, inspected and restored; the data before it is not lost', async () => {
		await goTo(page, '/settings/data');
		await page.getByRole('button', { name: 'Back up now' }).click();
		await page.getByText(/Backed up and verified/).waitFor();
		const backups = page.getByRole('list', { name: 'Backups' }).getByRole('listitem');
		await expect.poll(() => backups.count()).toBe(1);
		await ask('And in Asia?');
		expect(await titles()).toHaveLength(2);

		await goTo(page, '/settings/data');
		await backups
			.first()
			.getByRole('button', { name: /Actions for the backup/ })
			.click();
		await page.getByRole('menuitem', { name: 'Check' }).click();
		await page.getByText(/^Intact: 1 conversation and 2 messages, the newest from /).waitFor();
		await backups
			.first()
			.getByRole('button', { name: /Actions for the backup/ })
			.click();
		await page.getByRole('menuitem', { name: 'Restore…' }).click();
		await page.getByText(/^Contains 1 conversation and 2 messages/).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
		await page.getByText(/A backup was restored: 1 conversation,/).waitFor();
		await goTo(page, '/chat');
		await expect.poll(titles).toHaveLength(1);

		await goTo(page, '/settings/data');
		const before = backups.filter({ hasText: 'Before restore' });
		await before.getByRole('button', { name: /Actions for the backup/ }).click();
		await page.getByRole('menuitem', { name: 'Restore…' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
		await page.getByText(/A backup was restored: 2 conversations,/).waitFor();
		await goTo(page, '/chat');
		await expect.poll(titles).toHaveLength(2);
		await ask('Does it still answer?');
	});

	test('storage is listed, and deleting old backups frees space', async () => {
		await goTo(page, '/settings/storage');
		const backups = page.getByRole('list', { name: 'Disk space' }).getByRole('listitem').filter({ hasText: 'Backups' });
		await backups.getByRole('button', { name: 'Free' }).click();
		await page.getByRole('dialog').getByRole('button', { name: /^Free/ }).click();
		await page.getByText(/ freed$/).waitFor();
		await backups.getByRole('button', { name: 'Free' }).waitFor({ state: 'detached' });
	});

	test('a diagnostics bundle is previewed before saving, holds no conversation text, and omits unchecked files', async () => {
		await goTo(page, '/settings/diagnostics');
		await page.getByRole('button', { name: 'Create bundle' }).click();
		await page.getByRole('button', { name: /^activity\.json/ }).click();
		await page.getByRole('group', { name: 'Text of activity.json' }).getByText('network-blocked').first().waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('checkbox', { name: 'Save log.txt' }).uncheck();
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('button', { name: 'Save bundle' }).click(),
		]);
		expect(download.suggestedFilename()).toMatch(/^assay-diagnostics-.*\.json$/);
		const text = readFileSync(await download.path(), 'utf8');
		const bundle = JSON.parse(text) as Diagnostics;
		expect(bundle.parts.map(({ name }) => name)).toEqual([
			'computer.json',
			'settings.json',
			'models.json',
			'database.json',
			'storage.json',
			'activity.json',
		]);
		for (const said of ['river', 'Volga', 'Asia', story.folder]) expect(text).not.toContain(said);
	});

	test('the About page lists versions, checks everything, and has the licence of every package', async () => {
		await goTo(page, '/settings/about');
		await page.getByRole('button', { name: 'Run check', exact: true }).click();
		await part('About').getByText('passed SQLite’s quick check').waitFor();
		await page.getByRole('button', { name: 'Show licences' }).click();
		const packages = page.getByRole('region', { name: 'Licences' });
		await packages.getByRole('button', { name: /^react \d/ }).click();
		await packages.getByText(/Copyright \(c\) Meta Platforms/).waitFor();
		for (const name of [
			/^llama\.cpp and ggml/,
			/^node-llama-cpp/,
			/^electron \d/,
			/^electron-updater/,
			/^@fontsource-variable\/inter/,
		]) {
			expect(await packages.getByRole('button', { name }).count()).toBe(1);
		}
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
