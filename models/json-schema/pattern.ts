import { threadMs } from '../thread-time.ts';
import { type Automaton, AutomatonTooLarge, explore, lastCodePoint } from './automaton.ts';

type Range = readonly [from: number, to: number];

/** What a regular expression is made of, without its anchors. */
type Expression =
	| { readonly kind: 'characters'; readonly ranges: readonly Range[] }
	| { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
	| { readonly kind: 'choice'; readonly parts: readonly Expression[] }
	| { readonly kind: 'repeat'; readonly part: Expression; readonly least: number; readonly most: number | null }
	| { readonly kind: 'start' }
	| { readonly kind: 'end' };

/** Thrown for a pattern that no automaton can express, or that is no pattern. */
export class PatternUnsupported extends Error {
	override readonly name = 'PatternUnsupported';
}

/** More than any sensible pattern has; nested repetitions multiply. */
const maxNodes = 20_000;

const maxPatternLength = 5_000;

const maxPatternDepth = 50;

const everything: readonly Range[] = [[0, lastCodePoint]];
const digits: readonly Range[] = [[48, 57]];
const wordCharacters: readonly Range[] = [
	[48, 57],
	[65, 90],
	[95, 95],
	[97, 122],
];
/** ECMAScript's white space and line terminators. */
const spaces: readonly Range[] = [
	[9, 13],
	[32, 32],
	[0xa0, 0xa0],
	[0x1680, 0x1680],
	[0x2000, 0x200a],
	[0x2028, 0x2029],
	[0x202f, 0x202f],
	[0x205f, 0x205f],
	[0x3000, 0x3000],
	[0xfeff, 0xfeff],
];
const lineEnds: readonly Range[] = [
	[10, 10],
	[13, 13],
	[0x2028, 0x2029],
];

function sorted(ranges: readonly Range[]): Range[] {
	const result: [number, number][] = [];
	for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
		const last = result.at(-1);
		if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
		else result.push([from, to]);
	}
	return result;
}

function inverted(ranges: readonly Range[]): Range[] {
	const result: Range[] = [];
	let from = 0;
	for (const [start, end] of sorted(ranges)) {
		if (start > from) result.push([from, start - 1]);
		from = end + 1;
	}
	if (from <= lastCodePoint) result.push([from, lastCodePoint]);
	return result;
}

const properties = new Map<string, readonly Range[]>();

/**
 * Returns the characters of a Unicode property, such as `L`, by asking the JavaScript engine about each. Throws
 * AutomatonTooLarge after the time `until`.
 */
function propertyRanges(name: string, until: number): readonly Range[] {
	const known = properties.get(name);
	if (known !== undefined) return known;
	let test: RegExp;
	try {
		test = new RegExp(`^\\p{${name}}$`, 'u');
	} catch {
		throw new PatternUnsupported(`there is no property “${name}”`);
	}
	const ranges: [number, number][] = [];
	for (let code = 0; code <= lastCodePoint; code += 1) {
		if (code === 0xd800) code = 0xe000;
		if ((code & 0xfff) === 0 && threadMs() > until) throw new AutomatonTooLarge();
		if (!test.test(String.fromCodePoint(code))) continue;
		const last = ranges.at(-1);
		if (last !== undefined && last[1] === code - 1) last[1] = code;
		else ranges.push([code, code]);
	}
	if (properties.size >= 20) properties.clear();
	properties.set(name, ranges);
	return ranges;
}

class Reader {
	readonly #text: readonly string[];
	#at = 0;
	#depth = 0;

	readonly #until: number;

	constructor(pattern: string, until: number) {
		this.#until = until;
		this.#text = [...pattern];
	}

	read(): Expression {
		const expression = this.#choice();
		if (this.#at < this.#text.length) throw new PatternUnsupported('a parenthesis is closed that was not opened');
		return expression;
	}

	get #next(): string | undefined {
		return this.#text[this.#at];
	}

	#take(text: string): boolean {
		if (![...text].every((character, index) => this.#text[this.#at + index] === character)) return false;
		this.#at += text.length;
		return true;
	}

	#choice(): Expression {
		this.#depth += 1;
		if (this.#depth > maxPatternDepth) throw new PatternUnsupported('it is nested too deeply');
		const parts = [this.#sequence()];
		while (this.#take('|')) parts.push(this.#sequence());
		this.#depth -= 1;
		return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
	}

	#sequence(): Expression {
		const parts: Expression[] = [];
		while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') parts.push(this.#repeated());
		return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
	}

	#repeated(): Expression {
		let part = this.#atom();
		for (;;) {
			const times = this.#times();
			if (times === null) return part;
			if (part.kind === 'start' || part.kind === 'end') throw new PatternUnsupported('it repeats an anchor');
			// A lazy repetition matches the same texts.
			this.#take('?');
			part = { kind: 'repeat', part, least: times[0], most: times[1] };
		}
	}

	#times(): readonly [number, number | null] | null {
		if (this.#take('*')) return [0, null];
		if (this.#take('+')) return [1, null];
		if (this.#take('?')) return [0, 1];
		if (this.#next !== '{') return null;
		const rest = this.#text.slice(this.#at, this.#at + 20).join('');
		const found = /^\{(\d+)(,(\d*))?\}/.exec(rest);
		// An opening brace that begins no repetition stands for itself.
		if (found === null) return null;
		this.#at += found[0].length;
		const least = Number(found[1]);
		const most = found[2] === undefined ? least : found[3] === '' ? null : Number(found[3]);
		if (most !== null && most < least) throw new PatternUnsupported('a repetition has its bounds in the wrong order');
		return [least, most];
	}

	#atom(): Expression {
		const character = this.#text[this.#at]!;
		this.#at += 1;
		switch (character) {
			case '(':
				return this.#group();
			case '[':
				return { kind: 'characters', ranges: this.#set() };
			case '.':
				return { kind: 'characters', ranges: inverted(lineEnds) };
			case '^':
				return { kind: 'start' };
			case '$':
				return { kind: 'end' };
			case '\\':
				return { kind: 'characters', ranges: this.#escape(false) };
			case '*':
			case '+':
			case '?':
				throw new PatternUnsupported('it repeats nothing');
			default: {
				const code = character.codePointAt(0)!;
				return { kind: 'characters', ranges: [[code, code]] };
			}
		}
	}

	#group(): Expression {
		if (this.#take('?')) {
			const isNamed = this.#next === '<' && this.#text[this.#at + 1] !== '=' && this.#text[this.#at + 1] !== '!';
			if (isNamed) {
				const end = this.#text.indexOf('>', this.#at);
				if (end === -1) throw new PatternUnsupported('the name of a group is not closed');
				this.#at = end + 1;
			} else if (!this.#take(':')) throw new PatternUnsupported('it looks ahead or back');
		}
		const inner = this.#choice();
		if (!this.#take(')')) throw new PatternUnsupported('a parenthesis is not closed');
		return inner;
	}

	#set(): readonly Range[] {
		const isInverted = this.#take('^');
		const ranges: Range[] = [];
		for (;;) {
			const character = this.#next;
			if (character === undefined) throw new PatternUnsupported('a bracket is not closed');
			this.#at += 1;
			if (character === ']') break;
			const left = character === '\\' ? this.#escape(true) : one(character);
			if (this.#next !== '-' || this.#text[this.#at + 1] === ']' || this.#text[this.#at + 1] === undefined) {
				ranges.push(...left);
				continue;
			}
			this.#at += 1;
			const end = this.#text[this.#at]!;
			this.#at += 1;
			const right = end === '\\' ? this.#escape(true) : one(end);
			if (left.length !== 1 || right.length !== 1 || left[0]![0] !== left[0]![1] || right[0]![0] !== right[0]![1]) {
				throw new PatternUnsupported('a range has no single character at its end');
			}
			if (left[0]![0] > right[0]![0]) throw new PatternUnsupported('a range is in the wrong order');
			ranges.push([left[0]![0], right[0]![0]]);
		}
		return isInverted ? inverted(ranges) : sorted(ranges);
	}

	#escape(inSet: boolean): readonly Range[] {
		const character = this.#text[this.#at];
		if (character === undefined) throw new PatternUnsupported('it ends with a backslash');
		this.#at += 1;
		switch (character) {
			case 'd':
				return digits;
			case 'D':
				return inverted(digits);
			case 'w':
				return wordCharacters;
			case 'W':
				return inverted(wordCharacters);
			case 's':
				return spaces;
			case 'S':
				return inverted(spaces);
			case 'n':
				return [[10, 10]];
			case 'r':
				return [[13, 13]];
			case 't':
				return [[9, 9]];
			case 'f':
				return [[12, 12]];
			case 'v':
				return [[11, 11]];
			case '0':
				return [[0, 0]];
			case 'c': {
				const letter = this.#next ?? '';
				if (!/^[A-Za-z]$/.test(letter)) throw new PatternUnsupported('a control escape has no letter');
				this.#at += 1;
				const code = letter.charCodeAt(0) % 32;
				return [[code, code]];
			}
			case 'x':
				return this.#hexadecimal(2);
			case 'u': {
				if (this.#next !== '{') return this.#hexadecimal(4);
				this.#at += 1;
				return this.#braced((text) => {
					const code = Number.parseInt(text, 16);
					if (!/^[0-9a-fA-F]{1,6}$/.test(text) || code > lastCodePoint) {
						throw new PatternUnsupported('there is no such character');
					}
					return [[code, code]];
				});
			}
			case 'p':
			case 'P': {
				if (!this.#take('{')) throw new PatternUnsupported('a property has no name');
				const ranges = this.#braced((name) => propertyRanges(name, this.#until));
				return character === 'P' ? inverted(ranges) : ranges;
			}
			case 'b':
				if (inSet) return [[8, 8]];
				throw new PatternUnsupported('it looks for the edge of a word');
			default:
				if (/^[A-Za-z1-9]$/.test(character)) throw new PatternUnsupported(`“\\${character}” is not understood`);
				return one(character);
		}
	}

	#hexadecimal(length: number): readonly Range[] {
		const text = this.#text.slice(this.#at, this.#at + length).join('');
		if (text.length !== length || !/^[0-9a-fA-F]+$/.test(text))
			throw new PatternUnsupported('a code has too few digits');
		this.#at += length;
		const code = Number.parseInt(text, 16);
		if (code >= 0xd800 && code <= 0xdfff) throw new PatternUnsupported('it names half a character');
		return [[code, code]];
	}

	#braced(read: (text: string) => readonly Range[]): readonly Range[] {
		const end = this.#text.indexOf('}', this.#at);
		if (end === -1) throw new PatternUnsupported('a brace is not closed');
		const text = this.#text.slice(this.#at, end).join('');
		this.#at = end + 1;
		return read(text);
	}
}

function one(character: string): readonly Range[] {
	const code = character.codePointAt(0)!;
	return [[code, code]];
}

/** A state of a nondeterministic automaton. */
interface Node {
	readonly ranges: readonly Range[];
	/** Where one of its characters leads. */
	target: number;
	/** Where it leads without a character. */
	readonly free: number[];
}

/** Most ranges of characters in all nodes of one automaton. */
const maxRanges = 100_000;

/** Builds the nondeterministic automaton of an expression (Thompson's construction). */
class Builder {
	readonly nodes: Node[] = [];
	#ranges = 0;

	add(ranges: readonly Range[] = [], target = -1, free: number[] = []): number {
		this.#ranges += ranges.length;
		if (this.nodes.length >= maxNodes || this.#ranges > maxRanges) throw new AutomatonTooLarge();
		this.nodes.push({ ranges, target, free });
		return this.nodes.length - 1;
	}

	/** Adds an expression that leads to the node `to`; returns where it begins. */
	build(expression: Expression, to: number): number {
		switch (expression.kind) {
			case 'characters':
				return this.add(expression.ranges, to);
			case 'sequence':
				return expression.parts.reduceRight((next, part) => this.build(part, next), to);
			case 'choice':
				return this.add(
					[],
					-1,
					expression.parts.map((part) => this.build(part, to)),
				);
			case 'repeat':
				return this.#repeat(expression, to);
			case 'start':
			case 'end':
				throw new PatternUnsupported('it has an anchor in the middle');
		}
	}

	#repeat({ part, least, most }: Extract<Expression, { kind: 'repeat' }>, to: number): number {
		let next = to;
		if (most === null) {
			next = this.add();
			this.nodes[next]!.free.push(this.build(part, next), to);
		} else for (let time = least; time < most; time += 1) next = this.add([], -1, [this.build(part, next), to]);
		for (let time = 0; time < least; time += 1) next = this.build(part, next);
		return next;
	}
}

/** Returns the alternatives of an expression. */
function alternatives(expression: Expression): readonly Expression[] {
	return expression.kind === 'choice' ? expression.parts.flatMap(alternatives) : [expression];
}

/** Takes the anchor off one end of an alternative; null if there is none. */
function withoutAnchor(expression: Expression, kind: 'start' | 'end'): Expression | null {
	if (expression.kind === kind) return { kind: 'sequence', parts: [] };
	if (expression.kind !== 'sequence' || expression.parts.length === 0) return null;
	const index = kind === 'start' ? 0 : expression.parts.length - 1;
	const inner = withoutAnchor(expression.parts[index]!, kind);
	return inner === null ? null : { kind: 'sequence', parts: expression.parts.with(index, inner) };
}

const anything: Expression = {
	kind: 'repeat',
	part: { kind: 'characters', ranges: everything },
	least: 0,
	most: null,
};

const known = new Map<string, Automaton>();

/**
 * Returns an automaton for the texts that a pattern of JSON Schema matches (ECMA-262, not anchored). Throws
 * PatternUnsupported for what no automaton expresses, and AutomatonTooLarge for a pattern that explodes.
 */
export function patternAutomaton(pattern: string): Automaton {
	const before = known.get(pattern);
	if (before !== undefined) return before;
	if (pattern.length > maxPatternLength) throw new AutomatonTooLarge();
	const until = threadMs() + longestMs;
	const searched = alternatives(new Reader(pattern, until).read()).map((alternative): Expression => {
		const afterStart = withoutAnchor(alternative, 'start');
		const afterEnd = withoutAnchor(afterStart ?? alternative, 'end');
		return {
			kind: 'sequence',
			parts: [
				...(afterStart === null ? [anything] : []),
				afterEnd ?? afterStart ?? alternative,
				...(afterEnd === null ? [anything] : []),
			],
		};
	});
	const automaton = determined({ kind: 'choice', parts: searched }, until);
	if (known.size >= 50) known.clear();
	known.set(pattern, automaton);
	return automaton;
}

/** Processor time for one pattern, ms. */
const longestMs = 300;

function determined(expression: Expression, until: number): Automaton {
	const builder = new Builder();
	const final = builder.add();
	const start = builder.build(expression, final);
	const { nodes } = builder;
	function closure(begin: readonly number[]): string {
		if (threadMs() > until) throw new AutomatonTooLarge();
		const seen = new Set(begin);
		for (const node of seen) for (const next of nodes[node]!.free) seen.add(next);
		return [...seen].sort((a, b) => a - b).join(' ');
	}
	const members = (key: string): readonly number[] => key.split(' ').map(Number);
	return explore({
		start: closure([start]),
		accepts: (key) => members(key).includes(final),
		arrows(key) {
			const own = members(key).map((node) => nodes[node]!);
			const edges = own.flatMap(({ ranges, target }) => ranges.map(([from, to]) => ({ from, to, target })));
			const cuts = [...new Set(edges.flatMap(({ from, to }) => [from, to + 1]))].sort((a, b) => a - b);
			return cuts.slice(0, -1).flatMap((from, index) => {
				const to = cuts[index + 1]! - 1;
				const targets = [
					...new Set(edges.filter((edge) => edge.from <= from && to <= edge.to).map(({ target }) => target)),
				];
				return targets.length === 0 ? [] : [{ from, to, target: closure(targets) }];
			});
		},
	});
}
