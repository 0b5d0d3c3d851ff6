import type { CompileContext, Extension as FromMarkdownExtension } from 'mdast-util-from-markdown';
import type { Code, Construct, Extension, State, TokenizeContext, Tokenizer } from 'micromark-util-types';

declare module 'micromark-util-types' {
	interface TokenTypeMap {
		maths: 'maths';
		mathsMark: 'mathsMark';
		mathsData: 'mathsData';
	}
}

const dollar = 36;
const backslash = 92;

/** Closing delimiters: `\(` ends with `\)`, `\[` with `\]`. */
const closing: Readonly<Record<number, number>> = { 40: 41, 91: 93 };

/**
 * Maths inside a paragraph: `$x$`, `$$x$$`, `\(x\)` and `\[x\]`, tokenised so that its content is not parsed as
 * Markdown. Single dollars follow pandoc's rules (no space inside, no letter or digit before, no digit after), so that
 * prices stay prices. Unclosed maths stays text.
 */
export const mathsSyntax: Extension = {
	text: {
		[dollar]: { name: 'maths', tokenize: tokenizeDollars, previous: isOutsideWord },
		[backslash]: { name: 'maths', tokenize: tokenizeBrackets } satisfies Construct,
	},
};

/** Turns maths into `<math data-display>source</math>`, which markdown.tsx draws. */
export const mathsFromMarkdown: FromMarkdownExtension = {
	enter: {
		maths(this: CompileContext, token) {
			const whole = this.sliceSerialize(token);
			const { source, display } = parseMaths(whole) ?? { source: whole, display: false };
			this.enter(
				{
					type: 'inlineCode',
					value: source,
					data: {
						hName: 'math',
						hProperties: display ? { dataDisplay: 'block' } : {},
						hChildren: [{ type: 'text', value: source }],
					},
				},
				token,
			);
		},
	},
	exit: {
		maths(this: CompileContext, token) {
			this.exit(token);
		},
	},
};

const delimiters = [
	{ open: '$$', close: '$$', display: true },
	{ open: '\\[', close: '\\]', display: true },
	{ open: '\\(', close: '\\)', display: false },
	{ open: '$', close: '$', display: false },
] as const;

/** Splits maths from its delimiters; null if it is not closed. */
export function parseMaths(text: string): { source: string; display: boolean } | null {
	const trimmed = text.trim();
	for (const { open, close, display } of delimiters) {
		if (!trimmed.startsWith(open)) continue;
		if (trimmed.length < open.length + close.length || !trimmed.endsWith(close)) return null;
		return { source: trimmed.slice(open.length, -close.length).trim(), display };
	}
	return null;
}

function isOutsideWord(this: TokenizeContext, code: Code): boolean {
	return code === null || code < 0 || !/[\p{L}\p{N}$\\]/u.test(String.fromCharCode(code));
}

function isLineEnd(code: Code): boolean {
	return code !== null && code < -2;
}

function isSpace(code: Code): boolean {
	return code !== null && (code < 0 || code === 32);
}

function isDigit(code: Code): boolean {
	return code !== null && code >= 48 && code <= 57;
}

function tokenizeDollars(...[effects, ok, nok]: Parameters<Tokenizer>): State {
	let opened = 0;
	let closed = 0;
	let before: Code = null;
	let escaped = false;
	return open;

	function open(code: Code): State | undefined {
		effects.enter('maths');
		effects.enter('mathsMark');
		return openMark(code);
	}

	function openMark(code: Code): State | undefined {
		if (code === dollar) {
			if (opened === 2) return nok(code);
			opened += 1;
			effects.consume(code);
			return openMark;
		}
		effects.exit('mathsMark');
		return opened === 1 && isSpace(code) ? nok(code) : between(code);
	}

	function between(code: Code): State | undefined {
		if (code === null) return nok(code);
		if (code === dollar && !escaped) {
			effects.enter('mathsMark');
			return closeMark(code);
		}
		if (isLineEnd(code)) {
			effects.enter('lineEnding');
			effects.consume(code);
			effects.exit('lineEnding');
			before = code;
			escaped = false;
			return between;
		}
		effects.enter('mathsData');
		return data(code);
	}

	function data(code: Code): State | undefined {
		if (code === null || isLineEnd(code) || (code === dollar && !escaped)) {
			effects.exit('mathsData');
			return between(code);
		}
		effects.consume(code);
		escaped = code === backslash && !escaped;
		before = code;
		return data;
	}

	function closeMark(code: Code): State | undefined {
		if (code === dollar && closed < opened) {
			closed += 1;
			effects.consume(code);
			return closeMark;
		}
		effects.exit('mathsMark');
		effects.exit('maths');
		const isPrice = opened === 1 && (isSpace(before) || isDigit(code));
		return closed !== opened || code === dollar || isPrice ? nok(code) : ok(code);
	}
}

function tokenizeBrackets(...[effects, ok, nok]: Parameters<Tokenizer>): State {
	let opener = 0;
	return open;

	function open(code: Code): State | undefined {
		effects.enter('maths');
		effects.enter('mathsMark');
		effects.consume(code);
		return bracket;
	}

	function bracket(code: Code): State | undefined {
		if (code === null || closing[code] === undefined) return nok(code);
		opener = code;
		effects.consume(code);
		effects.exit('mathsMark');
		return between;
	}

	function between(code: Code): State | undefined {
		if (code === null) return nok(code);
		if (code === backslash) {
			effects.enter('mathsMark');
			effects.consume(code);
			return afterBackslash;
		}
		if (isLineEnd(code)) {
			effects.enter('lineEnding');
			effects.consume(code);
			effects.exit('lineEnding');
			return between;
		}
		effects.enter('mathsData');
		return data(code);
	}

	function data(code: Code): State | undefined {
		if (code === null || code === backslash || isLineEnd(code)) {
			effects.exit('mathsData');
			return between(code);
		}
		effects.consume(code);
		return data;
	}

	/** A closing delimiter, or any other LaTeX command. A second opening delimiter means that the first was not one. */
	function afterBackslash(code: Code): State | undefined {
		if (code === opener) return nok(code);
		if (code === null || isLineEnd(code)) {
			effects.exit('mathsMark');
			return between(code);
		}
		effects.consume(code);
		effects.exit('mathsMark');
		if (code !== closing[opener]) return between;
		effects.exit('maths');
		return ok;
	}
}
