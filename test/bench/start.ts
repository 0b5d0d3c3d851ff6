import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../scripts/find-chromium.ts';
import { connect } from './client.ts';
import type { Measurement } from './measurement.ts';
import { startHost } from './product.ts';
import { median } from './statistics.ts';

/** Measures the milliseconds from the command to its address, and to a page that shows typed text. */
async function startOnce(browser: Browser, folder: string): Promise<{ addressMs: number; pageMs: number }> {
	const context = await browser.newContext();
	const start = performance.now();
	const host = await startHost(folder);
	try {
		const addressMs = performance.now() - start;
		const page = await context.newPage();
		await page.goto(host.url);
		await page.locator('textarea[data-composer]').fill('Hello');
		// Ready to be clicked: the page has its model list and has taken the text.
		await page.getByRole('button', { name: 'Send', exact: true }).click({ trial: true });
		return { addressMs, pageMs: performance.now() - start };
	} finally {
		await context.close();
		await host.stop();
	}
}

export const start: Measurement = {
	name: 'start',
	about: 'from the command to a page one can type into, in an open browser, no model loaded',
	unit: 'ms',
	target: null,
	async run(context) {
		const executablePath = findChromium();
		if (executablePath === null) throw new Error('there is no Chromium: node scripts/install-chromium.ts gets one');
		await context.release();
		const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
		try {
			const folder = mkdtempSync(join(context.folder, 'start-'));
			const values: number[] = [];
			const addresses: number[] = [];
			const firstStart = await startHost(folder);
			const { client, close } = await connect(firstStart.url);
			await client.models.add({ path: context.modelPath });
			close();
			await firstStart.stop();
			for (let round = -1; round < (context.quick ? 2 : 7); round += 1) {
				await context.settle();
				const { addressMs, pageMs } = await startOnce(browser, folder);
				if (round < 0) continue;
				values.push(pageMs);
				addresses.push(addressMs);
			}
			return { values, baselines: [], details: { untilAddressMs: median(addresses) } };
		} finally {
			await browser.close();
		}
	},
};
