import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
	axeViolationsInBothThemes,
	browserMissing,
	goTo,
	launchBrowser,
	rendererFolder,
	watchedPage,
} from '../support/browser.ts';
import { serveFake } from '../support/fake-application/host.ts';
import { scenes } from '../support/fake-application/scenes.ts';

/** Runs in the page before its own script: makes what one screen, or all of them, calls while drawing throw. */
function plantFaults(): void {
	const broken = (): string | undefined => (globalThis as { broken?: string }).broken;
	for (const name of ['toLocaleString', 'toLocaleTimeString', 'toLocaleDateString'] as const) {
		const real = Date.prototype[name];
		Date.prototype[name] = function (this: Date, ...rest: []) {
			if (broken() === 'activity' && location.hash.startsWith('#/activity')) throw new Error('planted in Activity.');
			return real.apply(this, rest);
		};
	}
	const { stringify } = JSON;
	JSON.stringify = (value: unknown, ...rest: []) => {
		const isKeys = typeof value === 'object' && value !== null && 'window' in value && 'tab' in value;
		if (broken() === 'page' && isKeys) throw new Error('planted in the page');
		return stringify(value, ...rest);
	};
}

describe.skipIf(browserMissing() !== null)('a fault while drawing', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	async function open(): Promise<Page> {
		const host = await serveFake(rendererFolder);
		onTestFinished(() => host.close());
		scenes.activity!.prepare(host.fake);
		const { page } = await watchedPage(browser);
		onTestFinished(() => page.context().close());
		await page.addInitScript(plantFaults);
		await page.goto(host.url);
		await page.getByRole('textbox', { name: 'Message' }).waitFor();
		return page;
	}
	const breakPart = (page: Page, part: string | undefined) =>
		page.evaluate((name) => {
			(globalThis as { broken?: string | undefined }).broken = name;
		}, part);

	test('in one screen is named there; the rest stays usable, and the screen comes back', async () => {
		const page = await open();
		await breakPart(page, 'activity');
		await goTo(page, '/activity');
		const notice = page.getByRole('alert', { name: 'Activity can’t be shown' });
		await notice.getByText('This is a bug in Assay: planted in Activity. The rest of Assay still works').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await notice.getByRole('button', { name: 'Copy details' }).click();
		const copied = await page.evaluate(() => navigator.clipboard.readText());
		expect(copied).toContain('Part: Activity');
		expect(copied).toContain('Error: planted in Activity.');
		expect(copied).not.toContain('token');

		await page.getByRole('link', { name: 'Chat' }).click();
		await page.getByRole('textbox', { name: 'Message' }).fill('still here');
		expect(await notice.count()).toBe(0);

		await goTo(page, '/activity');
		await notice.waitFor();
		await breakPart(page, undefined);
		await notice.getByRole('button', { name: 'Try again' }).click();
		await page.getByRole('heading', { name: 'Activity' }).first().waitFor();
		expect(await notice.count()).toBe(0);
	});

	test('in the whole page leaves a way to reload', async () => {
		const page = await open();
		await breakPart(page, 'page');
		await goTo(page, '/models');
		const notice = page.getByRole('alert', { name: 'Assay can’t be shown' });
		await notice.waitFor();
		await notice.getByRole('button', { name: 'Reload' }).click();
		await page.getByRole('heading', { name: 'Models' }).first().waitFor();
		expect(await notice.count()).toBe(0);
	});
});
