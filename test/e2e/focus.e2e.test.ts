import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import { browserMissing } from '../support/browser.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

/** Allows for a busy machine. */
const soon = { timeout: 60_000 };

/** One story, told in order with the real starter model and the keyboard alone. */
describe.skipIf(browserMissing() !== null)('the focus is where the person goes on', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ timeout: 90_000 });
		({ page } = story.watched);
		await story.client.settings.set({ sampling: { ...defaultSampling, temperature: 0, maxTokens: 8 } });
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const composer = () => page.getByRole('textbox', { name: 'Message', exact: true });
	const answers = () => page.getByRole('article', { name: 'Answer', exact: true });
	const send = () => page.getByRole('button', { name: 'Send', exact: true });
	const focused = () =>
		page.evaluate(() => {
			const { activeElement: element } = document;
			return element?.getAttribute('aria-label') ?? element?.tagName.toLowerCase() ?? '';
		});
	const focusedText = () => page.evaluate(() => document.activeElement?.textContent ?? '');
	async function converse(text: string): Promise<void> {
		await page.keyboard.press('Alt+KeyN');
		await page.getByRole('heading', { name: 'New conversation', level: 1 }).waitFor();
		await composer().fill(text);
		await composer().press('Enter');
		await answers().waitFor();
		await send().waitFor();
	}

	test('Escape leads back from the first dialog; with the first model: in the message field', async () => {
		await page.getByRole('button', { name: 'Download model' }).waitFor();
		const offer = 'Use a model file I have';
		for (let tabs = 0; tabs < 5 && (await focusedText()) !== offer; tabs += 1) await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await expect.poll(focusedText, soon).toBe(offer);
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').waitFor();
		await page.keyboard.type(await starterModelPath());
		await page.keyboard.press('Enter');
		await page.getByRole('button', { name: /^Model:.*Loaded/ }).waitFor();
		await expect.poll(focused, soon).toBe('Message');
	});

	test('after choosing a conversation in the palette: in its message field', async () => {
		await converse('Name a lighthouse.');
		await converse('Name a harbour.');
		await answers().focus();
		await page.keyboard.press('Control+KeyK');
		await page.getByRole('combobox').fill('lighthouse');
		await page
			.getByRole('option', { name: /Name a lighthouse/ })
			.first()
			.waitFor();
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: 'Name a lighthouse.', level: 1 }).waitFor();
		await expect.poll(focused, soon).toBe('Message');
	});

	test('after going to Chat by its key: in the message field; elsewhere: in the screen', async () => {
		await page.keyboard.press('Alt+Digit4');
		await page.getByRole('heading', { name: 'Models', exact: true }).first().waitFor();
		await expect
			.poll(() => page.evaluate(() => document.querySelector('main')?.contains(document.activeElement)), soon)
			.toBe(true);
		await page.keyboard.press('Alt+Digit1');
		await expect.poll(focused, soon).toBe('Message');
	});

	test('F6 goes once around the window, back to the message field', async () => {
		const regions = new Set<string>();
		for (let steps = 0; steps < 4; steps += 1) {
			await page.keyboard.press('F6');
			regions.add(await focused());
		}
		expect(regions.size).toBe(4);
		expect(await focused()).toBe('Message');
	});

	test('while a dialog is open, keys of other screens and F6 leave the focus in it', async () => {
		await page.keyboard.press('Control+Slash');
		const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
		await dialog.waitFor();
		for (const key of ['Alt+Digit5', 'F6']) {
			await page.keyboard.press(key);
			await page.waitForTimeout(200);
			expect(await dialog.evaluate((element) => element.contains(document.activeElement)), key).toBe(true);
		}
		await page.keyboard.press('Escape');
		await expect.poll(focused, soon).toBe('Message');
	});

	test('after choosing a section of the settings: Tab goes on in it', async () => {
		await page.keyboard.press('Control+Comma');
		await page.getByRole('heading', { name: 'Server', level: 2 }).waitFor();
		for (let tabs = 0; tabs < 20 && (await focused()) !== 'Server'; tabs += 1) await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await expect.poll(focusedText, soon).toBe('Server');
		await page.keyboard.press('Tab');
		expect(await focused()).toBe('Serve models to other programs');
		await page.keyboard.press('Alt+Digit1');
		await expect.poll(focused, soon).toBe('Message');
	});

	test('after saving a correction: on the answer, where the next key acts', async () => {
		await answers().focus();
		await page.keyboard.press('e');
		const editor = page.getByRole('textbox', { name: /answer/i }).first();
		await editor.fill('The Lighthouse of Alexandria.');
		await editor.press('Control+Enter');
		await page.getByRole('region', { name: /orrect/ }).waitFor();
		await expect.poll(focused, soon).toBe('Answer');
		expect(await answers().evaluate((answer) => getComputedStyle(answer).outlineStyle)).toBe('solid');
		await page.keyboard.press('e');
		await editor.waitFor();
		await page.keyboard.press('Escape');
		await expect.poll(focused, soon).toBe('Answer');
	});

	test('after keeping a temporary conversation: in the message field of the stored one', async () => {
		await page.keyboard.press('Alt+Shift+KeyN');
		await page.getByRole('heading', { name: 'Temporary conversation', level: 1 }).waitFor();
		await composer().fill('Remember the number 4711.');
		await composer().press('Enter');
		await answers().waitFor();
		await send().waitFor();
		const answer = await answers().locator('.md').textContent();
		await composer().fill('And then?');
		await page.getByRole('button', { name: 'Save conversation' }).click();
		await page.getByRole('heading', { name: 'Remember the number 4711.', level: 1 }).waitFor();
		await expect.poll(focused, soon).toBe('Message');
		expect(await composer().inputValue()).toBe('And then?');
		expect(await page.getByText('It was not saved.').count()).toBe(0);
		await page.reload();
		await answers().waitFor();
		expect(await answers().locator('.md').textContent()).toBe(answer);
		await expect.poll(() => composer().inputValue(), soon).toBe('And then?');
		await composer().press('Enter');
		await expect.poll(() => answers().count(), soon).toBe(2);
		await send().waitFor();
	});

	test('after continuing an answer, and after branching: in the message field', async () => {
		await converse('Name a lighthouse keeper.');
		await page.getByRole('button', { name: 'Continue answer' }).click();
		await page.getByText('2/2').waitFor();
		await send().waitFor();
		await expect.poll(focused, soon).toBe('Message');
		await page.getByText('Name a lighthouse keeper.', { exact: true }).last().hover();
		await page.getByRole('button', { name: 'Branch into a new conversation' }).click();
		await page.getByText('Branched from').waitFor();
		await expect.poll(focused, soon).toBe('Message');
	});

	test('after removing a document: on the one that takes its place; after the last: in the screen', async () => {
		const { id: collectionId } = await story.client.collections.create({ name: 'House' });
		for (const title of ['boiler', 'garden']) {
			await story.client.documents.addText({ collectionId, title, text: `All about the ${title}.` });
		}
		await page.keyboard.press('Alt+Digit6');
		const row = (title: string) => page.getByRole('listitem').filter({ hasText: title });
		await row('boiler').hover();
		await page.getByRole('button', { name: 'Remove boiler' }).click();
		await row('boiler').waitFor({ state: 'detached' });
		await expect.poll(focusedText, soon).toMatch(/^garden/);
		await page.keyboard.press('Delete');
		await page.getByText('No documents yet').waitFor();
		await expect
			.poll(() => page.evaluate(() => document.querySelector('main')?.contains(document.activeElement)), soon)
			.toBe(true);
	});

	test('nothing was logged, and no other host was contacted', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
