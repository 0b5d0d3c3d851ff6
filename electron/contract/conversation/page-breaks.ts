/**
 * Begins each page but the first in the text of a PDF, so that pages can be chosen later. Models and readers are shown
 * the text without it. Kept apart from the schemas so that the page can import it.
 */
export const pageBreak = '\f';

/** Returns the text as models and readers see it. */
export function withoutPageBreaks(text: string): string {
	return text.replaceAll(pageBreak, '');
}
