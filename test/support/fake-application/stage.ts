import type { Browser } from 'playwright-core';
import { rendererFolder, type WatchedPage, watchedPage } from '../browser.ts';
import { speakPseudo } from '../layout-faults.ts';
import { serveFake } from './host.ts';
import type { Scene } from './scene.ts';

/** Pages that play scenes one after the other. */
export interface Stages {
	/**
	 * Shows the scene on a free page, without leftovers of the previous scene, and resolves with the result of `look`.
	 */
	play<T>(scene: Scene, look: (watched: WatchedPage) => Promise<T>): Promise<T>;
}

/**
 * Runs in the page before its own script. The scene's address also names the route, so that no other screen is drawn
 * first. A reloaded document has no token in its address and is left alone.
 */
function enter(): void {
	const asked = new URLSearchParams(location.hash.slice(1));
	const token = asked.get('token');
	if (token === null) return;
	localStorage.clear();
	sessionStorage.clear();
	sessionStorage.setItem('assay.token', token);
	history.replaceState(null, '', `${location.pathname}#${asked.get('route')}`);
}

/** The page's general content appears within this time, ms; each scene's act waits for its own subject. */
const firstLookMs = 300;
/** A screen has its heading by then; a few get theirs by their scene's act, ms. */
const headingMs = 3_000;

/**
 * A new page costs a process and compiles the whole program again; a page that stays at its address has it cached. So
 * each page keeps its port, and each scene serves another application behind it. `language` is a pseudo-locale.
 */
export function createStages(browser: Browser, language?: 'long' | 'rtl'): Stages {
	const free: { watched: WatchedPage; port: number }[] = [];

	async function open(): Promise<WatchedPage> {
		const watched = await watchedPage(browser, { reducedMotion: 'reduce' });
		await watched.page.addInitScript(enter);
		if (language !== undefined) await speakPseudo(watched.page, language);
		return watched;
	}

	return {
		async play(scene, look) {
			const stage = free.pop();
			const watched = stage?.watched ?? (await open());
			const { page, problems, foreignRequests } = watched;
			const host = await serveFake(rendererFolder, undefined, stage?.port);
			try {
				await page.emulateMedia({ colorScheme: 'light' });
				await page.setViewportSize({ width: 1280, height: 800 });
				const route = scene.prepare(host.fake);
				await page.goto(`${host.url}&route=${encodeURIComponent(route)}`);
				await page.locator('#root > *').first().waitFor();
				// The code of most screens comes after the page's: on a busy machine later than the first look.
				await page
					.locator('h1')
					.first()
					.waitFor({ state: 'attached', timeout: headingMs })
					.catch(() => {});
				await page.waitForTimeout(firstLookMs);
				await scene.act?.(page);
				const seen = await look(watched);
				await page.mouse.move(-1, -1);
				// The page navigates by itself: a navigation by Playwright would start a new process, which compiles
				// everything again.
				await page.evaluate(() => location.replace('about:blank'));
				await page.waitForURL('about:blank');
				problems.length = 0;
				foreignRequests.length = 0;
				free.push({ watched, port: host.port });
				return seen;
			} catch (error) {
				await page.context().close();
				throw error;
			} finally {
				await host.close();
			}
		},
	};
}
