import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type axe from 'axe-core';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/find-chromium.ts';

/** The built page; `npm test` builds it first. */
export const rendererFolder = join(import.meta.dirname, '..', '..', 'dist', 'renderer');

/** Why the browser tests can't run here; null if they can. Printed, so that a skip is noticed. */
export function browserMissing(): string | null {
	const why =
		findChromium() === null
			? 'Chromium is not installed (node scripts/install-chromium.ts)'
			: existsSync(join(rendererFolder, 'index.html'))
				? null
				: 'the page is not built (npm run build)';
	if (why !== null) process.stdout.write(`SKIPPED: ${why}\n`);
	return why;
}

export function launchBrowser(): Promise<Browser> {
	const args = [
		'--no-sandbox',
		'--force-color-profile=srgb',
		// Without a window Chromium places letters at whole pixels unless it is told not to.
		'--font-render-hinting=none',
		// A page lives for seconds here: optimising its code takes more time than running it, a tenth of a test's.
		'--js-flags=--no-opt --no-maglev',
	];
	return chromium.launch({ executablePath: findChromium()!, args });
}

export interface WatchedPage {
	readonly page: Page;
	/** Console errors, uncaught errors and blocked resources so far. */
	readonly problems: string[];
	/** Hosts other than the page's own that received a request. */
	readonly foreignRequests: string[];
}

export interface PageOptions {
	width?: number;
	height?: number;
	theme?: 'light' | 'dark';
	/** Disables the content policy, to test whether the page is safe without it. */
	bypassCSP?: boolean;
	reducedMotion?: 'reduce' | 'no-preference';
}

/** Opens a page in its own browser context that records every problem in it. */
export async function watchedPage(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
	const context = await browser.newContext({
		viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
		colorScheme: options.theme ?? 'light',
		bypassCSP: options.bypassCSP ?? false,
		reducedMotion: options.reducedMotion ?? 'no-preference',
		permissions: ['clipboard-read', 'clipboard-write'],
	});
	const page = await context.newPage();
	const problems: string[] = [];
	const foreignRequests: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
	});
	page.on('pageerror', (error) => problems.push(String(error)));
	page.on('request', (request) => {
		const { protocol, hostname } = new URL(request.url());
		const own = hostname === '127.0.0.1' || hostname.endsWith('.localhost');
		if (protocol !== 'data:' && protocol !== 'blob:' && !own) foreignRequests.push(request.url());
	});
	return { page, problems, foreignRequests };
}

/** The rules of axe that a theme can break. */
const colourRules = ['color-contrast', 'link-in-text-block'];

let readSource: string | undefined;

/** Returns axe without its comments, which are most of its source: every document of a test reads it. */
function axeSource(): string {
	readSource ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
	return readSource;
}

/**
 * Returns every violation of WCAG 2.2 AA and axe's best practices, or of these rules alone, with the element. Skips the
 * guards that return the focus to an open menu: axe accepts them if it sees that something modal covers the page, and it
 * checks that at a few points, one of which may be the menu's own button.
 */
export async function axeViolations(page: Page, rules?: readonly string[]): Promise<string[]> {
	await settled(page);
	// Injected once per document and limited to violations: axe's own driver takes 0.9 s a call, this 0.06.
	if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource());
	return page.evaluate(async (values) => {
		const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(
			{ exclude: [['[data-base-ui-focus-guard]']] },
			{
				resultTypes: ['violations'],
				...(values === undefined ? {} : { runOnly: { type: 'rule', values: [...values] } }),
			},
		);
		return violations.flatMap(({ id, nodes }) =>
			nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
		);
	}, rules);
}

/** Resolves when the latest changes are drawn and all transitions and animations have ended; ignores endless ones. */
export async function settled(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
		await frame();
		await frame();
		// A parent's colour fades first, and each step of it restarts the transition of the children that inherit it.
		for (let round = 0; round < 20; round += 1) {
			const ending = document
				.getAnimations()
				.filter(({ effect }) => Number.isFinite(Number(effect?.getComputedTiming().endTime ?? 0)));
			if (ending.length === 0) return;
			await Promise.allSettled(ending.map(({ finished }) => finished));
			await frame();
		}
	});
}

/** Runs `axeViolations` in both themes, in the second one the rules about colours; each violation names its theme. */
export async function axeViolationsInBothThemes(page: Page): Promise<string[]> {
	const found: string[] = [];
	for (const [colorScheme, rules] of [['light'], ['dark', colourRules]] as const) {
		await page.emulateMedia({ colorScheme });
		found.push(...(await axeViolations(page, rules)).map((violation) => `${colorScheme}: ${violation}`));
	}
	return found;
}

/** Goes to a route of the page by its fragment, without losing the token. */
export async function goTo(page: Page, route: string): Promise<void> {
	await page.evaluate((hash) => {
		location.hash = hash;
	}, `#${route}`);
}

/** Finds Undo in the notice with `text`: earlier notices stay on screen for some seconds. */
export function undoButton(page: Page, text: string | RegExp): Locator {
	const notice = page.getByRole('region', { name: 'Notices' }).locator('> div');
	return notice.filter({ hasText: text }).last().getByRole('button', { name: 'Undo' });
}

/** Clicks Undo in that notice. */
export async function undo(page: Page, text: string | RegExp): Promise<void> {
	await undoButton(page, text).click();
}
