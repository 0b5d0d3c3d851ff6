import type { Browser } from 'playwright-core';
import { goTo, rendererFolder, type WatchedPage, watchedPage } from '../browser.ts';
import { serveFake } from './host.ts';
import type { Scene } from './scene.ts';

/** Pages on which scenes are played one after the other. */
export interface Stages {
	/** Shows the scene on a page that is free, with nothing left of the scene before, and answers with what `look` saw. */
	play<T>(scene: Scene, look: (watched: WatchedPage) => Promise<T>): Promise<T>;
}

/** At the first document of a scene alone: its address has the token, which a reloaded one has no more. */
function forget(): void {
	if (!location.hash.includes('token=')) return;
	localStorage.clear();
	sessionStorage.clear();
}

/** So much of what a page shows first comes within this time, ms; what a scene is about is waited for by its own act. */
const firstLookMs = 300;

/**
 * A new page costs a process and compiles the whole program again; one that goes on at the same address has it at hand.
 * So each page keeps its port, behind which another application stands for every scene.
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
