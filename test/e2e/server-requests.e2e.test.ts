import { createServer } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo, undo } from '../support/browser.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';

const script = {
	answers: [
		{ when: 'slowly', steps: [{ type: 'text', text: 'Once upon a time' }, { type: 'stall' }] },
		{ steps: [{ type: 'text', text: 'The Volga.' }] },
	],
};

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') throw new Error('no port');
	return address.port;
}

/** One story on the built browser host: what a person sees of the requests of other programs. */
describe.skipIf(browserMissing() !== null)('Activity, Server', () => {
	let story: Story;
	let page: Page;
	let url = '';
	let key = '';

	beforeAll(async () => {
		story = await beginStory({ script });
		({ page } = story.watched);
		await story.addTinyModel();
		await page.goto(story.host.url);
	});
	afterAll(() => story?.end());

	function ask(content: string, more: { signal?: AbortSignal; key?: string } = {}): Promise<Response> {
		return fetch(`${url}/chat/completions`, {
			method: 'POST',
			body: JSON.stringify({ messages: [{ role: 'user', content }], stream: true }),
			headers: { authorization: `Bearer ${more.key ?? key}`, 'user-agent': 'editor/1.0' },
			...(more.signal === undefined ? {} : { signal: more.signal }),
		});
	}
	const live = () => page.getByRole('table', { name: 'Requests being answered' });
	const grid = () => page.getByRole('grid', { name: 'Requests' });
	const rows = () => grid().locator('tbody [data-row-index]');
	const detail = () => page.getByRole('complementary', { name: 'Request' });

	test('before the server is on, the page leads to its switch, and the settings lead back', async () => {
		await goTo(page, '/activity/server');
		await page.getByText('The server is off').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'Switch it on in Settings' }).click();
		await page.getByRole('switch', { name: 'Serve models to other programs' }).waitFor();
		const started = await story.client.server.start({ port: await freePort() });
		key = started.key ?? '';
		if (started.status.state === 'on') ({ url } = started.status);
		await page.getByRole('button', { name: 'Show requests' }).click();
		await page.getByText('No requests yet').waitFor();
		await page.getByText(url).waitFor();
	});

	test('a request is seen while it is answered, and moves nothing when it ends', async () => {
		const leaving = new AbortController();
		const response = await ask('Tell it slowly.', { signal: leaving.signal });
		await response.body?.getReader().read();
		await live()
			.getByRole('row', { name: /editor\/1\.0 .*Answering/ })
			.waitFor();
		const before = await live().boundingBox();
		leaving.abort();
		await rows().filter({ hasText: 'Client left' }).waitFor();
		await page.getByText('No requests in progress').waitFor();
		expect((await live().boundingBox())?.y).toBe(before?.y);
	});

	test('a failed request says why and what to do; its texts are not kept', async () => {
		await (await ask('Which river is the longest?')).text();
		await (await ask('Who?', { key: 'wrong' })).text();
		await rows().filter({ hasText: 'Failed, 401' }).waitFor();
		await page.getByText('Failed', { exact: true }).first().click();
		await expect.poll(() => rows().count()).toBe(1);
		await rows().first().focus();
		await page.keyboard.press('Enter');
		await detail().getByText('Create a key in the server settings and put it into the program').waitFor();
		await detail().getByText('Its texts aren’t kept').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.keyboard.press('Escape');
		await expect.poll(() => detail().count()).toBe(0);
		await page.getByRole('button', { name: 'Show all' }).click();
		await expect.poll(() => rows().count()).toBe(3);
	});

	test('with texts kept, a request is opened, added to a dataset and replayed in a chat', async () => {
		await page.getByRole('button', { name: /^Keep texts of requests/ }).click();
		await page.getByRole('menuitemradio', { name: '24 hours' }).click();
		await expect.poll(async () => (await story.client.settings.get()).serverKeepBodies).toBe('day');
		await (await ask('Which river is the longest?')).text();
		await expect.poll(() => rows().count()).toBe(4);
		await rows().first().click();
		const texts = detail().getByRole('region', { name: 'Texts' });
		await texts.getByText('Which river is the longest?').waitFor();
		await texts.getByText('The Volga.').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);

		await detail().getByRole('button', { name: 'Add to dataset' }).click();
		const dialog = page.getByRole('dialog', { name: 'Add to dataset' });
		await dialog.getByRole('textbox', { name: 'Name' }).fill('From programs');
		await dialog.getByRole('button', { name: 'Add', exact: true }).click();
		await page.getByText('1 sample added to “From programs”').waitFor();

		await detail().getByRole('button', { name: 'Replay in chat' }).click();
		await page.getByRole('article').getByText('The Volga.').first().waitFor();
	});

	test('figures and use by key are shown, and a deletion is undone', async () => {
		await goTo(page, '/activity/server-figures');
		await page.getByRole('heading', { name: 'Percentiles' }).waitFor();
		await page.getByRole('rowheader', { name: 'First key' }).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await page.getByRole('button', { name: 'No key, or a wrong or revoked one' }).click();
		await expect.poll(() => rows().count()).toBe(1);
		await page.getByRole('button', { name: 'Delete these' }).click();
		await page.getByText('No requests match these filters.').waitFor();
		await undo(page, '1 request deleted');
		await expect.poll(() => rows().count()).toBe(1);
	});

	test('the palette leads to the failed requests', async () => {
		await goTo(page, '/chat');
		await page.keyboard.press('Control+KeyK');
		await page.keyboard.type('failed server');
		await page.getByRole('option', { name: 'Show failed server requests' }).click();
		await rows().filter({ hasText: 'Failed, 401' }).waitFor();
	});

	test('no fault was seen', () => {
		expect(story.faults()).toEqual(noFaults);
	});
});
