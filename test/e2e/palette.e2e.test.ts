import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outOfReach } from '../renderer/comfort.ts';
import { axeViolationsInBothThemes, browserMissing, goTo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const script = { answers: [{ steps: [{ type: 'text', text: 'The Volga.' }] }] };

/** One story by keyboard alone: the palette reaches everything, and the focus is never lost. */
describe.skipIf(browserMissing() !== null)('the command palette and the text size, by keyboard', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ script });
		({ page } = story.watched);
		await story.addTinyModel();
		const path = join(story.folder, 'tickets.jsonl');
		writeFileSync(path, '{"input":"Printer on fire","target":"hardware"}\n');
		await page.goto(story.host.url);
		// Keys are heard once the page is drawn.
		await page.locator('[data-composer]').waitFor();
	});
	afterAll(() => story?.end());

	const field = () => page.getByRole('combobox', { name: 'Command, conversation, model …' });
	const options = () => page.getByRole('listbox', { name: 'Results' }).getByRole('option');
	const focused = () =>
		page.evaluate(() => {
			const element = document.activeElement;
			return element?.matches('[data-composer]') ? 'composer' : (element?.tagName.toLowerCase() ?? 'nothing');
		});

	/** Opens the palette and types; the wanted command is among what is found. */
	async function ask(query: string, command: RegExp): Promise<void> {
		await page.keyboard.press('Control+KeyK');
		await field().fill(query);
		await options().filter({ hasText: command }).first().waitFor();
	}

	async function run(query: string, command: RegExp): Promise<void> {
		await ask(query, command);
		const texts = await options().allTextContents();
		const at = texts.findIndex((text) => command.test(text));
		for (let step = 0; step < at; step += 1) await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Enter');
		await field().waitFor({ state: 'detached' });
	}

	test.each([
		['quantise', /^Quantise tiny/],
		['smaller gguf', /^Quantise tiny/],
		['quantsie', /^Quantise tiny/],
		['load', /^Load tiny/],
		['tiny compare', /^Compare files with tiny/],
		['export', /^Export all conversations/],
		['export log', /^Export the activity log as CSV/],
		['preset', /^New preset/],
		['remember', /^Remember without asking/],
		['memory', /^Use what is remembered/],
		['hugging face', /^Download a model/],
		['zoom', /^Larger text: 115\s%/],
		['temperature', /^Temperature/],
		['kv cache', /^Keep conversations ready/],
		['new prompt', /^New prompt/],
		['benchmark', /^Compare files of a model/],
	] as const)('“%s” finds its command', async (query, command) => {
		await ask(query, command);
		await page.keyboard.press('Escape');
		await field().waitFor({ state: 'detached' });
	});

	test('every section takes the focus when its key is pressed, and chat the message field', async () => {
		for (const digit of ['2', '3', '4', '5', '6', '7', '8', '9']) {
			await page.keyboard.press(`Alt+Digit${digit}`);
			await expect.poll(focused, { message: `Alt ${digit}` }).not.toBe('body');
			const inMain = () => page.evaluate(() => document.activeElement?.closest('main') !== null);
			await expect.poll(inMain, { message: `Alt ${digit}` }).toBe(true);
		}
		await page.keyboard.press('Alt+Digit1');
		await expect.poll(focused).toBe('composer');
	});

	test('a conversation opened from the palette is ready to type in', async () => {
		await page.keyboard.type('Which river is the longest in Europe?');
		await page.keyboard.press('Enter');
		await page.getByText('The Volga.', { exact: true }).waitFor();
		await page.keyboard.press('Alt+Digit8');
		await run('volga', /Which river/);
		await page.getByText('The Volga.', { exact: true }).waitFor();
		await expect.poll(focused).toBe('composer');
	});

	test('a dataset and a preset are created from the palette, and found by it afterwards', async () => {
		await run('create dataset', /^New dataset/);
		await page.getByRole('textbox', { name: 'Name' }).fill('Tickets');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: 'Tickets' }).waitFor();
		await run('profile create', /^New preset/);
		await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Terse');
		await page.getByRole('button', { name: 'Create preset' }).click();
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await ask('terse', /^Use the preset Terse/);
		await page.keyboard.press('Escape');
		await ask('tickets export', /^Export Tickets: Samples/);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.keyboard.press('Escape');
		await field().waitFor({ state: 'detached' });
	});

	test('the dialog that quantises opens from the palette on any screen', async () => {
		await page.keyboard.press('Alt+Digit8');
		await run('quantise', /^Quantise tiny/);
		await page.getByRole('dialog').waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
	});

	test('text grows from the palette, keeps its size after a reload, and menus stay next to their buttons', async () => {
		const scale = () => page.evaluate(() => document.documentElement.style.getPropertyValue('--text-scale'));
		for (const percent of [115, 130, 150]) await run('larger', new RegExp(`^Larger text: ${percent}\\s%`));
		await expect.poll(scale).toBe('1.5');
		await expect.poll(async () => (await story.client.settings.get()).textSize).toBe(150);
		await page.reload();
		await expect.poll(scale).toBe('1.5');
		await goTo(page, '/chat');
		const button = page.getByRole('button', { name: 'Filter the search' });
		if (await button.isVisible()) {
			await button.click();
			const menu = await page.getByRole('menu').boundingBox();
			const opener = await button.boundingBox();
			expect(Math.abs(menu!.y - (opener!.y + opener!.height))).toBeLessThan(20);
			await page.keyboard.press('Escape');
		}
		for (const part of [
			'/chat',
			'/evaluate',
			'/compare',
			'/models',
			'/datasets',
			'/prompts',
			'/activity',
			'/settings',
		]) {
			await goTo(page, part);
			await page.waitForTimeout(200);
			expect(await page.evaluate(outOfReach), part).toEqual([]);
		}
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await run('normal text', /^Normal text size/);
		await expect.poll(scale).toBe('1');
	});

	test('what one screen confirms leaves with it, and covers no row', async () => {
		await goTo(page, '/settings/data');
		await page.getByRole('button', { name: 'Back up now' }).click();
		const notice = page.getByRole('region', { name: 'Notices' }).locator('> div');
		await notice.waitFor();
		const place = await notice.boundingBox();
		const sheet = await page.locator('#root > div > div').first().boundingBox();
		expect(place!.y).toBeGreaterThanOrEqual(sheet!.y + sheet!.height - 1);
		await page.keyboard.press('Alt+Digit1');
		await expect.poll(() => notice.count()).toBe(0);
	});

	test('nothing was logged as a fault', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
