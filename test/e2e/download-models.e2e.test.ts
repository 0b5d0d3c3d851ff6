import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeViolationsInBothThemes, browserMissing, goTo } from '../support/browser.ts';
import { createHubServer, type HubServer } from '../support/hub-server.ts';
import { beginStory, noFaults, type Story } from '../support/story.ts';
import { tinyGguf } from '../support/tiny-gguf.ts';
import * as server from '../support/unruly-server.ts';

const body = tinyGguf();
const script = { answers: [{ steps: [{ type: 'text', text: 'The Volga.' }] }] };

/**
 * One story, told in order on the built browser host, with a misbehaving hub on this computer: each test continues
 * where the last one ended.
 */
describe.skipIf(browserMissing() !== null)('downloading a model from a hub', () => {
	let story: Story;
	let hub: HubServer;
	let page: Page;

	beforeAll(async () => {
		hub = await createHubServer([
			{
				name: 'ada/Tiny-Chat-GGUF',
				files: { 'Tiny-Chat-Q4_K_M.gguf': body, 'Tiny-Chat-Q8_0.gguf': tinyGguf({ seed: 2 }) },
				gguf: { total: 7e9, architecture: 'llama', context_length: 2048 },
			},
			{ name: 'bob/tiny-closed-GGUF', files: { 'a-Q4_K_M.gguf': body }, gated: 'manual' },
		]);
		story = await beginStory({ script });
		({ page } = story.watched);
		await story.client.settings.set({ hubUrl: hub.url, networkBlocked: true });
		await page.goto(story.host.url);
	});
	afterAll(async () => {
		await story?.end();
		await hub?.close();
	});

	const card = (name = 'Tiny Chat') => page.getByRole('region', { name: `Download of ${name}` });
	const files = () => page.getByRole('table', { name: 'Files of ada/Tiny-Chat-GGUF' });

	test('with the network blocked, the page names the host, contacts nobody, and allows it with one click', async () => {
		await goTo(page, '/models');
		await page.getByText('Get models', { exact: true }).click();
		await page.getByText(`A search sends your words to 127.0.0.1:${hub.port}`).waitFor();
		await page.getByRole('table', { name: 'Good small models' }).getByText('Qwen3 4B').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		expect(hub.requests).toEqual([]);
		await page.getByRole('button', { name: 'Allow the network' }).click();
		await page.getByRole('button', { name: 'Network: on demand' }).waitFor();
	});

	test('typing sends nothing; Enter searches, and a row opens its files and shows what fits', async () => {
		const field = page.getByRole('textbox', { name: `Search 127.0.0.1:${hub.port} for models` });
		await field.pressSequentially('tiny', { delay: 20 });
		expect(hub.requests).toEqual([]);
		await field.press('Enter');
		await page.getByText('2 models for “tiny”').waitFor();
		await page.getByRole('button', { name: 'Tiny-Chat by ada' }).press('Enter');
		await page.getByText('Recommended: Q4_K_M').waitFor();
		await files().getByText('Tiny-Chat-Q8_0.gguf').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await files().getByRole('button', { name: 'Fits: memory for Q4_K_M' }).click();
		await page.getByText('Computed from the header of one of its files.').waitFor();
		await page.keyboard.press('Escape');
	});

	test('a download over a bad line recovers by itself, pauses, and resumes after the host has restarted', async () => {
		hub.replies = [
			server.cutAfter(100_000, body),
			server.status(503),
			server.stallAfter(150_000, body),
			server.serve(body),
		];
		await files().getByRole('button', { name: 'Download Q4_K_M of ada/Tiny-Chat-GGUF' }).click();
		await card().getByText('MB').or(card().getByText('kB')).first().waitFor();
		await expect
			.poll(() => hub.requests.filter(({ headers }) => headers.range === 'bytes=100000-').length)
			.toBeGreaterThan(0);
		await page.getByRole('button', { name: 'Pause the download of Tiny Chat' }).click();
		await card().getByText('Paused').waitFor();
		await card().getByText('The downloaded part is kept, even after a restart.').waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		// Leaves the page, so that it does not keep calling a host that is gone.
		await page.goto('about:blank');
		await story.restart();
		await page.goto(story.host.url);
		await goTo(page, '/models');
		await card().getByText('Paused').waitFor();
		hub.replies = [server.serve(body)];
		await page.getByRole('button', { name: 'Resume the download of Tiny Chat' }).click();
		await card().getByText('verified by its SHA-256').waitFor();
		expect(readdirSync(join(story.dataFolder, 'models', 'ada', 'Tiny-Chat-GGUF'))).toEqual(['Tiny-Chat-Q4_K_M.gguf']);
		await card().getByRole('button', { name: 'Show' }).click();
		await page.getByRole('treegrid', { name: 'Models on this computer' }).getByText('Tiny Chat').first().waitFor();
	});

	test('a wrong file is refused with the reason; a cancelled download leaves the list, and Undo restores it', async () => {
		hub.replies = [server.serve(body)];
		await page.getByText('Get models', { exact: true }).click();
		const field = page.getByRole('textbox', { name: `Search 127.0.0.1:${hub.port} for models` });
		await field.fill('tiny');
		await field.press('Enter');
		await page.getByRole('button', { name: 'Tiny-Chat by ada' }).click();
		await files().getByRole('button', { name: 'Download Q8_0 of ada/Tiny-Chat-GGUF' }).click();
		const failed = page.getByRole('group', { name: 'Couldn’t download Tiny Chat' });
		await failed.getByText(/the server sent a different file/).waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await failed.getByRole('button', { name: 'Remove' }).click();
		await failed.waitFor({ state: 'detached' });
		hub.replies = [];
		await page.getByRole('button', { name: 'Undo' }).click();
		await card().getByText('verified by its SHA-256').waitFor();
	});

	test('a repository whose terms must be accepted first says so', async () => {
		await page.getByRole('button', { name: 'tiny-closed by bob' }).click();
		await page.getByText('You must accept the owner’s terms first.').waitFor();
	});

	test('the log lists every request, and nothing else was contacted', async () => {
		await goTo(page, '/activity/network');
		await page.getByRole('gridcell', { name: 'search for models' }).first().waitFor();
		await page.getByRole('gridcell', { name: 'download of Tiny Chat' }).first().waitFor();
		const { entries } = await story.client.activity.list({ filter: { kinds: ['network'] } });
		expect([...new Set(entries.map((one) => one.subject))]).toEqual([`127.0.0.1:${hub.port}`]);
		expect(story.faults()).toEqual(noFaults);
	});
});
