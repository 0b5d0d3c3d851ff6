import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, goTo, launchBrowser, rendererFolder, watchedPage } from '../../support/browser.ts';
import { serveFake } from '../../support/fake-application/host.ts';
import { scenes } from '../../support/fake-application/scenes.ts';

describe.skipIf(browserMissing() !== null)('the settings pane of a conversation', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	for (const width of [1280, 900]) {
		test(`takes the place of an open source, ${width} px wide, and its button agrees`, async () => {
			const host = await serveFake(rendererFolder);
			host.fake.data.settings = { ...host.fake.data.settings, inspectorOpen: true };
			const route = scenes['chat-source']!.prepare(host.fake);
			const { page, problems } = await watchedPage(browser, { width, height: 700 });
			await page.goto(host.url);
			await goTo(page, route);
			const settings = page.getByLabel('Conversation settings', { exact: true });
			const source = page.getByLabel('Source 2', { exact: true });
			const number = page.getByRole('button', { name: 'Open source 2' }).first();
			const show = page.getByRole('button', { name: 'Show settings pane' });

			await number.click();
			await source.waitFor();
			expect(await settings.count()).toBe(0);
			await page.keyboard.press('Control+KeyI');
			await settings.waitFor();
			expect(await source.count()).toBe(0);
			if (width < 1100) {
				await page.keyboard.press('Escape');
				await settings.waitFor({ state: 'detached' });
			} else {
				await expect.poll(() => number.evaluate((one) => one === document.activeElement)).toBe(true);
				await number.click();
				await source.waitFor();
				expect(await show.getAttribute('aria-pressed')).toBe('false');
				await show.click();
				await settings.waitFor();
				expect(await source.count()).toBe(0);
				const hide = page.getByRole('button', { name: 'Hide settings pane' });
				expect(await hide.getAttribute('aria-pressed')).toBe('true');
				await hide.press('Enter');
				await settings.waitFor({ state: 'detached' });
			}
			expect(problems).toEqual([]);
			await page.context().close();
			await host.close();
		});
	}
});
