/** Thrown where a text doesn't match what was expected; the position counts from the start of the answer. */
export class CallMalformed extends Error {
	override readonly name = 'CallMalformed';
	readonly position: number;

	constructor(position: number, expected: string) {
		super(expected);
		this.position = position;
	}
}

/** A step that needs more text yields and is resumed when there is more, or when the text has ended. */
export type Step<Result> = Generator<undefined, Result, undefined>;

const isSpace = (character: string): boolean => character.trim() === '';
const isWord = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}_]/u.test(character);

/** Reads a text that arrives in pieces. */
export class TextReader {
	#text = '';
	/** Length of what was dropped before `#text`. */
	#dropped = 0;
	#ended = false;
	/** Position of the next character. */
	at = 0;

	add(text: string): void {
		this.#text += text;
	}

	end(): void {
		this.#ended = true;
	}

	/** Forgets everything before a position. */
	forget(before: number): void {
		if (before - this.#dropped < 4_096) return;
		this.#text = this.#text.slice(before - this.#dropped);
		this.#dropped = before;
	}

	/** Text from a position up to the next character, or as far as there is any. */
	since(position: number, end = this.at): string {
		return this.#text.slice(position - this.#dropped, end - this.#dropped);
	}

	/** Everything that has arrived from the next character on. */
	get rest(): string {
		return this.#text.slice(this.at - this.#dropped);
	}

	get length(): number {
		return this.#text.length + this.#dropped - this.at;
	}

	get isComplete(): boolean {
		return this.#ended;
	}

	charAt(offset = 0): string | undefined {
		return this.#text[this.at - this.#dropped + offset];
	}

	/** Waits until there are this many characters, or the text has ended. */
	*need(count: number): Step<void> {
		while (this.length < count && !this.#ended) yield;
	}

	/** Returns the next character without taking it; undefined at the end. */
	*peek(): Step<string | undefined> {
		yield* this.need(1);
		return this.charAt();
	}

	*skipSpace(): Step<void> {
		for (;;) {
			const next = yield* this.peek();
			if (next === undefined || !isSpace(next)) return;
			this.at += 1;
		}
	}

	/**
	 * Takes a text if it comes next, and returns whether it did. White space in it matches any, and between marks there
	 * may be more: models differ from their templates there.
	 */
	*take(text: string): Step<boolean> {
		const from = this.at;
		let before: string | undefined;
		for (const character of text.replace(/\s+/g, ' ')) {
			if (character === ' ') {
				yield* this.skipSpace();
				before = character;
				continue;
			}
			let next = yield* this.peek();
			if (next !== character && next !== undefined && isSpace(next) && !(isWord(before) && isWord(character))) {
				yield* this.skipSpace();
				next = yield* this.peek();
			}
			// Characters outside the basic plane come as two.
			const whole = character.length === 1 || next === undefined ? next : next + (this.charAt(1) ?? '');
			if (whole !== character) {
				this.at = from;
				return false;
			}
			this.at += character.length;
			before = character;
		}
		return true;
	}

	/** Takes a text that has to come next; the end of the answer is allowed within it if `mayEnd`. */
	*expect(text: string, mayEnd = false): Step<void> {
		if (yield* this.take(text)) return;
		if (mayEnd && this.#ended) {
			const begun = this.rest.trim();
			if (text.replace(/\s+/g, '').startsWith(begun.replace(/\s+/g, ''))) {
				this.at += this.rest.length;
				return;
			}
		}
		throw this.malformed(`${JSON.stringify(text.trim())} was expected`);
	}

	malformed(expected: string): CallMalformed {
		return new CallMalformed(this.at, expected);
	}
}

/** Length of the longest end of `text` that one of `marks` begins with, without a whole mark. */
export function beginningAtEnd(text: string, marks: readonly string[]): number {
	let longest = 0;
	for (const mark of marks) {
		for (let length = Math.min(mark.length - 1, text.length); length > longest; length -= 1) {
			if (text.endsWith(mark.slice(0, length))) longest = length;
		}
	}
	return longest;
}
