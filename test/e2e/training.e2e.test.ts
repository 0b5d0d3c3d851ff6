import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo, undoButton } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const things = ['pears', 'lamps', 'boots', 'drums', 'kites', 'nails', 'roses'];

/** One story on the built browser host with real weights and a real training: from a dataset to an adapter in use. */
describe.skipIf(browserMissing() !== null)('Fine-tuning, by keyboard', () => {
	let story: Story;
	let page: Page;

	beforeAll(async () => {
		story = await beginStory({ timeout: 40_000 });
		({ page } = story.watched);
		const { id } = await story.addTinyModel();
		await story.client.models.setOptions({ id, options: { threads: 1 } });
		const dataset = await story.client.datasets.create({ name: 'Corrected answers' });
		await story.client.datasets.samples.add({
			datasetId: dataset.id,
			samples: Array.from({ length: 16 }, (_, index) => ({
				input: `Order ${index * 7}: ${things[index % 7]} for room ${index * 13}`,
				target: `{"n":${index}}`,
			})),
		});
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	const press = async (name: string | RegExp): Promise<void> => {
		const button = page.getByRole('button', { name }).first();
		await button.waitFor();
		await button.focus();
		await page.keyboard.press('Enter');
	};

	test('the palette opens the form, which checks the samples by itself', async () => {
		await goTo(page, '/datasets');
		await page
			.getByRole('link', { name: /Corrected answers/ })
			.first()
			.waitFor();
		await page.keyboard.press('Control+KeyK');
		await page.getByRole('dialog', { name: 'Command palette' }).waitFor();
		await page.keyboard.type('Fine-tune a model');
		await page.getByRole('option', { name: /Fine-tune a model/ }).waitFor();
		await page.keyboard.press('Enter');
		const dataset = page.getByRole('combobox', { name: 'Dataset' });
		await dataset.waitFor();
		await dataset.selectOption({ label: 'Corrected answers, 16 samples' });
		await page.getByText(/to learn from, .* held out to compare/).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('the training runs, shows its loss, and answers before and after', async () => {
		await page.getByRole('radio', { name: 'Short' }).focus();
		await page.keyboard.press('Space');
		// The story is the same with fewer steps than are needed to learn something.
		await page.getByText('Advanced settings').press('Enter');
		await page.getByRole('textbox', { name: 'Maximum steps' }).fill('2');
		await page.getByRole('textbox', { name: 'Maximum steps' }).press('Tab');
		await page.getByText(/· 2 steps ·/).waitFor();
		await press('Start training');
		await page.getByText(/^Trained \d+ steps? in/).waitFor({ timeout: 90_000 });
		await page.getByRole('slider', { name: 'Step of the loss curve' }).focus();
		await page.keyboard.press('Home');
		await page.getByText(/^Step 1: training/).waitFor();
		await page.getByRole('region', { name: 'Answers before and after' }).waitFor();
	});

	test('the adapter can be used once it was compared with its base', async () => {
		await press('Use this one');
		expect(await page.getByText('In use').count()).toBe(0);
		await press('Compare with the base');
		const table = page.getByRole('region', { name: 'Base against adapter' });
		await table.getByText('Corrected answers, held out').waitFor();
		await table
			.getByText(/^(Better|Worse|Undecided|Same)$/)
			.first()
			.waitFor();
		const effects = page.getByRole('region', { name: 'On neutral texts' });
		await effects.getByText(/ nats, the same next token /).waitFor();
		await effects.getByText(/ → .* tok\/s$/).waitFor();
		await press('Use this one');
		await page.getByText('In use').waitFor();
		await undoButton(page, /use this adapter/).press('Enter');
		await page.getByText('In use').waitFor({ state: 'detached' });
		const [base] = (await story.client.models.list()).models;
		expect((await story.client.models.options({ id: base?.id ?? 0 })).options.adapters ?? []).toEqual([]);
		await press('Use this one');
		await page.getByText('In use').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		const { adapters } = await story.client.adapters.list();
		expect(adapters).toMatchObject([{ origin: 'trained', trainingRunId: 1 }]);
		expect(story.faults()).toEqual(noFaults);
	});
});
