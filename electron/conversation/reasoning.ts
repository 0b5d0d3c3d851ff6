import { reasoningTags } from '../../models/prompt/reasoning-tag.ts';

/** A piece of an answer, split into reasoning and content. */
export interface AnswerPiece {
	readonly content: string;
	readonly reasoning: string;
}

/** Separates reasoning from content while an answer arrives in pieces of any size. */
export interface ReasoningSplitter {
	push(text: string): AnswerPiece;
	/** Returns text held back as a possible tag. The splitter cannot be used afterwards. */
	finish(): AnswerPiece;
	/** `inside` while the model is thinking. */
	phase(): 'start' | 'inside' | 'after' | 'content';
}

/** Only a tag at the start of the answer counts: in the middle of a text, `<think>` is text. */
export function createReasoningSplitter(): ReasoningSplitter {
	let phase: 'start' | 'inside' | 'after' | 'content' = 'start';
	let close = '';
	let held = '';
	/** true once a character of the reasoning has been emitted: white space before it is not part of it. */
	let hasStarted = false;

	function start(): AnswerPiece {
		const text = held.trimStart();
		const tag = reasoningTags.find(({ open }) => text.startsWith(open));
		if (tag !== undefined) {
			phase = 'inside';
			close = tag.close;
			held = text.slice(tag.open.length);
			return inside();
		}
		if (reasoningTags.some(({ open }) => open.startsWith(text))) return { content: '', reasoning: '' };
		phase = 'content';
		return { content: take(held.length), reasoning: '' };
	}

	function inside(): AnswerPiece {
		if (!hasStarted) {
			held = held.trimStart();
			hasStarted = held !== '';
		}
		const end = held.indexOf(close);
		if (end === -1) return { content: '', reasoning: take(held.length - trailing(held, close)) };
		const reasoning = take(end).trimEnd();
		held = held.slice(close.length);
		phase = 'after';
		return { content: after(), reasoning };
	}

	/** Drops the empty lines that models put between the closing tag and the answer. */
	function after(): string {
		held = held.trimStart();
		if (held !== '') phase = 'content';
		return take(held.length);
	}

	function take(length: number): string {
		const taken = held.slice(0, length);
		held = held.slice(length);
		return taken;
	}

	return {
		push(text) {
			held += text;
			switch (phase) {
				case 'start':
					return start();
				case 'inside':
					return inside();
				case 'after':
					return { content: after(), reasoning: '' };
				case 'content':
					return { content: take(held.length), reasoning: '' };
			}
		},
		finish() {
			const rest = take(held.length);
			return phase === 'inside' ? { content: '', reasoning: rest } : { content: rest, reasoning: '' };
		},
		phase: () => phase,
	};
}

/** Returns the length of the end of `text` to hold back: white space, the start of the closing tag, or both. */
function trailing(text: string, close: string): number {
	for (let length = Math.min(close.length - 1, text.length); length > 0; length -= 1) {
		if (close.startsWith(text.slice(-length))) return text.length - text.slice(0, -length).trimEnd().length;
	}
	return text.length - text.trimEnd().length;
}

/** Splits a whole text. */
export function splitReasoning(text: string): { content: string; reasoning: string | null } {
	const splitter = createReasoningSplitter();
	const pieces = [splitter.push(text), splitter.finish()];
	const reasoning = pieces.map((piece) => piece.reasoning).join('');
	return { content: pieces.map((piece) => piece.content).join(''), reasoning: reasoning === '' ? null : reasoning };
}
