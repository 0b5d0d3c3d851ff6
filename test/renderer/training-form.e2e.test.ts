import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, goTo, launchBrowser, rendererFolder, watchedPage } from '../support/browser.ts';
import { withTickets } from '../support/fake-application/dataset/data.ts';
import type { FakeApplication } from '../support/fake-application/fake-application.ts';
import { serveFake } from '../support/fake-application/host.ts';
import { withModel } from '../support/fake-application/scene.ts';
import { buildTrainingCheck, buildTrainingRun } from '../support/fake-application/training/data.ts';

describe.skipIf(browserMissing() !== null)('the form of a training', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	/** Opens the form on so many training samples, with its advanced settings. */
	async function openForm(train: number): Promise<{ page: Page; fake: FakeApplication; close: () => Promise<void> }> {
		const host = await serveFake(rendererFolder);
		withModel(host.fake);
		withTickets(host.fake.data.datasets);
		host.fake.data.trainingCheck = buildTrainingCheck({ samples: { train, validation: 1, heldOut: 2 } });
		const { page } = await watchedPage(browser);
		await page.goto(host.url);
		await goTo(page, '/models');
		await page.getByRole('radio', { name: 'Training' }).press('Space');
		await page
			.getByRole('button', { name: /^Fine-tune/ })
			.first()
			.press('Enter');
		await page.getByText(/held out to compare/).waitFor();
		await page.getByText('Advanced settings').press('Enter');
		const close = async (): Promise<void> => {
			await page.context().close();
			await host.close();
		};
		return { page, fake: host.fake, close };
	}
	const epochs = (page: Page) => page.getByRole('textbox', { name: 'Epochs' }).getAttribute('placeholder');

	test('a length is passes over the samples, and enough steps to learn from a few of them', async () => {
		const few = await openForm(7);
		await expect.poll(() => epochs(few.page)).toBe('20');
		await few.page.getByRole('radio', { name: 'Long' }).press('Space');
		await expect.poll(() => epochs(few.page)).toBe('40');
		await few.close();
		const many = await openForm(144);
		await expect.poll(() => epochs(many.page)).toBe('2');
		await many.page.getByRole('radio', { name: 'Short' }).press('Space');
		await expect.poll(() => epochs(many.page)).toBe('1');
		await many.close();
	});

	test('settings keep and show the decimals that they need', async () => {
		const { page, close } = await openForm(144);
		const rate = page.getByRole('textbox', { name: 'Learning rate' });
		await rate.fill('0.0003');
		await rate.press('Tab');
		expect(await rate.inputValue()).toBe('0.0003');
		await rate.press('ArrowUp');
		expect(await rate.inputValue()).toBe('0.0004');
		await page.getByRole('combobox', { name: 'Goal' }).selectOption('dpo');
		expect(await page.getByRole('textbox', { name: 'Beta' }).getAttribute('placeholder')).toBe('0.1');
		await close();
	});

	test('a training starts with any value that its settings take', async () => {
		const { page, fake, close } = await openForm(144);
		fake.data.trainings = [buildTrainingRun()];
		const put = async (name: RegExp, text: string): Promise<string> => {
			const field = page.getByRole('textbox', { name });
			await field.fill('');
			await field.pressSequentially(text);
			await field.press('Tab');
			return field.inputValue();
		};
		expect(await put(/^Learning rate/, 'much')).toBe('');
		expect(await put(/^Learning rate/, '1e-3')).toBe('0.001');
		expect(await put(/^Maximum steps/, '2.5')).toBe('3');
		expect(await put(/^Epochs/, '2')).toBe('2');
		expect(await put(/^Alpha/, '8.5')).toBe('8.5');
		await page.getByText(/held out to compare/).waitFor();
		await page.getByRole('button', { name: 'Start training' }).press('Enter');
		await page.getByRole('region', { name: 'Progress' }).waitFor();
		expect(fake.data.trainings[0]?.config.settings).toMatchObject({
			learningRate: 0.001,
			maxSteps: 3,
			epochs: 2,
			alpha: 8.5,
		});
		await close();
	});

	test('samples without a worse answer are named as such if the better of two is learned', async () => {
		const { page, fake, close } = await openForm(144);
		fake.data.trainingCheck = buildTrainingCheck({ unusable: { count: 2, keys: ['a', 'b'] } });
		await page.getByRole('combobox', { name: 'Goal' }).selectOption('dpo');
		await page.getByText('2 samples don’t have two answers to choose between').waitFor();
		await page.getByRole('combobox', { name: 'Goal' }).selectOption('sft');
		await page.getByText('2 samples have no answer to learn').waitFor();
		await close();
	});

	test('the samples are exported with a config for the chosen program', async () => {
		const { page, fake, close } = await openForm(196);
		await page.getByRole('button', { name: 'Export to train elsewhere' }).press('Enter');
		const dialog = page.getByRole('dialog', { name: 'Export to train elsewhere' });
		await dialog.getByRole('radio', { name: 'MLX-LM' }).press('Space');
		await dialog.getByRole('textbox', { name: 'Path of the folder' }).fill('"/tmp/for gpu"');
		await dialog.getByRole('textbox').press('Enter');
		await page.getByText('Exported 196 samples to learn from and 22 to validate to /tmp/for gpu').waitFor();
		expect(fake.data.exportedTraining).toEqual({ format: 'mlx-lm', folder: '/tmp/for gpu' });
		await page.getByRole('combobox', { name: 'Goal' }).selectOption('distill');
		await page.getByRole('button', { name: 'Export to train elsewhere' }).press('Enter');
		expect(await dialog.count()).toBe(0);
		// Nothing is wrong yet: there is only one model.
		await page.getByText('Choose the larger model.', { exact: true }).waitFor();
		await page.getByText('There is no other model on this computer.').waitFor();
		expect(await page.getByText('This can’t be trained').count()).toBe(0);
		await close();
	});

	test('a switch has its name once, and the button that starts keeps its width while it does', async () => {
		const { page, close } = await openForm(144);
		expect(await page.getByText('Rank-stabilised scale', { exact: true }).count()).toBe(1);
		const button = page.locator('button[type="submit"]');
		const before = await button.boundingBox();
		await button.evaluate((element: HTMLButtonElement) => {
			Object.assign(globalThis, { widths: [] as number[] });
			new MutationObserver(() => widths.push(element.getBoundingClientRect().width)).observe(element, {
				childList: true,
			});
		});
		await button.press('Enter');
		await page.getByText('Couldn’t start the training').waitFor();
		const seen = await page.evaluate(() => widths);
		expect(seen.length).toBeGreaterThan(0);
		expect(Math.min(...seen)).toBeGreaterThanOrEqual(before?.width ?? 0);
		await close();
	});
});

declare const widths: number[];
