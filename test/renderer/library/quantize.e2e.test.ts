import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, goTo, launchBrowser, rendererFolder, watchedPage } from '../../support/browser.ts';
import { starterEntry } from '../../support/fake-application/data.ts';
import { serveFake } from '../../support/fake-application/host.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';

describe.skipIf(browserMissing() !== null)('quantising', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	test('chooses a type that is shown, where the usual one would make the file larger', async () => {
		const host = await serveFake(rendererFolder);
		// Its Q4_K_M would have 105 MB.
		host.fake.data.models = [buildModelFile(1, { quantization: 'Q4_1', sizeBytes: 98_362_432 })];
		host.fake.data.catalogue = [starterEntry(true)];
		const { page, problems } = await watchedPage(browser);
		await page.goto(host.url);
		await goTo(page, '/models');
		await page.getByRole('button', { name: /^Quantise / }).click();
		const dialog = page.getByRole('dialog', { name: /^Quantise / });
		await dialog.getByText('about 91.3 MB').waitFor();
		const checked = () => dialog.getByRole('checkbox', { checked: true });
		expect(await checked().count()).toBe(1);
		expect(await dialog.getByRole('checkbox', { name: 'IQ4_XS' }).isChecked()).toBe(true);
		await dialog.getByRole('button', { name: 'Quantise 1 file' }).waitFor();

		await dialog.getByRole('checkbox', { name: 'IQ4_XS' }).click();
		await dialog.getByRole('button', { name: 'Quantise 0 files' }).hover();
		await page.getByText('Choose a type').waitFor();
		expect(problems).toEqual([]);
		await page.context().close();
		await host.close();
	});
});
