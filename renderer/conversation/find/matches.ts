import type { Message } from '../../../electron/contract/conversation.ts';

/** The messages that hold the words, in their order; capital letters don't matter. */
export function findMessages(
	messages: readonly Pick<Message, 'id' | 'content' | 'reasoning'>[],
	typed: string,
): readonly number[] {
	const words = typed.trim().toLowerCase();
	if (words === '') return [];
	return messages
		.filter(({ content, reasoning }) => `${content}\n${reasoning ?? ''}`.toLowerCase().includes(words))
		.map(({ id }) => id);
}

/** Where the words stand in what is drawn below `root`, in the order of the page. */
export function findRanges(root: Node, typed: string): readonly Range[] {
	const words = typed.trim().toLowerCase();
	if (words === '') return [];
	const ranges: Range[] = [];
	const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
		const text = (node.nodeValue ?? '').toLowerCase();
		for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + words.length)) {
			// A few letters are longer in lower case: what lies behind them is not marked.
			if (at + words.length > (node.nodeValue ?? '').length) break;
			const range = document.createRange();
			range.setStart(node, at);
			range.setEnd(node, at + words.length);
			ranges.push(range);
		}
	}
	return ranges;
}
