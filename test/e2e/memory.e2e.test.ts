import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/** One story by keyboard: a fact is said, accepted, used in the next conversation, and forgotten. */
describe.skipIf(browserMissing() !== null)('memory', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script: { answers: [{ steps: [{ type: 'text', text: 'Fine.', tokenDelayMs: 15 }] }] } });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const message = () => page.getByRole('textbox', { name: 'Message' });
	const proposals = () => page.getByRole('list', { name: 'To remember' });
	const facts = async () => (await story.client.memory.list({})).facts.map(({ text, state }) => `${text}: ${state}`);

	test('what a message says is proposed below it; it is edited, then accepted with Enter', async () => {
		await message().fill('I live in Lisbon. What is the weather like?');
		await page.keyboard.press('Enter');
		await proposals().getByText('Remember “I live in Lisbon”?').waitFor();
		await page.getByText('Fine.').first().waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await proposals().getByRole('button', { name: 'Edit' }).focus();
		await page.keyboard.press('Enter');
		await page.getByRole('textbox', { name: 'What to remember' }).pressSequentially(', near the river');
		await page.keyboard.press('Enter');
		await expect.poll(facts).toEqual(['I live in Lisbon, near the river: accepted']);
		await expect.poll(() => proposals().count()).toBe(0);
		await expect.poll(() => message().evaluate((element) => element === document.activeElement)).toBe(true);
	});

	test('the next conversation is given it, and its ledger says so', async () => {
		const { conversationId } = await story.client.conversations.send({ conversationId: null, text: 'hello' });
		const ledger = async () =>
			(await story.client.conversations.get({ id: conversationId })).messages.at(-1)?.ledger?.parts ?? [];
		await expect.poll(async () => (await ledger()).map(({ kind }) => kind), { timeout: 10_000 }).toContain('memory');
	});

	test('Settings lists it; it is forgotten, brought back by Undo, and deleted for good', async () => {
		// Palette and search find it by any of its words; both lead to the list.
		await page.getByRole('textbox', { name: 'Search conversations' }).fill('river lisbon');
		await page.getByRole('link', { name: 'I live in Lisbon, near the river' }).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.keyboard.press('Escape');
		await page.keyboard.press('Control+k');
		await page.keyboard.type('river lisbon');
		await page.getByRole('option', { name: 'I live in Lisbon, near the river' }).waitFor();
		await page.keyboard.press('Enter');
		expect(await page.getByRole('searchbox', { name: 'Search facts' }).inputValue()).toContain('near the river');
		const list = page.getByRole('list', { name: 'Facts' });
		await list.getByText('I live in Lisbon, near the river').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await list.getByRole('button', { name: 'Forget' }).focus();
		await page.keyboard.press('Enter');
		await expect.poll(facts).toEqual([]);
		await page.getByRole('button', { name: 'Undo' }).focus();
		await page.keyboard.press('Enter');
		await list.getByText('In use', { exact: true }).waitFor();
		await list.getByRole('button', { name: 'Forget' }).focus();
		await page.keyboard.press('Enter');
		await page.getByRole('combobox', { name: 'Which facts' }).selectOption({ label: 'Forgotten (1)' });
		await page.getByRole('button', { name: 'Delete 1 fact for good' }).focus();
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).focus();
		await page.keyboard.press('Enter');
		await expect.poll(async () => (await story.client.memory.list({ forgotten: true })).inTrash).toBe(0);
		await page.getByText('Nothing is remembered yet').waitFor();
	});

	test('nothing went wrong on the way', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
