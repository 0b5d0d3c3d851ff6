import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, goTo, launchBrowser, rendererFolder, settled, watchedPage } from '../support/browser.ts';
import { serveFake } from '../support/fake-application/host.ts';

describe.skipIf(browserMissing() !== null)('in the high contrast of the system', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	test('what is chosen, where one is, and switches stay visible', async () => {
		const host = await serveFake(rendererFolder);
		const { page } = await watchedPage(browser);
		await page.emulateMedia({ forcedColors: 'active' });
		await page.goto(host.url);
		await goTo(page, '/settings');
		await page.getByText('Text size', { exact: true }).first().waitFor();
		await settled(page);
		const background = (selector: string) =>
			page
				.locator(selector)
				.first()
				.evaluate((element) => getComputedStyle(element).backgroundColor);
		const plain = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		expect(await background('label:has(> input[type="radio"]:checked)')).not.toBe(
			await background('label:has(> input[type="radio"]:not(:checked))'),
		);
		expect(await background('nav [aria-current="page"]')).not.toBe(await background('nav a:not([aria-current])'));
		expect(await background('[role="switch"] > span')).not.toBe(plain);
		await page.context().close();
		await host.close();
	});
});
