import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/find-chromium.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';
import { connect } from './client.ts';
import type { Measurement } from './measurement.ts';
import { startHost } from './product.ts';
import { median } from './statistics.ts';

/** 1,000,050 characters, in lines of ordinary prose. */
const megabyte = 'The tide is low at four, and the harbour is quiet.\n'.repeat(19_609);

/** A fast typist, ms between keys; each pause is long enough to store the draft and count its tokens. */
const keyPauseMs = 120;

/** Runs in the page: records the time from each key to the frame that shows it. */
function watchKeys(): void {
	const keys: number[] = [];
	const tasks: number[] = [];
	Object.assign(globalThis, { keys, tasks });
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries()) tasks.push(entry.duration);
	}).observe({ type: 'longtask' });
	document.addEventListener(
		'keydown',
		({ timeStamp }) => {
			// A task that is queued in a frame runs after that frame has been drawn.
			requestAnimationFrame(() => setTimeout(() => keys.push(performance.now() - timeStamp), 0));
		},
		{ capture: true },
	);
}

/** Sets the draft in the only text field of that name, then types `count` keys. */
async function type(page: Page, draft: string, count: number): Promise<{ keys: number[]; tasks: number[] }> {
	const composer = page.getByRole('textbox', { name: 'Message' });
	await composer.focus();
	// Filled in the way a reloaded page restores its draft: typing it would take the browser alone a minute.
	await composer.evaluate((area, text) => {
		Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(area, text);
		area.dispatchEvent(new Event('input', { bubbles: true }));
	}, draft);
	// By then, storing the draft and counting its tokens are done.
	await page.waitForTimeout(4_000);
	await page.evaluate(() => {
		const { keys, tasks } = globalThis as unknown as { keys: number[]; tasks: number[] };
		keys.length = 0;
		tasks.length = 0;
	});
	for (let key = 0; key < count; key += 1) {
		await composer.press('x');
		await page.waitForTimeout(keyPauseMs);
	}
	await page.waitForTimeout(3_000);
	return page.evaluate(() => {
		const { keys, tasks } = globalThis as unknown as { keys: number[]; tasks: number[] };
		return { keys, tasks };
	});
}

export const draftTyping: Measurement = {
	name: 'draft-typing',
	about: 'from a key to the frame that shows it, in a draft of 1 MB; beside it in a bare text field of the browser',
	unit: 'ms',
	// The browser's own text field takes most of it (45 ms at best on 2 busy cores): the target limits what Assay adds.
	target: { of: 'ratio', relation: 'at-most', limit: 2 },
	async run(context) {
		const executablePath = findChromium();
		if (executablePath === null) throw new Error('there is no Chromium: node scripts/install-chromium.ts gets one');
		await context.release();
		const folder = mkdtempSync(join(context.folder, 'draft-typing-'));
		writeTinyGguf(join(folder, 'tiny.gguf'));
		const host = await startHost(join(folder, 'data'), { ASSAY_ENGINE_SCRIPT: '{}' });
		const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
		try {
			const { client, close } = await connect(host.url);
			const { id } = await client.models.add({ path: join(folder, 'tiny.gguf') });
			await client.models.load({ id });
			close();
			const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
			await page.goto(host.url);
			await page.getByRole('textbox', { name: 'Message' }).waitFor();
			await page.evaluate(watchKeys);
			await context.settle();
			const count = context.quick ? 10 : 60;
			const long = await type(page, megabyte, count);
			const bare = await browser.newPage({ viewport: { width: 1280, height: 800 } });
			await bare.setContent('<textarea aria-label="Message" style="width: 680px; height: 300px"></textarea>');
			await bare.evaluate(watchKeys);
			const browsers = await type(bare, megabyte, count);
			const details = { medianMs: median(long.keys), longestTaskMs: Math.max(0, ...long.tasks) };
			return { values: long.keys, baselines: browsers.keys, summary: 'p95', details };
		} finally {
			await browser.close();
			await host.stop();
		}
	},
};
