import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const script = { answers: [{ steps: [{ type: 'text', text: 'A short answer.' }] }] };

const titles = ['Alpaca wool', 'Boat names', 'Cover letter', 'Deep sea fish', 'Elderflower syrup', 'Fog over Oslo'];

/**
 * One story, told in order on the built browser host with a scripted engine: each test continues where the last one
 * ended.
 */
describe.skipIf(browserMissing() !== null)('organising conversations', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script });
		({ page } = story.watched);
		await story.addTinyModel();
		const { client } = story;
		for (const text of titles) {
			const { generationId } = await client.conversations.send({ conversationId: null, text });
			for await (const update of await client.generations.subscribe({ id: generationId })) {
				if (update.type === 'end') break;
			}
		}
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const list = () => page.getByRole('list', { name: 'Conversations' });
	const row = (title: string) => list().getByRole('link', { name: title });
	const heads = () => list().getByRole('heading').allTextContents();
	/** Titles in list order; a folder appears with its name and count. */
	const rows = async () =>
		(await list().locator('[data-row]').allTextContents()).map((text) => text.replace(/\d\d:\d\d$/, ''));
	const menu = (name: string | RegExp) => page.getByRole('menuitem', { name });

	test('P on a row pins it above all others', async () => {
		await row('Alpaca wool').focus();
		await page.keyboard.press('p');
		await expect.poll(heads).toEqual(['Pinned', 'Today']);
		expect((await rows())[0]).toBe('Alpaca wool');
		// The next row has the focus, so that the keyboard can go on.
		await expect.poll(() => page.evaluate(() => document.activeElement?.hasAttribute('data-row'))).toBe(true);
	});

	test('a folder is created from a row’s menu, opens, and accepts dropped conversations', async () => {
		await row('Boat names').click({ button: 'right' });
		await menu('Move to folder').hover();
		await menu('New folder').click();
		await page.getByRole('textbox', { name: 'Name' }).fill('At sea');
		await page.keyboard.press('Enter');
		await expect.poll(heads).toEqual(['Pinned', 'Folders', 'Today']);
		await expect
			.poll(rows)
			.toEqual([
				'Alpaca wool',
				'At sea1',
				'Boat names',
				'Fog over Oslo',
				'Elderflower syrup',
				'Deep sea fish',
				'Cover letter',
			]);
		await row('Deep sea fish').dragTo(list().getByRole('button', { name: /^At sea/ }));
		await expect.poll(async () => (await rows()).slice(1, 4)).toEqual(['At sea2', 'Deep sea fish', 'Boat names']);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('a name that is taken is refused at the field', async () => {
		await page.getByRole('button', { name: 'New folder' }).click();
		await page.getByRole('textbox', { name: 'Name' }).fill('AT SEA');
		await page.keyboard.press('Enter');
		await page.getByText('A folder named “At sea” already exists.').waitFor();
		await page.getByRole('button', { name: 'Cancel' }).click();
	});

	test('several conversations are selected by mouse and keyboard, tagged together, and found by the tag', async () => {
		await row('Fog over Oslo').click({ modifiers: ['Control'] });
		await row('Cover letter').click({ modifiers: ['Shift'] });
		await page.getByText('3 selected').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		const bar = page.getByRole('region', { name: 'Selected conversations' });
		await bar.getByRole('button', { name: 'Export' }).click();
		await page
			.getByRole('dialog')
			.getByText(/3 conversations/)
			.first()
			.waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await bar.getByRole('button', { name: 'Tags' }).click();
		await menu('New tag').click();
		await page.getByRole('textbox', { name: 'Name' }).fill('cold');
		await page.keyboard.press('Enter');
		await page.getByRole('button', { name: 'More actions' }).click();
		await menu('Filter by tag').hover();
		await menu(/^cold/).click();
		await expect.poll(rows).toEqual(['Fog over Oslo', 'Elderflower syrup', 'Cover letter']);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Back to all conversations' }).click();
	});

	test('archived conversations leave the list, appear in the archive, and come back with Undo', async () => {
		// The previous selection is gone.
		await expect.poll(() => page.getByText('3 selected').count()).toBe(0);
		await row('Fog over Oslo').focus();
		await page.keyboard.press('Space');
		await page.keyboard.press('Shift+ArrowDown');
		await page.keyboard.press('Shift+ArrowDown');
		await page.getByText('3 selected').waitFor();
		// The earlier Undo may still be on offer.
		await expect.poll(() => page.getByRole('button', { name: 'Undo' }).count(), { timeout: 20_000 }).toBe(0);
		await page.keyboard.press('e');
		await page.getByText('3 conversations archived').waitFor();
		await expect.poll(heads).toEqual(['Pinned', 'Folders']);
		await page.getByRole('button', { name: /^Archive/ }).click();
		await expect.poll(rows).toEqual(['Fog over Oslo', 'Elderflower syrup', 'Cover letter']);
		await page.getByRole('button', { name: 'Undo' }).click();
		await page.getByText('The archive is empty').waitFor();
		await page.getByRole('button', { name: 'Back to all conversations' }).click();
		await expect.poll(heads).toEqual(['Pinned', 'Folders', 'Today']);
	});

	test('the title bar names the folder, and a tag there leads to conversations with the same tag', async () => {
		await row('Boat names').click();
		await page.getByRole('heading', { name: 'Boat names', level: 1 }).waitFor();
		await page.locator('header').getByText('At sea').waitFor();
		await row('Cover letter').click();
		await page.getByRole('button', { name: 'cold', exact: true }).click();
		await expect.poll(async () => (await rows()).length).toBe(3);
		await page.getByRole('button', { name: 'Back to all conversations' }).click();
		await page.getByRole('button', { name: 'Pin', exact: true }).click();
		await expect.poll(async () => (await rows())[0]).toBe('Cover letter');
		await page.getByRole('button', { name: 'Unpin', exact: true }).click();
	});

	test('a draft survives the end of the tab and of the process', async () => {
		await row('Cover letter').click();
		const composer = page.getByRole('textbox', { name: 'Message' });
		await composer.fill('Dear Sir or Madam, this is unfinished');
		await expect
			.poll(async () => (await story.client.drafts.list()).drafts)
			.toMatchObject([{ text: 'Dear Sir or Madam, this is unfinished' }]);
		await story.restart('killed');
		page = await story.openPage();
		await page.goto(story.host.url);
		await row('Cover letter').getByRole('img', { name: 'Has a draft' }).waitFor();
		await row('Cover letter').click();
		await expect
			.poll(() => page.getByRole('textbox', { name: 'Message' }).inputValue())
			.toBe('Dear Sir or Madam, this is unfinished');
		await page.getByRole('textbox', { name: 'Message' }).fill('');
	});

	test('a deleted conversation can be read in the trash, and is restored to its place', async () => {
		// The folder is still open: the application remembers it, whatever the address.
		await row('Boat names').focus();
		await page.keyboard.press('Delete');
		await page.getByText(/^“.*” moved to the trash$/).waitFor();
		await page.getByRole('link', { name: /^Trash/ }).click();
		await page.getByRole('heading', { name: 'Trash', level: 1 }).waitFor();
		const trash = page.getByRole('list', { name: 'Trash' });
		await trash.getByText('30 days left').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await trash.getByRole('link', { name: 'Boat names' }).click();
		await page.getByText('This conversation is in the trash.').waitFor();
		expect(await page.getByRole('textbox', { name: 'Message' }).count()).toBe(0);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Restore' }).click();
		await page.getByRole('textbox', { name: 'Message' }).waitFor();
		await row('Boat names').waitFor();
	});

	test('the trash offers the choice of how long to keep conversations', async () => {
		await row('Fog over Oslo').focus();
		await page.keyboard.press('Delete');
		await page.getByRole('link', { name: /^Trash/ }).click();
		await page.getByRole('button', { name: 'Deleted for good: After 30 days' }).click();
		await menu('After 7 days').click();
		await page.getByText('7 days left').waitFor();
	});

	test('emptying the trash removes conversations from the trash, the search and the file', async () => {
		await page.getByRole('button', { name: 'Empty now' }).click();
		await page.getByText('1 conversation with 2 messages will be deleted').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Empty the trash' }).click();
		await page.getByText('1 conversation with 2 messages deleted for good').waitFor();
		await page.getByText('The trash is empty').waitFor();
		for (const name of ['assay.db', 'assay.db-wal']) {
			const path = join(story.folder, name);
			if (statSync(path, { throwIfNoEntry: false }) === undefined) continue;
			expect(readFileSync(path, 'latin1').includes('Fog over Oslo')).toBe(false);
			expect(readFileSync(path, 'latin1').includes('Boat names') || name.endsWith('wal')).toBe(true);
		}
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
