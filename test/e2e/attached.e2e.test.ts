import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import { connect } from '../bench/client.ts';
import { type Host, startHost } from '../bench/product.ts';
import { browserMissing, launchBrowser, watchedPage } from '../support/browser.ts';
import { pdfBytes } from '../support/pdf-bytes.ts';
import { starterModelPath } from '../support/starter-model.ts';

describe.skipIf(browserMissing() !== null)('a question about a PDF, to the real model', () => {
	let folder: string;
	let host: Host;
	let browser: Browser;
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), 'assay-e2e-'));
		host = await startHost(folder);
		browser = await launchBrowser();
	});
	afterAll(async () => {
		await browser?.close();
		await host?.stop();
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	});

	test('is counted to the token before it is sent, and answered from the PDF', async () => {
		const { client, close } = await connect(host.url);
		const sampling = { ...defaultSampling, temperature: 0, repeatPenalty: 1, maxTokens: 24 };
		await client.settings.set({ sampling });
		const { id } = await client.models.add({ path: await starterModelPath() });
		await client.models.load({ id, contextSize: 2_048 });
		const { page, problems } = await watchedPage(browser);
		page.setDefaultTimeout(40_000);
		await page.goto(host.url);
		const composer = page.getByRole('textbox', { name: 'Message' });
		await composer.fill('What is the name of the harbour master?');
		const buffer = pdfBytes(['The name of the harbour master is Odalys.']);
		await page.locator('[data-attach]').setInputFiles([{ name: 'staff.pdf', mimeType: 'application/pdf', buffer }]);
		const chip = page.getByRole('list', { name: 'Attachments' }).getByRole('button', { name: /^staff.pdf/ });
		await expect.poll(() => chip.textContent(), { timeout: 20_000 }).toMatch(/staff\.pdf\d+ tokens/);
		const counted = await page.getByRole('button', { name: /^Context:/ }).textContent();
		await composer.press('Enter');
		const answer = page.getByRole('article', { name: 'Answer', exact: true });
		await answer.waitFor();
		expect(await answer.textContent()).toContain('Odalys');
		const [conversation] = (await client.conversations.list({})).conversations;
		const { messages } = await client.conversations.get({ id: conversation?.id ?? 0 });
		close();
		expect(counted).toContain(` ${messages.at(-1)?.generation?.promptTokens} / 2,048`);
		expect(problems).toEqual([]);
	});
});
