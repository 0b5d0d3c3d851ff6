import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, goTo, launchBrowser, rendererFolder, watchedPage } from '../../support/browser.ts';
import { ladderComparison } from '../../support/fake-application/comparison-data.ts';
import { serveFake } from '../../support/fake-application/host.ts';
import { buildTrainingRun } from '../../support/fake-application/training/data.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';

describe.skipIf(browserMissing() !== null)('the status bar', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	test('a comparison and a training under way are named on every screen, and lead to themselves', async () => {
		const host = await serveFake(rendererFolder);
		const { data } = host.fake;
		data.models = [buildModelFile(1)];
		const underWay = { status: 'running', done: 41, total: 82, endedAt: null } as const;
		data.comparisons.all = [ladderComparison({ ...underWay, title: 'Ladder' }, 4)];
		const training = buildTrainingRun({ name: 'Tickets' });
		data.trainings = [training];
		const { page, problems } = await watchedPage(browser, { width: 900, height: 600 });
		await page.goto(host.url);
		await goTo(page, '/prompts');
		const bar = page.getByRole('contentinfo');
		await bar.getByRole('button', { name: /^Ladder 50\s%$/ }).click();
		await page.getByRole('heading', { name: 'Compare', level: 1 }).waitFor();
		await bar.getByRole('button', { name: /^Tickets \d+\s%$/ }).click();
		await page.getByRole('button', { name: 'Stop and keep the best weights' }).waitFor();
		expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
		expect(problems).toEqual([]);
		await page.context().close();
		await host.close();
	});
});
