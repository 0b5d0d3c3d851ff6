import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserMissing, launchBrowser, rendererFolder, watchedPage } from '../support/browser.ts';
import { starterEntry } from '../support/fake-application/data.ts';
import { serveFake } from '../support/fake-application/host.ts';
import { buildLoadedState, buildModelFile } from '../support/fixtures/model.ts';

describe.skipIf(browserMissing() !== null)('sending before the page is ready', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	test('Enter before the model list is loaded sends as soon as it is; a lasting obstacle is stated', async () => {
		const host = await serveFake(rendererFolder);
		host.fake.data.models = [buildModelFile(1)];
		host.fake.data.catalogue = [starterEntry(true)];
		host.fake.data.states.set(1, buildLoadedState(1));
		const { promise, resolve: know } = Promise.withResolvers<void>();
		host.fake.data.modelsRead = promise;
		const { page, problems } = await watchedPage(browser);
		const composer = () => page.getByRole('textbox', { name: 'Message' });
		await page.goto(host.url);
		await composer().fill('Too early');
		await composer().press('Enter');
		await page.getByRole('button', { name: 'Sends when ready' }).waitFor();
		know();
		await page.getByRole('article', { name: 'Answer' }).waitFor();
		expect(await composer().inputValue()).toBe('');

		host.fake.data.models = [buildModelFile(1, { chat: false })];
		host.fake.emit({ type: 'models-changed' });
		await page.getByText(/has no chat template\.$/).waitFor();
		await composer().fill('Nobody can answer');
		await composer().press('Enter');
		await page.getByText(/^Not sent: .* has no chat template$/).waitFor();
		expect(await composer().inputValue()).toBe('Nobody can answer');
		expect(problems).toEqual([]);
		await page.context().close();
		await host.close();
	});
});
