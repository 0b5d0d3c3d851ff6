import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, undo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const script = {
	answers: [{ when: 'capital', steps: [{ type: 'text', text: 'The capital of Norway is Oslo.' }] }],
};

const table = [
	'ticket;topic;kind',
	'Charged twice for March;billing;money',
	'Where is my parcel? Write to ada@lovelace.dev please;shipping;post',
	'Do you ship to Norway?;shipping;post',
	'charged twice for march!;billing;money',
	'"The ""map"" closes; it never opens again";product;app',
].join('\n');

/**
 * One story, told in order on the built browser host with a scripted engine: each test continues where the last one
 * ended.
 */
describe.skipIf(browserMissing() !== null)('a dataset, from a file and from chat to a run', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script, timeout: 45_000 });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const grid = () => page.getByRole('grid', { name: 'Samples' });
	/** Target of the keys: a row gets the focus a moment after a click, or after its editor closes. */
	const focusedRow = () => grid().locator('[data-row-index]:focus');
	const row = (text: string) => grid().getByRole('row').filter({ hasText: text });
	const dialog = () => page.getByRole('dialog');
	const total = () => grid().getAttribute('aria-rowcount');

	test('the first screen already lists the datasets that come with Assay', async () => {
		await page.getByRole('link', { name: 'Datasets' }).click();
		const starters = page.getByRole('region', { name: 'Starter sets' }).getByRole('link');
		await expect.poll(() => starters.count()).toBeGreaterThanOrEqual(5);
		await starters.first().click();
		await expect.poll(async () => Number(await total()) - 1).toBeGreaterThanOrEqual(40);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('a CSV is previewed, its columns are assigned by keyboard, and its rows are imported', async () => {
		await page.getByRole('button', { name: 'Import file' }).first().click();
		writeFileSync(join(story.folder, 'tickets.csv'), table);
		await dialog().getByLabel('Files with samples').setInputFiles(join(story.folder, 'tickets.csv'));
		await dialog().getByText('Preview import').waitFor();
		const use = (column: string) => dialog().getByRole('combobox', { name: `Use ${column} as` });
		expect(await use('ticket').inputValue()).toBe('input');
		await use('topic').selectOption({ label: 'Target' });
		// Typed letter by letter, the choice passes Target and must not take it from the topic.
		await use('kind').focus();
		await page.keyboard.type('Tags');
		await expect.poll(() => use('kind').inputValue()).toBe('tags');
		await dialog().getByRole('table', { name: 'First samples' }).getByText('billing').first().waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await dialog().getByRole('textbox', { name: 'Name' }).fill('Tickets');
		await dialog()
			.getByRole('switch', { name: /^Skip duplicate rows/ })
			.click();
		await dialog()
			.getByRole('button', { name: /^Import .*samples?$/ })
			.click();
		await page.getByRole('heading', { name: 'Tickets', level: 1 }).waitFor();
		const done = dialog().getByRole('button', { name: 'Done' });
		if (await done.isVisible()) await done.press('Enter');
		await expect.poll(() => page.evaluate(() => document.activeElement === document.body)).toBe(false);
		await row('Do you ship to Norway?').waitFor();
		expect(await total()).toBe('6');
	});

	test('a row is opened, changed and saved without a mouse, and J moves to the next', async () => {
		await row('Do you ship to Norway?').click();
		await focusedRow().waitFor();
		await page.keyboard.press('Enter');
		await page.getByRole('textbox', { name: 'Target' }).fill('delivery');
		await page.keyboard.press('Control+Enter');
		await page.getByText(/Saved in draft v1/).waitFor();
		await row('delivery').waitFor();
		// The editor returns the focus to its row.
		await focusedRow().waitFor();
		await page.keyboard.press('j');
		await page.getByRole('heading', { name: 'Sample 4' }).waitFor();
		await page.keyboard.press('k');
		await page.getByRole('heading', { name: 'Sample 3' }).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('Esc leaves a row unchanged', async () => {
		await page.keyboard.press('Enter');
		await page.getByRole('textbox', { name: 'Target' }).fill('nothing of this stays');
		await page.keyboard.press('Escape');
		await page.getByRole('textbox', { name: 'Target' }).waitFor({ state: 'detached' });
		expect(await row('nothing of this stays').count()).toBe(0);
	});

	test('a frozen version never changes: the next edit starts a draft, and changes are shown word by word', async () => {
		await page.getByRole('button', { name: 'Freeze v1' }).click();
		await dialog().getByRole('textbox', { name: 'What changed' }).fill('first import');
		await dialog().getByRole('button', { name: 'Freeze', exact: true }).click();
		await page.getByText('v1 is frozen. Editing starts a draft.').waitFor();
		await dialog().waitFor({ state: 'detached' });
		await row('Charged twice for March').first().click();
		await focusedRow().waitFor();
		await page.keyboard.press('Enter');
		await page.getByRole('textbox', { name: 'Input' }).fill('Charged thrice for March');
		await page.keyboard.press('Control+Enter');
		await page.getByText('1 changed since v1').waitFor();
		await page.locator('label').filter({ hasText: 'Changes' }).click();
		const changes = page.getByRole('list', { name: 'Changed samples' });
		await changes.locator('del', { hasText: 'twice' }).first().waitFor();
		await changes.locator('ins', { hasText: 'thrice' }).first().waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('an earlier version shows its old content', async () => {
		await page.locator('label').filter({ hasText: 'Samples' }).click();
		await page.getByRole('button', { name: /^v2 draft/ }).click();
		await page.getByRole('menuitem', { name: /^v1/ }).click();
		await page.getByText('v1 is an earlier version. It never changes.').waitFor();
		await row('Charged twice for March').first().waitFor();
		await expect.poll(() => row('Charged thrice').count()).toBe(0);
		await page.getByRole('button', { name: 'Show newest' }).click();
		await row('Charged thrice for March').waitFor();
	});

	test('Delete right after J J removes the row that they moved to', async () => {
		await grid().getByRole('row').nth(1).click();
		const third = await grid().getByRole('row').nth(3).textContent();
		await page.keyboard.press('j');
		await page.keyboard.press('j');
		await page.keyboard.press('Delete');
		await expect.poll(total).toBe('5');
		expect(await grid().getByRole('row').allTextContents()).not.toContain(third);
		await undo(page, /^Sample 3 removed/);
		await expect.poll(total).toBe('6');
	});

	test('a removed row comes back with Undo', async () => {
		await row('The "map" closes').click();
		await page.keyboard.press('Delete');
		await expect.poll(total).toBe('5');
		await undo(page, /^Sample \d+ removed/);
		await expect.poll(total).toBe('6');
	});

	test('search and tags filter the list, and the number of samples left is shown', async () => {
		await page.getByRole('searchbox', { name: 'Search samples' }).fill('norway');
		await page.getByText('1 found').waitFor();
		await page.getByRole('searchbox', { name: 'Search samples' }).fill('zanzibar');
		await page.getByText('No results').waitFor();
		await page.getByRole('button', { name: 'Clear', exact: true }).click();
		await page.getByRole('button', { name: 'Tag: All tags' }).click();
		await page.getByRole('menuitemradio', { name: /^money/ }).click();
		await page.getByText('2 found').waitFor();
		await page.getByRole('button', { name: 'Clear', exact: true }).click();
		await expect.poll(total).toBe('6');
	});

	test('checks find the near duplicate and the address, and redaction can be undone', async () => {
		await page.locator('label').filter({ hasText: 'Checks' }).click();
		await page.getByRole('button', { name: 'Check samples' }).click();
		const findings = page.getByRole('list', { name: 'Findings' });
		await findings.getByText(/Personal data in \d+ place/).waitFor();
		await page.getByRole('table', { name: 'Lengths in words' }).getByRole('row').nth(1).waitFor();
		await findings
			.getByRole('listitem')
			.filter({ hasText: 'Personal data' })
			.getByRole('button', { name: 'Show' })
			.click();
		await findings.getByText('ada@lovelace.dev').first().waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await findings.getByRole('button', { name: 'Redact' }).click();
		await page.getByText(/redacted in 1 sample/).waitFor();
		await page.locator('label').filter({ hasText: 'Samples' }).click();
		await row('[email]').waitFor();
		await undo(page, /redacted in 1 sample/);
		await row('ada@lovelace.dev').waitFor();
	});

	test('one key adds an answer to the dataset, and the sample links back to it', async () => {
		await page.getByRole('link', { name: 'Chat' }).click();
		const composer = page.getByRole('textbox', { name: 'Message' });
		await composer.fill('What is the capital of Norway?');
		await composer.press('Enter');
		await page.getByRole('article', { name: 'Answer', exact: true }).locator('.md').click();
		await page.keyboard.press('Control+d');
		// An imported dataset stays unchanged unless it is chosen here.
		await dialog()
			.getByRole('button', { name: /^Dataset: New dataset/ })
			.click();
		await page.getByRole('menuitemradio', { name: /^Tickets/ }).click();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await dialog().getByRole('button', { name: 'Add as correct' }).click();
		await page.getByText('Added to “Tickets”').waitFor();
		await page.getByRole('button', { name: 'In Tickets' }).click();
		await page.getByRole('menuitem', { name: 'Show in Tickets' }).click();
		await page.getByRole('heading', { name: 'Sample 6' }).waitFor();
		await page.getByRole('region', { name: 'Target' }).getByText('The capital of Norway is Oslo.').waitFor();
		await page.getByRole('button', { name: 'Open conversation' }).click();
		await page.getByRole('article', { name: 'Answer', exact: true }).getByText('Oslo').waitFor();
	});

	test('all shown feedback is added at once; answers already in the dataset are not added again', async () => {
		await page.getByRole('article', { name: 'Answer', exact: true }).locator('.md').click();
		await page.keyboard.press('+');
		await page.getByRole('link', { name: 'Feedback' }).click();
		await page.getByRole('button', { name: 'Add to dataset' }).click();
		await dialog().getByText('Adds the corrected or well-rated ones of 1 filtered answer').waitFor();
		await dialog().getByRole('button', { name: 'Add', exact: true }).click();
		const notice = page.getByRole('region', { name: 'Notices' }).locator('> div');
		const added = notice.filter({ hasText: '0 samples added to “Tickets”; 1 answer already there' });
		await added.getByRole('button', { name: 'Show' }).click();
		await page.getByRole('heading', { name: 'Tickets', level: 1 }).waitFor();
	});

	test('the shown samples are saved as a file', async () => {
		await page.getByRole('link', { name: 'Datasets' }).click();
		await page.getByRole('link', { name: /^Tickets/ }).click();
		await page.getByRole('button', { name: 'Export' }).click();
		const [download] = await Promise.all([
			page.waitForEvent('download'),
			page.getByRole('menuitem', { name: /^Table \(CSV\)/ }).click(),
		]);
		const text = readFileSync(await download.path(), 'utf8');
		expect(text).toContain('Charged thrice for March');
		expect(text.trim().split('\n').length).toBeGreaterThanOrEqual(7);
		await page.getByText(/6 samples saved/).waitFor();
	});

	test('a deleted dataset comes back with Undo', async () => {
		await page.getByRole('button', { name: 'Dataset actions' }).click();
		await page.getByRole('menuitem', { name: 'Delete' }).click();
		const link = page.getByRole('link', { name: /^Tickets/ });
		await link.waitFor({ state: 'detached' });
		await undo(page, '“Tickets” moved to the trash');
		await link.waitFor();
		await page.getByRole('heading', { name: 'Tickets', level: 1 }).waitFor();
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
