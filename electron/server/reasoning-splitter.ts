import { reasoningTags } from '../../models/prompt/reasoning-tag.ts';

/** Parts of a piece of an answer; either may be empty. */
export interface AnswerParts {
	readonly reasoning: string;
	readonly content: string;
}

/**
 * Separates the reasoning at the start of an answer from what follows, while the answer arrives in pieces. Tags belong
 * to neither part. Reasoning without its end is all reasoning.
 */
export class ReasoningSplitter {
	#state: 'start' | 'reasoning' | 'after' | 'content';
	#close = reasoningTags[0]!.close;
	/** Text that may turn out to be a tag. */
	#held = '';

	/** `inside`: the prompt has opened the reasoning already. */
	constructor(inside: boolean) {
		this.#state = inside ? 'reasoning' : 'start';
	}

	push(text: string): AnswerParts {
		let rest = this.#held + text;
		this.#held = '';
		if (this.#state === 'start') {
			const trimmed = rest.trimStart();
			const tag = reasoningTags.find(({ open }) => trimmed.startsWith(open));
			if (tag !== undefined) {
				this.#state = 'reasoning';
				this.#close = tag.close;
				rest = trimmed.slice(tag.open.length);
			} else if (reasoningTags.some(({ open }) => open.startsWith(trimmed))) {
				this.#held = rest;
				return { reasoning: '', content: '' };
			} else this.#state = 'content';
		}
		let reasoning = '';
		if (this.#state === 'reasoning') {
			const end = rest.indexOf(this.#close);
			if (end === -1) {
				const kept = rest.length - beginningAtEnd(rest, this.#close);
				this.#held = rest.slice(kept);
				return { reasoning: rest.slice(0, kept), content: '' };
			}
			reasoning = rest.slice(0, end);
			rest = rest.slice(end + this.#close.length);
			this.#state = 'after';
		}
		if (this.#state === 'after') {
			rest = rest.trimStart();
			if (rest !== '') this.#state = 'content';
		}
		return { reasoning, content: rest };
	}

	/** Returns what was held back, once the answer has ended. */
	end(): AnswerParts {
		const held = this.#held;
		this.#held = '';
		return this.#state === 'reasoning' ? { reasoning: held, content: '' } : { reasoning: '', content: held };
	}
}

/** Length of the longest end of `text` that `tag` begins with. */
function beginningAtEnd(text: string, tag: string): number {
	for (let length = Math.min(tag.length - 1, text.length); length > 0; length -= 1) {
		if (text.endsWith(tag.slice(0, length))) return length;
	}
	return 0;
}
