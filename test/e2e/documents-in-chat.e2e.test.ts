import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const handbook = [
	'# Tea',
	...Array.from(
		{ length: 200 },
		(_, day) => `On day ${day + 1} the kitchen cleans shelf ${day + 1} before noon, as always.`,
	),
	'Tea is served at four in the blue room.',
].join('\n\n');

const answer = 'Tea is served at four in the blue room [1]. They call it “the finest hour of the day” [1].';

/** One story by keyboard: documents are attached, asked about, and looked up. */
describe.skipIf(browserMissing() !== null)('documents in chat', () => {
	let story: Story;
	let page: Page;
	let collectionId: number;

	beforeAll(async () => {
		story = await beginStory({
			script: { contextSize: 1_024, answers: [{ steps: [{ type: 'text', text: answer, tokenDelayMs: 15 }] }] },
		});
		({ page } = story.watched);
		await story.addTinyModel();
		const { client } = story;
		({ id: collectionId } = await client.collections.create({ name: 'Handbook' }));
		await client.documents.addText({ collectionId, title: 'House rules', text: handbook });
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const message = () => page.getByRole('textbox', { name: 'Message' });

	test('# offers the collection, Enter takes it, and what is sent is said before', async () => {
		const waiting = async () => (await story.client.collections.get({ id: collectionId })).waiting;
		await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
		await message().pressSequentially('When is tea served? #hand');
		await page.getByRole('option', { name: /^Handbook/ }).waitFor();
		await page.keyboard.press('Enter');
		await page.getByRole('list', { name: 'Documents of this conversation' }).getByText('Handbook').waitFor();
		await expect.poll(() => message().inputValue()).toBe('When is tea served? ');
		await page.getByText(/^(?:\d+ )?best passages? of/).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('a heading is written as before: without a match there is no list', async () => {
		await message().pressSequentially('# Nothing of that name');
		await expect.poll(() => page.getByRole('listbox').count()).toBe(0);
		await message().fill('When is tea served?');
	});

	test('the answer names its sources, and nothing moves when it ends', async () => {
		await page.keyboard.press('Enter');
		const text = page.getByText('Tea is served at four in the blue room').first();
		await text.waitFor();
		const lines = () => text.evaluate((element) => element.getClientRects().length);
		await page.getByRole('button', { name: 'Open source 1' }).first().waitFor();
		const width = await page
			.getByRole('button', { name: 'Open source 1' })
			.first()
			.evaluate((mark) => {
				const plain = document.createElement('span');
				plain.textContent = mark.textContent;
				mark.before(plain);
				const same = plain.getBoundingClientRect().width - mark.getBoundingClientRect().width;
				plain.remove();
				return same;
			});
		expect(Math.abs(width)).toBeLessThan(0.1);
		expect(await lines()).toBeGreaterThan(0);
		await page.getByText('1 quote is not in any source').waitFor();
	});

	test('a source opens by keyboard beside the thread, with the passage marked, and Esc leads back', async () => {
		await page.getByRole('button', { name: 'Open source 1' }).first().focus();
		await page.keyboard.press('Enter');
		const pane = page.getByRole('complementary', { name: 'Source 1' });
		await pane.locator('mark').getByText('Tea is served at four in the blue room.').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.keyboard.press('Escape');
		await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-source'))).toBe('1');
		// An answer that names no source in its text lists them all the same.
		const listed = page.getByRole('list', { name: 'Sources', exact: true }).getByRole('button', { name: /^\[1\]/ });
		await listed.click();
		await pane.locator('mark').first().waitFor();
		await page.keyboard.press('Escape');
	});

	test('an open source closes with its conversation', async () => {
		const listed = page.getByRole('list', { name: 'Sources', exact: true }).getByRole('button', { name: /^\[1\]/ });
		await listed.click();
		const pane = page.getByRole('complementary', { name: 'Source 1' });
		await pane.locator('mark').first().waitFor();
		await goTo(page, '/chat');
		await expect.poll(() => pane.count()).toBe(0);
		await page.goBack();
		await listed.waitFor();
		expect(await pane.count()).toBe(0);
	});

	test('the ledger says what the prompt consisted of; its prompt can be read and given again', async () => {
		await page.getByRole('button', { name: /1 quote is not in any source/ }).focus();
		await page.keyboard.press('Enter');
		const ledger = page.getByRole('region', { name: 'Prompt of this answer' });
		await ledger.getByRole('row', { name: /^Documents/ }).waitFor();
		await ledger.getByText('the finest hour of the day').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await ledger.getByRole('button', { name: 'Read the prompt' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByText(/number="1" document="/).waitFor();
		await dialog.getByText('As the model reads it').click();
		await dialog.getByText(/<\|user\|>/).waitFor();
		await page.keyboard.press('Escape');
		await ledger.getByRole('button', { name: 'Answer again, same seed' }).click();
		await page.getByText('2/2').waitFor();
	});

	test('what is no longer used is taken away, and Undo brings it back', async () => {
		await page.getByRole('button', { name: 'Stop using Handbook' }).click();
		await page.getByText('“Handbook” is no longer used in this conversation').waitFor();
		await page.getByRole('button', { name: 'Undo' }).click();
		await page.getByRole('list', { name: 'Documents of this conversation' }).getByText('Handbook').waitFor();
		expect(story.faults()).toEqual(noFaults);
	});
});
