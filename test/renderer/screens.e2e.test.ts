import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolations, browserMissing, launchBrowser, type WatchedPage } from '../support/browser.ts';
import { scenes } from '../support/fake-application/scenes.ts';
import { createStages, type Stages } from '../support/fake-application/stage.ts';
import { moving, outOfReach } from './comfort.ts';

const looks = [
	['light', 1280, 800],
	['dark', 900, 600],
] as const;

/** 1280×800 at 200 % zoom is a window of 640×400 CSS pixels. */
const zoomed = { width: 640, height: 400 };

/** The smallest and the largest text size of the settings, in percent. */
const textSizes = [85, 150];

/** Runs in the page: applies a text size as the settings do. */
function drawAt(percent: number): void {
	document.documentElement.style.setProperty('--text-scale', String(percent / 100));
	dispatchEvent(new Event('resize'));
}

/** What is out of reach once the page has taken its new size; a busy machine gets more time for it. */
async function reachFaults(page: Page): Promise<string[]> {
	await page.waitForTimeout(150);
	const faults = await page.evaluate(outOfReach);
	if (faults.length === 0) return faults;
	await page.waitForTimeout(1_500);
	return page.evaluate(outOfReach);
}

async function faultsOf({ page, problems, foreignRequests }: WatchedPage) {
	const found: string[] = [];
	for (const [theme, width, height] of looks) {
		// In another width the mouse would point at something else, which is no part of the scene.
		if (page.viewportSize()?.width !== width) await page.mouse.move(-1, -1);
		// Together: the page is drawn once for both.
		await Promise.all([page.emulateMedia({ colorScheme: theme }), page.setViewportSize({ width, height })]);
		found.push(...(await axeViolations(page)).map((violation) => `${theme} ${width}: ${violation}`));
		const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		if (sticksOut > 0) found.push(`${theme} ${width}: sticks out by ${sticksOut} px`);
	}
	await page.setViewportSize(zoomed);
	for (const fault of await reachFaults(page)) found.push(`200 %: ${fault}`);
	await page.setViewportSize({ width: 1280, height: 800 });
	for (const size of textSizes) {
		await page.evaluate(drawAt, size);
		for (const fault of await reachFaults(page)) found.push(`text at ${size} %: ${fault}`);
	}
	for (const fault of await page.evaluate(moving)) found.push(`moves: ${fault}`);
	return { found, problems: [...problems], foreignRequests: [...foreignRequests] };
}

// Side by side: much of a scene's time is waiting for it to settle.
describe.skipIf(browserMissing() !== null)('every screen, in both themes, wide and narrow', () => {
	let browser: Browser;
	let stages: Stages;
	beforeAll(async () => {
		browser = await launchBrowser();
		stages = createStages(browser);
	});
	afterAll(() => browser.close());

	test.concurrent.each(Object.entries(scenes))(
		'%s: axe finds nothing, nothing is logged, nothing sticks out, also zoomed to twice the size and with the smallest and largest text, and reduced motion stops all motion',
		async (_name, scene) => {
			expect(await stages.play(scene, faultsOf)).toEqual({ found: [], problems: [], foreignRequests: [] });
		},
	);
});
