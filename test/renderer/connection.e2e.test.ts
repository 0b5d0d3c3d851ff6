import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { browserMissing, launchBrowser, rendererFolder, watchedPage } from '../support/browser.ts';
import { type FakeHost, serveFake } from '../support/fake-application/host.ts';
import { typing } from '../support/fake-application/live.ts';
import { buildLoadedState, buildModelFile } from '../support/fixtures/model.ts';

const text = 'Every word of this answer must be there when the connection is back. '.repeat(8).trim();

describe.skipIf(browserMissing() !== null)('losing and regaining the connection', () => {
	let browser: Browser;
	let host: FakeHost;
	let page: Page;
	let sockets: WebSocketRoute[];
	/** While false, connections are refused, as if the application were gone. */
	let reachable: boolean;
	/** Number of refused connections. */
	let refused: number;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());
	beforeEach(async () => {
		host = await serveFake(rendererFolder);
		host.fake.data.models = [buildModelFile(1)];
		host.fake.data.states.set(1, buildLoadedState(1));
		({ page } = await watchedPage(browser));
		sockets = [];
		reachable = true;
		refused = 0;
		await page.routeWebSocket(/\/socket$/, (socket) => {
			if (!reachable) {
				refused += 1;
				return void socket.close({ code: 1001, reason: '' });
			}
			socket.connectToServer();
			sockets.push(socket);
		});
	});
	afterEach(async () => {
		await page.context().close();
		await host.close();
	});

	const composer = () => page.getByRole('textbox', { name: 'Message' });

	test('a tab refused for an old token accepts the new address, which differs only in its fragment', async () => {
		await page.goto(host.url.replace(/token=.*$/, 'token=of-yesterday'));
		await page.getByRole('heading', { name: 'This page isn’t connected to Assay' }).waitFor();
		await page.goto(host.url);
		await composer().waitFor();
		expect(new URL(page.url()).hash).not.toContain('token');
	});

	test('a cut in the middle of an answer shows a banner with the reason; the answer is complete afterwards, and the draft is kept', async () => {
		host.fake.script = typing(text, 40);
		await page.goto(host.url);
		await composer().fill('Hello');
		await composer().press('Enter');
		await page.locator('article .md').getByText('Every word of this').waitFor();
		await composer().fill('My next thought');
		reachable = false;
		await sockets.at(-1)!.close({ code: 1001, reason: '' });
		const banner = page.getByRole('alert', { name: 'Connection' });
		await banner.waitFor();
		expect(await banner.textContent()).toMatch(/Not connected.*ended with code 1001.*(Retrying in \d+ s|Retrying now)/);
		// The button stays until an attempt succeeds, and an attempt may start at any moment, so the test presses it
		// while none can succeed.
		const before = refused;
		await page.getByRole('button', { name: 'Try now' }).click();
		await expect.poll(() => refused).toBeGreaterThan(before);
		reachable = true;
		await banner.waitFor({ state: 'detached' });
		await page.getByRole('button', { name: 'Answer again' }).waitFor({ timeout: 20_000 });
		expect((await page.locator('article .md').textContent())?.trim()).toBe(text);
		expect(await composer().inputValue()).toBe('My next thought');
	});

	test('the connection returns by itself, and the page shows what changed meanwhile', async () => {
		await page.goto(host.url);
		await composer().waitFor();
		reachable = false;
		await sockets.at(-1)!.close({ code: 1001, reason: '' });
		await page.getByRole('alert', { name: 'Connection' }).waitFor();
		const { conversationId } = host.fake.send(null, 'Written by another window', undefined);
		expect(conversationId).toBeGreaterThan(0);
		reachable = true;
		await page.getByRole('link', { name: /Written by another window/ }).waitFor({ timeout: 15_000 });
	});

	test('sending without a connection keeps the draft and says that it was not sent', async () => {
		await page.goto(host.url);
		await composer().fill('Do not lose me');
		reachable = false;
		await sockets.at(-1)!.close({ code: 1001, reason: '' });
		await page.getByRole('alert', { name: 'Connection' }).waitFor();
		await composer().press('Enter');
		await page.getByText('Not sent.').waitFor();
		expect(await composer().inputValue()).toBe('Do not lose me');
	});

	test('a draft survives a reload', async () => {
		await page.goto(host.url);
		await composer().fill('Half a thought');
		await page.reload();
		await composer().waitFor();
		expect(await composer().inputValue()).toBe('Half a thought');
	});

	test('a wrong token is refused with the way in, and not retried', async () => {
		await page.goto(host.url.replace(/token=.*/, 'token=wrong'));
		await page.getByRole('heading', { name: 'This page isn’t connected to Assay' }).waitFor();
		await page.getByText('This link was already used, or is from before Assay restarted.').waitFor();
		const tries = sockets.length;
		await page.waitForTimeout(1_500);
		expect(sockets.length).toBe(tries);
	});

	test('an address without a token says so', async () => {
		await page.goto(new URL('/', host.url).href);
		await page.getByText('This address has no access token').waitFor();
	});
});
