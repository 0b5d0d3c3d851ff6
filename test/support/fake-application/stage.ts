import type { Browser } from 'playwright-core';
import { goTo, rendererFolder, type WatchedPage, watchedPage } from '../browser.ts';
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
 * Clears stored state, but only in the first document of a scene: its address has the token, a reloaded one has not.
 */
function forget(): void {
	if (!location.hash.includes('token=')) return;
	localStorage.clear();
	sessionStorage.clear();
}

/** The page's general content appears within this time, ms; each scene's act waits for its own subject. */
const firstLookMs = 300;

/**
 * A new page costs a process and compiles the whole program again; a page that stays at its address has it cached. So
 * each page keeps its port, and each scene serves another application behind it.
 */
export function createStages(browser: Browser): Stages {
	const free: { watched: WatchedPage; port: number }[] = [];

	async function open(): Promise<WatchedPage> {
		const watched = await watchedPage(browser, { reducedMotion: 'reduce' });
		await watched.page.addInitScript(forget);
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
				await page.goto(host.url);
				await goTo(page, route);
				await page.locator('#root > *').first().waitFor();
				await page.waitForTimeout(firstLookMs);
				await scene.act?.(page);
				const seen = await look(watched);
				await page.mouse.move(-1, -1);
				await page.goto('about:blank');
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
