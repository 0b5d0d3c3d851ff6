import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, goTo, launchBrowser, rendererFolder, undoButton, watchedPage } from '../../support/browser.ts';
import { serveFake } from '../../support/fake-application/host.ts';
import { withHistory } from '../../support/fake-application/scene.ts';

describe.skipIf(browserMissing() !== null)('Undo in a toast', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	test('returns the focus to the list, not to the status bar that Tab passed on the way', async () => {
		const host = await serveFake(rendererFolder);
		withHistory(host.fake);
		const { page, problems } = await watchedPage(browser);
		await page.goto(host.url);
		await goTo(page, '/chat');
		const list = page.getByRole('complementary', { name: 'Conversations' });
		await list.getByRole('link', { name: /Regex for ISO dates/ }).focus();
		await page.keyboard.press('Delete');
		await list.getByRole('link', { name: /Regex for ISO dates/ }).waitFor({ state: 'detached' });
		const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
		const before = await focused();
		const bar = page.getByRole('contentinfo').getByRole('button').last();
		await bar.focus();
		await undoButton(page, /moved to the trash/).focus();
		await page.keyboard.press('Enter');
		await list.getByRole('link', { name: /Regex for ISO dates/ }).waitFor();
		await undoButton(page, /moved to the trash/).waitFor({ state: 'detached' });
		await expect.poll(focused).toBe(before);
		expect(before).not.toBe('');
		expect(problems).toEqual([]);
		await page.context().close();
		await host.close();
	});
});
