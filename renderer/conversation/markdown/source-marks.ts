import { createContext } from 'react';
import type { HastNode } from './markdown-plugins.ts';

/** Opens a source of the answer around it; null: its numbers are only text. */
export const SourceContext = createContext<((number: number) => void) | null>(null);

/** A number in square brackets, as answers name their sources. */
const sourcePattern = /\[(\d{1,4})\]/g;

/** Elements whose text is not the answer's prose. */
const closed: ReadonlySet<string> = new Set(['a', 'code', 'pre', 'math']);

/** Turns [1] into a mark that opens its source, for numbers up to `known`; marks quotes that are in no source. */
export function rehypeSources({ known, quotes }: { readonly known: number; readonly quotes: readonly string[] }) {
	return (tree: HastNode): void => {
		if (known > 0) replaceTexts(tree, (text) => splitSources(text, known));
		for (const quote of quotes) replaceTexts(tree, (text) => splitQuote(text, quote));
	};
}

function replaceTexts(node: HastNode, split: (text: string) => readonly HastNode[] | null): void {
	if (closed.has(node.tagName ?? '') || node.children === undefined) return;
	node.children = node.children.flatMap((child) => {
		if (child.type !== 'text') {
			replaceTexts(child, split);
			return [child];
		}
		return split(child.value ?? '') ?? [child];
	});
}

const text = (value: string): HastNode[] => (value === '' ? [] : [{ type: 'text', value }]);

function splitSources(value: string, known: number): readonly HastNode[] | null {
	const nodes: HastNode[] = [];
	let end = 0;
	for (const match of value.matchAll(sourcePattern)) {
		const number = Number(match[1]);
		if (number < 1 || number > known) continue;
		nodes.push(...text(value.slice(end, match.index)));
		nodes.push({ type: 'element', tagName: 'cite', properties: { dataNumber: number }, children: text(match[0]) });
		end = match.index + match[0].length;
	}
	return end === 0 ? null : [...nodes, ...text(value.slice(end))];
}

function splitQuote(value: string, quote: string): readonly HastNode[] | null {
	const start = value.indexOf(quote);
	if (start === -1) return null;
	return [
		...text(value.slice(0, start)),
		{ type: 'element', tagName: 'mark', properties: {}, children: text(quote) },
		...text(value.slice(start + quote.length)),
	];
}
