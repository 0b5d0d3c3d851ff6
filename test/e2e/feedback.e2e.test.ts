import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const script = {
	answers: [
		{ when: 'prime', steps: [{ type: 'text', text: 'Yes, 391 is a prime number.' }] },
		{ when: 'wrong', steps: [{ type: 'text', text: 'You are right, 391 is 17 times 23.' }] },
		{ when: 'river', steps: [{ type: 'text', text: 'The Volga.' }] },
	],
};

/**
 * One story, told in order on the built browser host with a scripted engine: each test continues where the last one
 * ended.
 */
describe.skipIf(browserMissing() !== null)('feedback, from a key to training data', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const composer = () => page.getByRole('textbox', { name: 'Message' });
	const answers = () => page.getByRole('article', { name: 'Answer', exact: true });
	const pressed = (name: string) => answers().first().getByRole('button', { name }).getAttribute('aria-pressed');

	async function ask(text: string): Promise<void> {
		const before = await answers().count();
		await composer().fill(text);
		await composer().press('Enter');
		await expect.poll(() => answers().count()).toBe(before + 1);
	}

	test('a user’s reply only suggests a rating of the answer; a click confirms it', async () => {
		await ask('Is 391 a prime number?');
		await ask('That is wrong.');
		const suggestion = answers().first().getByRole('region', { name: 'Suggested rating' });
		await suggestion.getByText('You wrote “That is wrong.” Was the answer bad?').waitFor();
		expect(await pressed('Bad answer')).toBe('false');
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await suggestion.getByRole('button', { name: 'Rate as bad' }).click();
		await suggestion.waitFor({ state: 'detached' });
		expect(await pressed('Bad answer')).toBe('true');
	});

	test('one key each: good, bad, reasons, comment and correction of the focused answer', async () => {
		await answers().first().locator('.md').click();
		await page.keyboard.press('+');
		await expect.poll(() => pressed('Good answer')).toBe('true');
		await page.keyboard.press('-');
		await expect.poll(() => pressed('Bad answer')).toBe('true');

		await page.keyboard.press('t');
		const why = page.getByRole('dialog', { name: 'What was wrong?' });
		await why.getByRole('button', { name: 'Wrong fact' }).click();
		await why.getByRole('textbox', { name: 'Other reason' }).fill('arithmetic');
		await why.getByRole('textbox', { name: 'Other reason' }).press('Enter');
		await why.getByRole('textbox', { name: 'Comment' }).fill('17 × 23');
		await page.keyboard.press('Escape');
		await answers().first().getByRole('button', { name: 'arithmetic, Wrong fact, “17 × 23”' }).waitFor();
		await answers().first().getByRole('button', { name: 'More answer actions' }).click();
		await page.getByRole('menuitem', { name: 'Rating history…' }).click();
		await page.getByRole('dialog', { name: 'Rating history' }).getByText('Rated good').waitFor();
		await page.keyboard.press('Escape');

		await answers().first().locator('.md').click();
		await page.keyboard.press('e');
		const editor = page.getByRole('textbox', { name: 'Correct answer' });
		await editor.fill('No, 391 is 17 times 23.');
		await editor.press('Control+Enter');
		await page.getByRole('region', { name: 'Correction' }).getByText('No, 391 is 17 times 23.').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('keys typed into the composer stay text', async () => {
		await composer().fill('');
		await composer().pressSequentially('+-tce');
		expect(await composer().inputValue()).toBe('+-tce');
		expect(await pressed('Bad answer')).toBe('true');
	});

	test('the feedback screen counts, filters and links back to the message', async () => {
		await page.getByRole('button', { name: 'New conversation', exact: true }).first().click();
		await ask('Name the longest river of Europe');
		await answers().first().locator('.md').click();
		await page.keyboard.press('+');
		await expect.poll(() => pressed('Good answer')).toBe('true');

		await page.getByRole('link', { name: 'Feedback' }).click();
		await page.getByRole('heading', { name: 'Feedback', level: 1 }).waitFor();
		const rows = page.getByRole('list', { name: 'Answers with feedback' }).getByRole('button');
		await expect.poll(() => rows.count()).toBe(2);
		const table = page.getByRole('table', { name: 'Ratings by model' });
		expect(await table.getByRole('row').nth(1).getByRole('cell').allTextContents()).toEqual([
			expect.stringContaining('tiny'),
			'1',
			'1',
			'1',
			'50',
			'9 to 91',
		]);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);

		await page.locator('label').filter({ hasText: /^Bad/ }).click();
		await expect.poll(() => rows.count()).toBe(1);
		await page.getByRole('searchbox', { name: 'Search prompts' }).fill('zanzibar');
		await page.getByText('No results').waitFor();
		await page.getByRole('button', { name: 'Show all feedback' }).click();
		await expect.poll(() => rows.count()).toBe(2);

		await rows.filter({ hasText: '391' }).click();
		const detail = page.getByRole('complementary', { name: 'Answer' });
		await detail.getByText('Yes, 391 is a prime number.').waitFor();
		await detail.getByRole('region', { name: 'Rating history' }).getByText('Rated good').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { level: 1, name: /prime number/ }).waitFor();
	});

	test('the same keys rate a focused row', async () => {
		await page.getByRole('link', { name: 'Feedback' }).click();
		const row = page.getByRole('list', { name: 'Answers with feedback' }).getByRole('button', { name: /river/ });
		await row.click();
		await page.keyboard.press('-');
		await page
			.getByRole('list', { name: 'Answers with feedback' })
			.getByRole('button', { name: /^Bad:.*river/ })
			.waitFor();
	});

	test('the shown feedback is saved as training data', async () => {
		await page.getByRole('button', { name: 'Export' }).click();
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('menuitem', { name: /Preference pairs/ }).click(),
		]);
		expect(download.suggestedFilename()).toBe('assay-feedback-preference.jsonl');
		expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toEqual({
			prompt: [{ role: 'user', content: 'Is 391 a prime number?' }],
			chosen: [{ role: 'assistant', content: 'No, 391 is 17 times 23.' }],
			rejected: [{ role: 'assistant', content: 'Yes, 391 is a prime number.' }],
		});
		await page.getByText('1 pair saved; 1 answer skipped').waitFor();
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
