import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { browserMissing, goTo, launchBrowser, rendererFolder, watchedPage } from '../support/browser.ts';
import { serveFake } from '../support/fake-application/host.ts';
import { scenes } from '../support/fake-application/scenes.ts';
import { createStages, type Stages } from '../support/fake-application/stage.ts';
import { layoutFaults, speakPseudo } from '../support/layout-faults.ts';

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

test.skipIf(browserMissing() !== null)(
	'a page that goes elsewhere while its language arrives stays connected',
	async () => {
		const browser = await launchBrowser();
		const host = await serveFake(rendererFolder);
		onTestFinished(async () => {
			await browser.close();
			await host.close();
		});
		const { page } = await watchedPage(browser);
		await speakPseudo(page, 'long');
		const arrives = Promise.withResolvers<void>();
		await page.route(/pseudo-locale/, async (route) => {
			await arrives.promise;
			await route.continue();
		});
		await page.goto(host.url, { waitUntil: 'domcontentloaded' });
		await goTo(page, scenes['compare-empty']!.prepare(host.fake));
		arrives.resolve();
		await page.locator('nav[data-region] a[aria-current="page"][href="#/compare"]').waitFor();
		expect(await page.evaluate(() => location.hash)).toBe('#/compare');
	},
);

const hasCatalogue = existsSync(join(import.meta.dirname, '..', '..', 'renderer', 'messages', 'de.json'));

describe.skipIf(browserMissing() !== null || !hasCatalogue)('the language in Settings', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	test('is taken up at once and after a reload, keeps a draft, and "System" leads back', async () => {
		const stages = createStages(browser);
		await stages.play(scenes.chat!, async ({ page, problems }) => {
			const html = page.locator('html');
			const go = (route: string) => page.evaluate((hash) => location.assign(hash), `#${route}`);
			const chat = await page.evaluate(() => location.hash.slice(1));
			// Names stay findable by what they hold: the labels are translated.
			const language = page.locator('select', { has: page.locator('option[value="de"]') });
			const composer = page.locator('textarea').last();
			await composer.fill('half a thought');

			await go('/settings/appearance');
			await language.selectOption('de');
			await page.locator('html[lang="de"]').waitFor();
			expect(await html.getAttribute('dir')).toBe('ltr');
			await expect.poll(() => language.inputValue()).toBe('de');
			await go(chat);
			await expect.poll(() => composer.inputValue()).toBe('half a thought');
			await page.reload();
			expect(await html.getAttribute('lang')).toBe('de');

			await go('/settings/appearance');
			await language.selectOption('system');
			await page.locator('html[lang="en"]').waitFor();
			await page.getByRole('heading', { name: 'Appearance' }).waitFor();
			expect(await page.evaluate(() => localStorage.getItem('assay.language'))).toBeNull();
			expect(problems).toEqual([]);
		});
	});
});
