import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo, undo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const files = join(import.meta.dirname, '..', 'electron', 'context', 'documents', 'files');

/** One story on the built browser host, told in order: real files, the real reader, and search by words. */
describe.skipIf(browserMissing() !== null)('a folder becomes passages that are found', () => {
	let story: Story;
	let page: Page;
	let folder = '';

	beforeAll(async () => {
		story = await beginStory({ timeout: 30_000 });
		({ page } = story.watched);
		folder = join(story.folder, 'observatory');
		mkdirSync(folder);
		cpSync(join(files, 'libreoffice.pdf'), join(folder, 'handbook.pdf'));
		cpSync(join(files, 'pandoc.pptx'), join(folder, 'kestrel.pptx'));
		cpSync(join(files, 'stock.csv'), join(folder, 'stock.csv'));
		writeFileSync(join(folder, 'photo.png'), Buffer.from('89504e470d0a1a0a0000000d', 'hex'));
		// Without a model the page offers one, and shows no rail.
		await story.addTinyModel();
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const dialog = () => page.getByRole('dialog');
	const search = () => page.getByRole('searchbox', { name: 'Search the documents' });

	test('a collection is made with the keyboard, and a folder is added and indexed', async () => {
		await page.getByRole('link', { name: 'Documents' }).click();
		await page.getByRole('button', { name: 'Create a collection' }).click();
		await dialog().getByLabel('Name').fill('Observatory');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: 'Observatory', level: 1 }).waitFor();
		await page.getByRole('button', { name: 'Add documents' }).first().click();
		await dialog().getByRole('button', { name: 'Watch a folder' }).click();
		await dialog().getByLabel('Path of a file or folder').fill(folder);
		await page.keyboard.press('Enter');
		await expect.poll(() => page.getByText('Indexed', { exact: true }).count()).toBeGreaterThanOrEqual(3);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('a search finds the passage with its page and opens it highlighted', async () => {
		await search().fill('liquid nitrogen in the cellar');
		const first = page.getByRole('main').getByRole('listitem').first();
		await first.getByText('handbook.pdf').waitFor();
		expect(await first.getByText('page 2').count()).toBe(1);
		await first.getByRole('button').click();
		const pane = page.getByRole('complementary', { name: 'Document' });
		await pane.locator('mark', { hasText: 'Liquid nitrogen is kept in the cellar' }).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await search().fill('');
	});

	test('what was searched for is asked in a new conversation that uses the collection', async () => {
		// Without a collection in the address, the first one is shown.
		await goTo(page, '/documents');
		await search().fill('Where is the liquid nitrogen?');
		await page.getByRole('button', { name: 'Ask in a conversation' }).click();
		await page.getByRole('list', { name: 'Documents of this conversation' }).getByText('Observatory').waitFor();
		expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('Where is the liquid nitrogen?');
		await goTo(page, '/documents');
		await search().fill('');
	});

	test('a removed document is not found, until it is brought back', async () => {
		await page.getByRole('button', { name: 'Remove handbook.pdf' }).click();
		await page.getByText('“handbook.pdf” moved to the trash').waitFor();
		await expect.poll(() => page.getByRole('button', { name: /^Remove handbook/ }).count()).toBe(0);
		await undo(page, 'handbook.pdf');
		await page.getByRole('button', { name: 'Remove handbook.pdf' }).waitFor();
	});

	test('other passages are previewed before they are made', async () => {
		await page.getByRole('button', { name: 'Collection settings' }).click();
		const count = async () =>
			Number(
				(
					await dialog()
						.getByText(/^\d+ passages?$/)
						.textContent()
				)?.split(' ')[0],
			);
		await dialog().getByLabel('Document of the preview').selectOption({ label: 'handbook.pdf' });
		const before = await count();
		await dialog().getByLabel('Longest passage (tokens)').fill('40');
		await page.keyboard.press('Tab');
		await expect.poll(count).toBeGreaterThan(before);
		await dialog().getByRole('button', { name: 'Save and index again' }).click();
		await dialog().waitFor({ state: 'detached' });
	});

	test('a deleted collection comes back with its documents', async () => {
		await page.getByRole('button', { name: 'Collection actions' }).click();
		await page.getByRole('menuitem', { name: 'Delete' }).click();
		await page.getByText('No collections yet').waitFor();
		await undo(page, 'Observatory');
		await page.getByRole('heading', { name: 'Observatory', level: 1 }).waitFor();
		await page.getByText('kestrel.pptx').first().waitFor();
		expect(story.faults()).toEqual(noFaults);
	});
});
