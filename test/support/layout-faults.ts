import type { Page } from 'playwright-core';

/** Makes each document of the page speak a pseudo-locale: `long` has 40 % longer words, `rtl` runs from right to left. */
export async function speakPseudo(page: Page, language: 'long' | 'rtl'): Promise<void> {
	await page.addInitScript((name) => {
		globalThis.assayPseudoLocale = name;
	}, language);
}

/** Finds what a longer or mirrored text breaks: a page that scrolls sideways, a control that is cut or out of sight. */
export function layoutFaults(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const found: string[] = [];
		const root = document.documentElement;
		const sideways = root.scrollWidth - root.clientWidth;
		if (sideways > 0) found.push(`the page scrolls sideways by ${sideways} px`);
		const scrolls = (element: Element | null): boolean =>
			element !== null && (/auto|scroll/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
		for (const control of document.querySelectorAll<HTMLElement>('button, a[href], [role="tab"], [role="button"]')) {
			if (!control.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
			const name = (control.getAttribute('aria-label') ?? control.textContent ?? '').trim().slice(0, 60);
			const box = control.getBoundingClientRect();
			if (box.width < 4 || box.height < 4) continue;
			if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(control.parentElement)) {
				found.push(`out of sight: ${name}`);
			}
			const style = getComputedStyle(control);
			const isCut = control.scrollWidth > control.clientWidth + 1 && style.overflowX !== 'visible';
			if (isCut && style.textOverflow !== 'ellipsis') found.push(`cut: ${name}`);
		}
		return found;
	});
}
