import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { browserMissing, launchBrowser, rendererFolder, watchedPage } from '../../../support/browser.ts';
import { serveFake } from '../../../support/fake-application/host.ts';
import { buildLoadedState, buildModelFile } from '../../../support/fixtures/model.ts';

async function start() {
	const host = await serveFake(rendererFolder);
	host.fake.data.models = [buildModelFile(1)];
	host.fake.data.states.set(1, buildLoadedState(1));
	onTestFinished(() => host.close());
	return host;
}

describe.skipIf(browserMissing() !== null)('the browser host in a real browser', () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await launchBrowser();
	});
	afterAll(() => browser.close());

	async function openPage() {
		const watched = await watchedPage(browser);
		onTestFinished(() => watched.page.context().close());
		return watched;
	}

	test('a one-time link opens the app for its tab, which survives a reload; nobody else can use it', async () => {
		const host = await start();
		const link = host.urlForOnce();
		const { page, problems } = await openPage();
		const composer = page.getByRole('textbox', { name: 'Message' });
		await page.goto(link);
		await composer.waitFor();
		expect(page.url()).not.toContain('token');
		await page.reload();
		await composer.waitFor();
		expect(problems).toEqual([]);

		const other = await openPage();
		await other.page.goto(link);
		await other.page.getByText('Wrong token').waitFor();
		expect(await other.page.getByRole('textbox', { name: 'Message' }).count()).toBe(0);
	});

	test('a page of another local server reaches neither the calls nor the socket, and cannot frame the app', async () => {
		const host = await start();
		const server = createServer((_request, response) => {
			response.setHeader('content-type', 'text/html').end('<!doctype html><title>Elsewhere</title>');
		}).listen(0, '127.0.0.1');
		onTestFinished(() => void server.close());
		await once(server, 'listening');
		const address = server.address();
		const { page } = await openPage();
		await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
		const token = new URL(host.url).hash.replace('#token=', '');
		const outcome = await page.evaluate(
			async ({ origin, token }) => {
				const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`);
				const opened = new Promise((resolve) => {
					socket.onopen = () => resolve('opened');
					socket.onerror = () => resolve('refused');
				});
				const called = (init: RequestInit) => fetch(`${origin}/rpc/system/status`, { method: 'POST', ...init });
				const call = await called({ headers: { authorization: `Bearer ${token}` } }).catch(() => 'refused');
				const simple = await called({ mode: 'no-cors' }).then(
					({ type }) => type,
					() => 'refused',
				);
				const frame = document.createElement('iframe');
				frame.src = `${origin}/#token=${token}`;
				document.body.append(frame);
				await new Promise((resolve) => {
					frame.onload = resolve;
				});
				return { socket: await opened, call, simple };
			},
			{ origin: new URL(host.url).origin, token },
		);
		expect(outcome).toMatchObject({ socket: 'refused', call: 'refused' });
		expect(['opaque', 'refused']).toContain(outcome.simple);
		const framed = page.frames()[1];
		expect(await framed?.content()).not.toContain('Assay');
		expect(framed?.url()).toMatch(/^chrome-error:/);
	});
});
