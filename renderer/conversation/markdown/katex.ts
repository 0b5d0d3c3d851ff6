import type { KatexOptions } from 'katex';
import { loadOnDemand } from './load-on-demand.ts';

/** Renders a formula; null if KaTeX can't read it. */
type Typeset = (source: string, display: boolean) => HTMLElement | null;

/** Longest formula that is rendered, in characters; nobody reads a longer one. */
const maxCharacters = 8_000;

/**
 * A rendered formula with deeper nesting or more elements is rejected: layout recurses as deep as the elements, and a
 * few thousand levels crash the page.
 */
const maxDepth = 320;
const maxElements = 20_000;

/** KaTeX limits sizes, but neither shifts nor negative sizes: a rule 9,999 em down made a message 180,000 px high. */
const maxEm = 250;

/**
 * The source comes from a model or a file. Without `trust` it can't add links, images, classes or styles; sizes (em)
 * and macro expansions are limited, and the output is built from elements, never parsed as HTML.
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
			// Not LaTeX, or nested deeper than the stack: show the source.
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
