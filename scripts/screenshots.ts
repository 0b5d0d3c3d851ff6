/**
 * `npm run screenshots`: writes a picture of every screen and state to screenshots/ for review, at 1280×800 and
 * 900×600, light and dark, and at 900×600 in both pseudo-locales: words that are 40 % longer, and right-to-left. `npm run screenshots -- chat models` takes only scenes whose names begin with one of these
 * words.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { browserMissing, goTo, launchBrowser, rendererFolder, settled, watchedPage } from '../test/support/browser.ts';
import { serveFake } from '../test/support/fake-application/host.ts';
import { scenes } from '../test/support/fake-application/scenes.ts';
import { layoutFaults, speakPseudo } from '../test/support/layout-faults.ts';
import { projectRoot } from './run-step.ts';

/** Long enough for every transition and for the first step of an animated scene, ms. */
const settleMs = 900;

const wanted = process.argv.slice(2);
const names = Object.keys(scenes).filter(
	(name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)),
);
const folder = join(projectRoot, 'screenshots');

if (browserMissing() !== null) process.exit(1);
if (wanted.length === 0 && existsSync(folder)) rmSync(folder, { recursive: true });
mkdirSync(folder, { recursive: true });

const browser = await launchBrowser();
let problems = 0;
for (const name of names) {
	for (const theme of ['light', 'dark'] as const) {
		for (const [width, height] of [
			[1280, 800],
			[900, 600],
		] as const) {
			const host = await serveFake(rendererFolder);
			const watched = await watchedPage(browser, { theme, width, height });
			const scene = scenes[name]!;
			const route = scene.prepare(host.fake);
			await watched.page.goto(host.url);
			await goTo(watched.page, route);
			await watched.page.waitForTimeout(settleMs);
			await scene.act?.(watched.page);
			await settled(watched.page);
			await watched.page.screenshot({ path: join(folder, `${name}-${theme}-${width}x${height}.png`) });
			for (const problem of watched.problems) process.stderr.write(`${name}: ${problem}\n`);
			problems += watched.problems.length;
			await watched.page.context().close();
			await host.close();
		}
	}
	for (const language of ['long', 'rtl'] as const) {
		const host = await serveFake(rendererFolder);
		const { page, problems: said } = await watchedPage(browser, { theme: 'light', width: 900, height: 600 });
		await speakPseudo(page, language);
		const route = scenes[name]!.prepare(host.fake);
		await page.goto(host.url);
		await goTo(page, route);
		await page.waitForTimeout(settleMs);
		await settled(page);
		await page.screenshot({ path: join(folder, `${name}-${language}-900x600.png`) });
		const faults = [...said, ...(await layoutFaults(page))];
		for (const fault of faults) process.stderr.write(`${name}, ${language}: ${fault}\n`);
		problems += faults.length;
		await page.context().close();
		await host.close();
	}
	process.stdout.write(`${name}\n`);
}
await browser.close();
process.stdout.write(`${names.length} scenes in screenshots/\n`);
process.exit(problems === 0 ? 0 : 1);
