import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, browserMissing, goTo, launchBrowser, rendererFolder, watchedPage } from '../support/browser.ts';
import { serveFake } from '../support/fake-application/host.ts';
import { buildTrainingComparison, finishedTraining } from '../support/fake-application/training/data.ts';
import { buildModelFile } from '../support/fixtures/model.ts';

describe.skipIf(browserMissing() !== null)('base against adapter', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	test('a comparison that was paused says so, and is resumed where its verdict will stand', async () => {
		const host = await serveFake(rendererFolder);
		const { data } = host.fake;
		data.models = [buildModelFile(1)];
		const nothing = { n: 0, base: null, adapter: null, difference: null, low: null, high: null, verdict: null };
		const paused = { status: 'paused', name: 'Short facts', words: 'Not measured yet.' } as const;
		data.trainings = [finishedTraining({ comparisons: [buildTrainingComparison({ ...nothing, ...paused })] })];
		const { page } = await watchedPage(browser);
		await page.goto(host.url);
		await goTo(page, '/models');
		await page.getByRole('radio', { name: 'Training' }).click({ force: true });
		const row = page.getByRole('row', { name: /^Short facts/ });
		await row.getByText('Paused', { exact: true }).waitFor();
		await row.getByRole('button', { name: 'Resume Short facts' }).press('Enter');
		// The made-up application knows no such run, and says so: it was asked.
		await page.getByRole('region', { name: 'Notices' }).getByText(/\S/).first().waitFor();
		expect(await axeViolations(page)).toEqual([]);
		await page.context().close();
		await host.close();
	});

	test('comparisons that a restart paused are resumed by one button, in their order', async () => {
		const host = await serveFake(rendererFolder);
		const { data } = host.fake;
		data.models = [buildModelFile(1)];
		const nothing = { n: 0, base: null, adapter: null, difference: null, low: null, high: null, verdict: null };
		const paused = ['Short facts', 'Arithmetic'].map((name, index) =>
			buildTrainingComparison({ ...nothing, status: 'paused', words: 'Not measured yet.', name, runId: 40 + index }),
		);
		data.trainings = [finishedTraining({ comparisons: paused })];
		const { page } = await watchedPage(browser);
		await page.goto(host.url);
		await goTo(page, '/models');
		await page.getByRole('radio', { name: 'Training' }).click({ force: true });
		await page.getByRole('button', { name: 'Resume all' }).press('Enter');
		// The made-up application knows neither run, and says so of each: both were asked.
		const notices = page.getByRole('region', { name: 'Notices' }).locator('> div');
		await expect.poll(() => notices.count()).toBe(2);
		await page.context().close();
		await host.close();
	});
});
