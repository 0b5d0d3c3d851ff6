import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../bench/client.ts';
import { type Host, startHost } from '../bench/product.ts';
import {
	axeViolations,
	axeViolationsInBothThemes,
	browserMissing,
	goTo,
	launchBrowser,
	type WatchedPage,
	watchedPage,
} from '../support/browser.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';

/** Long enough for a few dozen processes that load a tiny model, on two cores that others use too; ms. */
const measuringMs = 90_000;

/** One story told in order on the built browser host with the real llama.cpp: each test goes on where the last ended. */
describe.skipIf(browserMissing() !== null)('compare', () => {
	let folder: string;
	let host: Host;
	let browser: Browser;
	let watched: WatchedPage;
	let page: Page;

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), 'assay-compare-'));
		host = await startHost(join(folder, 'data'));
		const { client, close } = await connect(host.url);
		// The default is a model that takes no part.
		await client.models.add({ path: writeTinyGguf(join(folder, 'other.gguf'), { name: 'Other', layers: 4, seed: 2 }) });
		await client.models.add({ path: writeTinyGguf(join(folder, 'tiny.gguf')) });
		close();
		browser = await launchBrowser();
		await open();
	});
	afterAll(async () => {
		await browser?.close();
		await host?.stop();
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	});

	async function open(): Promise<void> {
		watched = await watchedPage(browser);
		page = watched.page;
		page.setDefaultTimeout(15_000);
		await page.goto(host.url);
		await goTo(page, '/compare');
	}

	/** What the application says of the newest comparison. */
	async function newest() {
		const { client, close } = await connect(host.url);
		const { comparisons } = await client.comparisons.list();
		const found = comparisons[0] === undefined ? undefined : await client.comparisons.get({ id: comparisons[0].id });
		close();
		return found;
	}

	test('a plan is made with what is in the library, and measuring begins', async () => {
		await page.getByText('Nothing compared yet').waitFor();
		await page.getByRole('button', { name: 'New comparison' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByRole('button', { name: /F32/ }).click();
		await page.getByRole('menuitem', { name: /^tiny / }).click();
		for (const kind of ['Code', 'Dialogue', 'German', 'Mathematics', 'Structured data']) {
			await dialog.getByRole('checkbox', { name: kind }).uncheck();
		}
		await dialog.getByRole('textbox', { name: /Repetitions/ }).fill('3');
		expect(await axeViolations(page)).toEqual([]);
		await dialog.getByRole('button', { name: 'Compare 3 files' }).click();
		await dialog.waitFor({ state: 'detached' });
		await page.getByRole('region', { name: 'Progress' }).waitFor();
		expect(await newest()).toMatchObject({
			total: 2 + 3 * (2 + 3),
			plan: { quantize: ['Q8_0', 'Q4_K_M'], repetitions: 3 },
		});
	});

	test('paused, it stands still, also after the application was started anew; then it goes on to the end', async () => {
		await expect.poll(async () => (await newest())?.done, { timeout: measuringMs }).toBeGreaterThanOrEqual(2);
		await page.getByRole('button', { name: 'Pause' }).click();
		await page.getByText('Paused', { exact: true }).waitFor();
		const before = await newest();
		await page.context().close();
		await host.stop();
		host = await startHost(join(folder, 'data'));
		await open();
		await page.getByText('Paused', { exact: true }).waitFor();
		expect(await newest()).toMatchObject({ status: 'paused', done: before?.done });
		await page.getByRole('button', { name: 'Go on' }).click();
		await expect.poll(async () => (await newest())?.status, { timeout: measuringMs }).toBe('done');
		await page.getByRole('region', { name: 'Progress' }).waitFor({ state: 'detached' });
	}, 200_000);

	test('every file has its numbers, and the verdict is the one of the application', async () => {
		const table = page.getByRole('table', { name: 'Measurements by file' });
		await expect.poll(() => table.getByRole('rowheader').allTextContents()).toEqual(['F32', 'Q8_0', 'Q4_K_M']);
		expect(await table.getByText('–', { exact: true }).count()).toBe(0);
		const lead = (await newest())!.verdict!.text.split('.')[0]!;
		await page.getByRole('region', { name: 'Verdict' }).getByText(lead).first().waitFor();
		await page.getByRole('region', { name: /^Quality against speed/ }).waitFor();
		const damage = page.getByRole('region', { name: 'Damage by kind of text' });
		await damage.getByRole('columnheader', { name: 'Japanese' }).waitFor();
		await table.getByRole('button', { name: /^Size/ }).click();
		await expect.poll(() => table.getByRole('rowheader').allTextContents()).toEqual(['Q4_K_M', 'Q8_0', 'F32']);
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
	});

	test('what it says to use becomes the model of new conversations', async () => {
		await page.getByRole('button', { name: /^Use .* for chat$/ }).click();
		await page.getByText(/ is the default$/).waitFor();
		const { client, close } = await connect(host.url);
		const { models } = await client.models.list();
		close();
		const { rows, verdict } = (await newest())!;
		const chosen = rows.find(({ candidateId }) => candidateId === verdict!.choose);
		expect(models.find((model) => model.default)?.id).toBe(chosen?.modelFileId);
	});

	test('it is taken out as Markdown, and deleting it can be undone', async () => {
		await page.getByRole('button', { name: 'Copy as' }).click();
		await page.getByRole('menuitem', { name: 'Copy as Markdown' }).click();
		await page.getByText('Copied as Markdown.').waitFor();
		expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('| Q4_K_M |');
		await page.getByRole('button', { name: /^tiny, 3 files/ }).click();
		await page.getByRole('menuitem', { name: 'Delete this comparison' }).click();
		await page.getByText('Nothing compared yet').waitFor();
		await page.getByRole('button', { name: 'Undo' }).click();
		await page.getByRole('table', { name: 'Measurements by file' }).waitFor();
		expect(await newest()).toMatchObject({ status: 'done' });
	});

	test('nothing was logged, and nobody else was asked for anything', () => {
		expect({ problems: watched.problems, foreignRequests: watched.foreignRequests }).toEqual({
			problems: [],
			foreignRequests: [],
		});
	});
});
