import type { KatexOptions } from 'katex';
import { loadOnDemand } from './load-on-demand.ts';

/** Draws a formula; null where it is none that KaTeX can read. */
type Typeset = (source: string, display: boolean) => HTMLElement | null;

/** Longer than this is no formula that anybody reads, in characters. */
const maxCharacters = 8_000;

/**
 * A drawn formula deeper or larger than this is none, in elements: layout goes as deep as the elements do, and a few
 * thousand levels take the whole page down.
 */
const maxDepth = 320;
const maxElements = 20_000;

/** KaTeX bounds sizes, but neither shifts nor negative ones: a rule 9,999 em down made a message 180,000 px high. */
const maxEm = 250;

/**
 * The source comes from a model or a file. Without `trust` there are no links, images, classes or styles of its own;
 * sizes (em) and macro expansions are bounded; it is built of elements, never parsed as HTML.
 */
const options: KatexOptions = { trust: false, strict: 'ignore', throwOnError: true, maxSize: 24, maxExpand: 400 };

export const typesetter = loadOnDemand<Typeset>(async () => {
	const [{ default: katex }] = await Promise.all([import('katex'), import('katex/dist/katex.min.css')]);
	return (source, display) => {
		if (source.length > maxCharacters) return null;
		const place = document.createElement('span');
		try {
			katex.render(source, place, { ...options, displayMode: display });
			return isDrawable(place) ? place : null;
		} catch {
			// Not LaTeX, or nested deeper than the stack: the source is shown as it is.
			return null;
		}
	};
});

function isDrawable(root: Element): boolean {
	const waiting: { element: Element; depth: number }[] = [{ element: root, depth: 1 }];
	let seen = 0;
	for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
		seen += 1;
		if (next.depth > maxDepth || seen > maxElements) return false;
		const sizes = next.element.getAttribute('style')?.matchAll(/(\d+(?:\.\d+)?)em/g) ?? [];
		for (const [, size] of sizes) if (Number(size) > maxEm) return false;
		for (const element of next.element.children) waiting.push({ element, depth: next.depth + 1 });
	}
	return true;
}
