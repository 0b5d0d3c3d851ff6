import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/find-chromium.ts';
import { addConversation, addMessage } from '../support/fake-application/data.ts';
import { serveFake } from '../support/fake-application/host.ts';
import { pause } from '../support/fake-application/live.ts';
import { longAnswer } from '../support/fake-application/long-answer.ts';
import { buildLoadedState, buildModelFile } from '../support/fixtures/model.ts';

/** What the page did while 1,000 tokens/s arrived for 5 s. */
export interface RendererMeasurement {
	/** Tasks of the page's main thread that took more than 50 ms (the browser's own "longtask" entries). */
	readonly longTasksOver50ms: number;
	/**
	 * The longest task, ms: a long task if there was one, otherwise the longest gap between two turns of the event
	 * loop.
	 */
	readonly longestMs: number;
	/** Frames drawn per second while the answer arrived. */
	readonly framesPerSecond: number;
	/** Characters of the finished answer on the page. */
	readonly characters: number;
}

const tokens = 5_000;
const tokensPerSecond = 1_000;

/** Interval of the batches that the application sends, ms. */
const batchMs = 16;

/**
 * Streams one 5,000-token answer (or `pieces`) at 1,000 tokens/s into the built page in Chromium. Throws if the page or
 * Chromium is missing.
 */
export async function measureRenderer(
	rendererFolder = join(import.meta.dirname, '..', '..', 'dist', 'renderer'),
	pieces: readonly string[] = longAnswer(tokens),
): Promise<RendererMeasurement> {
	const executablePath = findChromium();
	if (executablePath === null) throw new Error('Chromium is not installed: run `node scripts/install-chromium.ts`');
	if (!existsSync(join(rendererFolder, 'index.html')))
		throw new Error(`no built page in ${rendererFolder}: npm run build`);
	const host = await serveFake(rendererFolder);
	const { fake } = host;
	fake.data.models = [buildModelFile(1)];
	fake.data.states.set(1, buildLoadedState(1));
	const { id } = addConversation(fake.data, 'A long answer', Date.now());
	const asked = addMessage(fake.data, id, { content: 'Write a very long answer.' });
	const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
	try {
		const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
		await page.goto(host.url);
		await page.evaluate((address) => {
			location.hash = address;
		}, `#/chat/${id}`);
		await page.getByText('Write a very long answer.').waitFor();
		await page.evaluate(watch);
		let finish = () => {};
		const finished = new Promise<void>((resolve) => {
			finish = resolve;
		});
		fake.script = async (answer) => {
			const start = performance.now();
			for (let sent = 0; sent < pieces.length; ) {
				const due = Math.min(pieces.length, Math.ceil(((performance.now() - start) / 1000) * tokensPerSecond));
				if (due > sent) answer.write(pieces.slice(sent, due).join(''), due - sent);
				sent = due;
				await pause(batchMs);
			}
			finish();
		};
		fake.begin(id, asked.id);
		await finished;
		await page.getByRole('button', { name: 'Answer again' }).waitFor();
		await page.waitForTimeout(500);
		return await page.evaluate(report);
	} finally {
		await browser.close();
		await host.close();
	}
}

interface Watched {
	longTasks: number[];
	longestGap: number;
	frames: number;
	start: number;
	stop: boolean;
}

/** Runs in the page: records long tasks, gaps of the event loop, and frames. */
function watch(): void {
	const watched: Watched = { longTasks: [], longestGap: 0, frames: 0, start: performance.now(), stop: false };
	(globalThis as { watched?: Watched }).watched = watched;
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries()) watched.longTasks.push(entry.duration);
	}).observe({ type: 'longtask' });
	const channel = new MessageChannel();
	let last = performance.now();
	channel.port1.onmessage = () => {
		const now = performance.now();
		watched.longestGap = Math.max(watched.longestGap, now - last);
		last = now;
		// A timer would be throttled to 4 ms; a message arrives as soon as the thread is free.
		if (!watched.stop) setTimeout(() => channel.port2.postMessage(null), 1);
	};
	channel.port2.postMessage(null);
	const frame = () => {
		watched.frames += 1;
		if (!watched.stop) requestAnimationFrame(frame);
	};
	requestAnimationFrame(frame);
}

function report(): RendererMeasurement {
	const watched = (globalThis as { watched?: Watched }).watched!;
	watched.stop = true;
	const seconds = (performance.now() - watched.start) / 1000;
	return {
		longTasksOver50ms: watched.longTasks.filter((duration) => duration > 50).length,
		longestMs: watched.longTasks.length > 0 ? Math.max(...watched.longTasks) : watched.longestGap,
		framesPerSecond: watched.frames / seconds,
		characters: document.querySelector('article .md')?.textContent?.length ?? 0,
	};
}
