import { TemplateFault } from './fault.ts';
import { space, trimEnd } from './white-space.ts';

/** A token has the type of its text for operators (`(`, `**`), else a word. */
export interface Token {
	readonly type: string;
	readonly text: string;
	readonly line: number;
}

/** Longest first. */
const operators = [
	...['//', '**', '==', '!=', '>=', '<='],
	...['+', '-', '/', '*', '%', '~', '[', ']', '(', ')', '{', '}', '>', '<', '=', '.', ':', '|', ',', ';'],
];

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

const escapeOperator = (operator: string): string => operator.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Sticky patterns, in the order in which jinja2 tries them inside of a tag. */
const inside = {
	space: new RegExp(`[${space}]+`, 'y'),
	float: /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy,
	integer: /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy,
	name: /[\p{L}\p{M}\p{N}\p{Pc}]+/uy,
	string: /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y,
	operator: new RegExp(operators.map(escapeOperator).join('|'), 'y'),
};

const ends = {
	block: new RegExp(`\\+%\\}|-%\\}[${space}]*|%\\}\\n?`, 'y'),
	variable: new RegExp(`-\\}\\}[${space}]*|\\}\\}`, 'y'),
	comment: new RegExp(`\\+#\\}|-#\\}[${space}]*|#\\}\\n?`, 'g'),
};

/** The beginning of a tag, with its sign for the white space before it. */
const opening = new RegExp(
	`(?<raw>\\{%(?<rawSign>[-+]?)[${space}]*raw[${space}]*(?:-%\\}[${space}]*|%\\}))|(?<tag>\\{[%{#])(?<sign>[-+]?)`,
	'g',
);
const rawEnd = new RegExp(`\\{%(?<sign>[-+]?)[${space}]*endraw[${space}]*(?:\\+%\\}|-%\\}[${space}]*|%\\}\\n?)`, 'g');

const identifier = /^[\p{L}\p{Nl}_][\p{L}\p{M}\p{N}\p{Pc}]*$/u;

const escapes: Readonly<Record<string, string>> = {
	'\n': '',
	'\\': '\\',
	"'": "'",
	'"': '"',
	a: '\u0007',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
};

const escapeSequence = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([xuUN])|([\s\S]))/g;

/** Reads the escapes of a literal as Python does, which keeps the backslash of those that it does not know. */
function stringValue(literal: string, line: number): string {
	const broken = (text: string): TemplateFault => new TemplateFault(`a text holds the broken escape ${text}`, line);
	return literal.slice(1, -1).replace(escapeSequence, (whole, x, u, long, octal, incomplete, other) => {
		if (incomplete !== undefined) throw broken(whole);
		if (other !== undefined) return escapes[other] ?? whole;
		const code = octal === undefined ? Number.parseInt(x ?? u ?? long, 16) : Number.parseInt(octal, 8);
		if (code > 0x10_ffff) throw broken(whole);
		return String.fromCodePoint(code);
	});
}

function lineCount(text: string): number {
	let count = 0;
	for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
	return count;
}

/** Strips the white space between a line's start and a block, as `lstrip_blocks` asks for. */
function stripped(text: string, sign: string, isVariable: boolean, startsLine: boolean): string {
	if (sign === '-') return trimEnd(text);
	if (sign === '+' || isVariable) return text;
	const lineStart = text.lastIndexOf('\n') + 1;
	return (lineStart > 0 || startsLine) && trimEnd(text.slice(lineStart)) === '' ? text.slice(0, lineStart) : text;
}

/** Cuts a template into tokens like jinja2's lexer with `trim_blocks` and `lstrip_blocks`. */
export function tokenize(template: string): Token[] {
	const source = template.replace(/\r\n?/g, '\n').replace(/\n$/, '');
	const tokens: Token[] = [];
	let position = 0;
	let line = 1;
	let startsLine = true;

	const push = (type: string, text: string): void => {
		tokens.push({ type, text, line });
	};
	const advance = (raw: string): void => {
		line += lineCount(raw);
		position += raw.length;
		startsLine = raw.endsWith('\n');
	};
	const pushText = (text: string): void => {
		if (text !== '') push('text', text);
	};
	const matchAt = (pattern: RegExp): RegExpExecArray | null => {
		pattern.lastIndex = position;
		return pattern.exec(source);
	};

	/** Reads a tag's inside up to its end. */
	const readTag = (kind: 'block' | 'variable'): void => {
		const open: string[] = [];
		for (;;) {
			const end = open.length === 0 ? matchAt(ends[kind]) : null;
			if (end !== null) {
				push(`${kind} end`, end[0]);
				advance(end[0]);
				return;
			}
			const blank = matchAt(inside.space);
			if (blank !== null) {
				advance(blank[0]);
				continue;
			}
			const float = matchAt(inside.float);
			const integer = float === null ? matchAt(inside.integer) : null;
			const number = float ?? integer;
			if (number !== null) {
				push(float === null ? 'integer' : 'float', number[0].replaceAll('_', ''));
				advance(number[0]);
				continue;
			}
			const name = matchAt(inside.name);
			if (name !== null) {
				if (!identifier.test(name[0])) throw new TemplateFault(`“${name[0]}” is no name`, line);
				push('name', name[0]);
				advance(name[0]);
				continue;
			}
			const string = matchAt(inside.string);
			if (string !== null) {
				push('string', stringValue(string[0], line));
				advance(string[0]);
				continue;
			}
			const operator = matchAt(inside.operator);
			if (operator === null) {
				const found = position < source.length ? `“${source.charAt(position)}”` : 'the end of the template';
				throw new TemplateFault(`${found} is not expected inside of a tag`, line);
			}
			const [text] = operator;
			const closes = closing[text];
			if (closes !== undefined) open.push(closes);
			else if (/^[)\]}]$/.test(text) && open.pop() !== text) throw new TemplateFault(`“${text}” closes nothing`, line);
			push(text, text);
			advance(text);
		}
	};

	for (;;) {
		const found = matchAt(opening);
		if (found === null) {
			pushText(source.slice(position));
			push('end', '');
			return tokens;
		}
		const { raw, rawSign, tag, sign } = found.groups ?? {};
		const before = source.slice(position, found.index);
		pushText(stripped(before, rawSign ?? sign ?? '', tag === '{{', startsLine));
		advance(before + found[0]);
		if (raw !== undefined) {
			const end = matchAt(rawEnd);
			if (end === null) throw new TemplateFault('“raw” has no “endraw”', line);
			const text = source.slice(position, end.index);
			pushText(stripped(text, end.groups?.sign ?? '', false, startsLine));
			advance(text + end[0]);
		} else if (tag === '{#') {
			const end = matchAt(ends.comment);
			if (end === null) throw new TemplateFault('a comment has no end', line);
			advance(source.slice(position, end.index) + end[0]);
		} else {
			const kind = tag === '{%' ? 'block' : 'variable';
			push(`${kind} begin`, found[0]);
			readTag(kind);
		}
	}
}
