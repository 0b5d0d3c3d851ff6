import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, browserMissing, goTo, launchBrowser, rendererFolder, watchedPage } from '../support/browser.ts';
import { serveFake } from '../support/fake-application/host.ts';
import { scenes } from '../support/fake-application/scenes.ts';

const looks = [
	['light', 1280, 800],
	['dark', 1280, 800],
	['light', 900, 600],
	['dark', 720, 480],
] as const;

describe.skipIf(browserMissing() !== null)('every screen, in both themes, wide and narrow', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	test.each(Object.keys(scenes))('%s: axe finds nothing, nothing is logged, nothing sticks out', async (scene) => {
		const host = await serveFake(rendererFolder);
		const { page, problems, foreignRequests } = await watchedPage(browser);
		try {
			const route = scenes[scene]!(host.fake);
			await page.goto(host.url);
			await goTo(page, route);
			await page.waitForTimeout(300);
			const found: string[] = [];
			for (const [theme, width, height] of looks) {
				await page.emulateMedia({ colorScheme: theme });
				await page.setViewportSize({ width, height });
				await page.waitForTimeout(80);
				found.push(...(await axeViolations(page)).map((violation) => `${theme} ${width}: ${violation}`));
				const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
				if (sticksOut > 0) found.push(`${theme} ${width}: sticks out by ${sticksOut} px`);
			}
			expect({ found, problems, foreignRequests }).toEqual({ found: [], problems: [], foreignRequests: [] });
		} finally {
			await page.context().close();
			await host.close();
		}
	});
});
