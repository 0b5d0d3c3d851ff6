import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Application } from '../../electron/application/application.ts';
import { type BrowserHost, startBrowserHost } from '../../electron/hosts/browser/browser-host.ts';
import { defaultSampling } from '../../models/contract/default-sampling.ts';
import {
	axeViolationsInBothThemes,
	browserMissing,
	goTo,
	launchBrowser,
	rendererFolder,
	type WatchedPage,
	watchedPage,
} from '../support/browser.ts';
import { openWithChangedLayout } from '../support/changed-layout.ts';
import { starterModelPath } from '../support/starter-model.ts';

/** The built page, the real worker and the real starter model, on a computer with another libllama than expected. */
describe.skipIf(browserMissing() !== null)('where llama.cpp’s structs are not those that Assay knows', () => {
	const folder = mkdtempSync(join(tmpdir(), 'assay-other-engine-'));
	let application: Application;
	let host: BrowserHost;
	let browser: Browser;
	let watched: WatchedPage;

	beforeAll(async () => {
		application = await openWithChangedLayout(folder);
		const { id } = await application.client.models.add({ path: await starterModelPath() });
		await application.client.models.setOptions({ id, options: { threads: 1, contextSize: 1024 } });
		await application.client.settings.set({ sampling: { ...defaultSampling, temperature: 0, maxTokens: 40 } });
		host = await startBrowserHost({ application, port: 0, rendererFolder, log: () => {} });
		browser = await launchBrowser();
		watched = await watchedPage(browser);
		watched.page.setDefaultTimeout(40_000);
		await watched.page.goto(host.newLink().url);
	});
	afterAll(async () => {
		await browser?.close();
		await host?.close();
		await application?.close();
		rmSync(folder, { recursive: true, force: true });
	});

	test('a person has a conversation all the same, and each answer names its engine', async () => {
		const { page } = watched;
		for (const [text, words] of [
			['What is the capital of England?', 'London'],
			['And of Japan?', 'Tokyo'],
		] as const) {
			await page.getByRole('textbox', { name: 'Message' }).fill(text);
			await page.getByRole('button', { name: 'Send', exact: true }).click();
			await page.getByRole('article', { name: 'Answer', exact: true }).last().getByText(words).first().waitFor();
			await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
		}
		const answer = page.getByRole('article', { name: 'Answer', exact: true }).last();
		await expect.poll(() => answer.textContent()).toMatch(/ · .+Q4_1 · node-llama-cpp/);
	});

	test('the status bar, the model and the check of everything say which engine answers and why', async () => {
		const { page } = watched;
		const engine = page.getByRole('contentinfo').getByText('node-llama-cpp 0.4.0');
		expect(await engine.getAttribute('title')).toContain('llama_context_params.n_ubatch reads 512 instead of 513');
		await goTo(page, '/models');
		await page.getByText(/^node-llama-cpp answers instead of llama\.cpp’s C API\. The installed llama\.cpp/).waitFor();
		await page.getByText('Evaluations and comparisons are off').first().waitFor();
		expect(await axeViolationsInBothThemes(page)).toEqual([]);
		await goTo(page, '/settings/about');
		await page.getByRole('button', { name: 'Run check' }).click();
		const checks = page.getByRole('list', { name: 'Checks' });
		await checks.getByText(/node-llama-cpp answers in place/).waitFor();
		await checks.getByText(/evaluations and comparisons are off: .* Reinstall Assay/).waitFor();
		expect(watched.problems).toEqual([]);
	});
});
