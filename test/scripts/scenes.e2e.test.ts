import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../scripts/dev/session.ts';
import { startSceneSession } from '../../scripts/scenes/scene-session.ts';
import {
	axeViolationsInBothThemes,
	browserMissing,
	launchBrowser,
	type WatchedPage,
	watchedPage,
} from '../support/browser.ts';
import { scenes } from '../support/fake-application/scenes.ts';

describe.skipIf(browserMissing() !== null)('npm run scenes', () => {
	let browser: Browser;
	let session: Session;
	let watched: WatchedPage | undefined;
	beforeAll(async () => {
		[browser, session] = await Promise.all([launchBrowser(), startSceneSession({ port: 0, say: () => {} })]);
	});
	afterAll(async () => {
		await browser.close();
		await session.close();
	});

	/** One page for all tests, so that fetched and compiled code stays cached. */
	async function open(address = ''): Promise<WatchedPage> {
		watched ??= await watchedPage(browser, { width: 1600, height: 960 });
		watched.page.setDefaultTimeout(60_000);
		await watched.page.goto(session.origin + address);
		return watched;
	}
	const ready = (page: Page) => page.getByRole('status').getByText('Ready').waitFor();
	const links = (page: Page) => page.getByRole('navigation', { name: 'Scenes' }).getByRole('link');

	test('every scene is listed, found by its words, and acted out when shown', async () => {
		const { page, problems } = await open();
		await expect.poll(() => links(page).count()).toBe(Object.keys(scenes).length);
		await page.getByRole('searchbox', { name: 'Search scenes' }).fill('menu model');
		await expect.poll(() => links(page).count()).toBe(1);
		await page.keyboard.press('ArrowDown');
		await ready(page);
		const frame = page.frameLocator('iframe');
		await frame.getByRole('menu').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		expect(problems).toEqual([]);
	}, 120_000);

	test('the address opens a scene in its theme and size; changing either does not replay it', async () => {
		const { page } = await open('/?scene=palette&theme=dark&size=900x600');
		await ready(page);
		const frame = page.frameLocator('iframe');
		const inside = () => frame.locator('html').evaluate((root) => [root.dataset.theme, innerWidth, innerHeight]);
		expect(await inside()).toEqual(['dark', 900, 600]);
		await frame.getByRole('combobox').fill('typed after it was played');
		await page.reload();
		await ready(page);
		expect(await inside()).toEqual(['dark', 900, 600]);
		await frame.getByRole('combobox').fill('typed after it was played');
		await page.getByRole('button', { name: 'Dark' }).click();
		await page.getByRole('button', { name: '1280 × 800' }).click();
		await expect.poll(inside).toEqual(['light', 1280, 800]);
		expect(await frame.getByRole('combobox').inputValue()).toBe('typed after it was played');
		expect(page.url()).toContain('?scene=palette&theme=light&size=1280x800');
	}, 120_000);

	test('keys walk through the scenes, even from inside one', async () => {
		const { page } = await open('/?scene=chat&theme=light&size=900x600');
		await ready(page);
		const [first, second] = Object.keys(scenes).filter((name) => name.startsWith('chat'));
		expect(first).toBe('chat');
		await page.keyboard.press('ArrowDown');
		await expect.poll(() => page.url()).toContain(`scene=${second}`);
		await ready(page);
		await page.frameLocator('iframe').getByRole('textbox', { name: 'Message' }).click();
		await page.keyboard.press('t');
		await page.keyboard.press('Alt+ArrowUp');
		await expect.poll(() => page.url()).toContain('scene=chat&theme=light');
		await page.goBack();
		await expect.poll(() => page.url()).toContain(`scene=${second}`);
	}, 120_000);
});
