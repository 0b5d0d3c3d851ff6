import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, launchBrowser } from '../support/browser.ts';
import { scenes } from '../support/fake-application/scenes.ts';
import { createStages, type Stages } from '../support/fake-application/stage.ts';
import { layoutFaults } from '../support/layout-faults.ts';

/** Every so many-th scene; `npm run screenshots` looks at all of them. */
const step = 16;
const sample = Object.entries(scenes).filter((_, index) => index % step === 0);

describe.skipIf(browserMissing() !== null).each(['long', 'rtl'] as const)('in the pseudo-locale %s', (language) => {
	let browser: Browser;
	let stages: Stages;
	beforeAll(async () => {
		browser = await launchBrowser();
		stages = createStages(browser, language);
	});
	afterAll(() => browser.close());

	test.concurrent.each(sample)('%s neither scrolls sideways nor cuts a control', async (_name, scene) => {
		// Its act finds controls by their English names, which this language doesn't have.
		const still = { prepare: scene.prepare };
		const found = await stages.play(still, async ({ page, problems }) => {
			const direction = await page.locator('html').getAttribute('dir');
			expect(direction).toBe(language === 'rtl' ? 'rtl' : 'ltr');
			const faults: string[] = [];
			for (const [width, height] of [
				[1280, 800],
				[900, 600],
			] as const) {
				await page.setViewportSize({ width, height });
				faults.push(...(await layoutFaults(page)).map((fault) => `${width}: ${fault}`));
			}
			return [...faults, ...problems];
		});
		expect(found).toEqual([]);
	});
});
