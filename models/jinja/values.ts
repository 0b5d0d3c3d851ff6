import { TemplateFault } from './fault.ts';

/**
 * A value of Python inside a template. An integer is a bigint and a float a number, so that `1` and `1.0` stay apart. A
 * list is an array: templates can't change one, as in jinja2's ImmutableSandboxedEnvironment.
 */
export type Value =
	| null
	| boolean
	| bigint
	| number
	| string
	| readonly Value[]
	| Tuple
	| Dict
	| DictView
	| Range
	| OneShot
	| Namespace
	| Undefined
	| Callable
	| Markup
	| Instance;

/** Longer texts and lists are an attack or a mistake; the longest context of a model is shorter. */
export const longestText = 20_000_000;
export const longestList = 1_000_000;

export class Tuple {
	readonly items: readonly Value[];
	/** Names of the items, for the groups of `groupby`. */
	readonly names: readonly string[];

	constructor(items: readonly Value[], names: readonly string[] = []) {
		this.items = items;
		this.names = names;
	}
}

/** Keys keep their order. Equal numbers are the same key, as in Python. */
export class Dict {
	readonly #entries = new Map<unknown, readonly [Value, Value]>();

	constructor(entries: Iterable<readonly [Value, Value]> = []) {
		for (const [key, value] of entries) {
			const id = hash(key);
			this.#entries.set(id, [this.#entries.get(id)?.[0] ?? key, value]);
		}
	}

	get size(): number {
		return this.#entries.size;
	}

	get(key: Value): Value | undefined {
		return this.#entries.get(hash(key))?.[1];
	}

	has(key: Value): boolean {
		return this.#entries.has(hash(key));
	}

	keys(): Value[] {
		return [...this.#entries.values()].map(([key]) => key);
	}

	values(): Value[] {
		return [...this.#entries.values()].map(([, value]) => value);
	}

	entries(): (readonly [Value, Value])[] {
		return [...this.#entries.values()];
	}
}

export class DictView {
	readonly kind: 'keys' | 'values' | 'items';
	readonly dict: Dict;

	constructor(kind: DictView['kind'], dict: Dict) {
		this.kind = kind;
		this.dict = dict;
	}

	items(): Value[] {
		if (this.kind === 'keys') return this.dict.keys();
		if (this.kind === 'values') return this.dict.values();
		return this.dict.entries().map((entry) => new Tuple(entry));
	}
}

export class Range {
	readonly start: bigint;
	readonly stop: bigint;
	readonly step: bigint;

	constructor(start: bigint, stop: bigint, step: bigint) {
		this.start = start;
		this.stop = stop;
		this.step = step;
	}

	get size(): number {
		const distance = this.step > 0n ? this.stop - this.start : this.start - this.stop;
		const step = this.step > 0n ? this.step : -this.step;
		return distance <= 0n ? 0 : Number((distance + step - 1n) / step);
	}

	at(index: number): bigint {
		return this.start + BigInt(index) * this.step;
	}
}

/** An iterator of Python: it yields its items once. Filters such as `map` and `select` return one. */
export class OneShot {
	readonly type: string;
	readonly iterator: Iterator<Value>;

	constructor(items: Iterable<Value>, type = 'generator') {
		this.iterator = items[Symbol.iterator]();
		this.type = type;
	}
}

/** The only value that a template can change. */
export class Namespace {
	readonly attributes = new Map<string, Value>();
}

export class Undefined {
	readonly reason: string;

	constructor(reason: string) {
		this.reason = reason;
	}
}

/** Returns a value, or else an undefined one with the reason of its absence. `??` would take None for absent. */
export function orUndefined(value: Value | undefined, reason: string): Value {
	return value === undefined ? new Undefined(reason) : value;
}

/** Text that the filter `safe` marked: what is added to it is escaped as HTML. In all else it is its text. */
export class Markup {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

/** Returns a value without the mark of `safe`. */
export function unmarked<Kind extends Value>(value: Kind): Exclude<Kind, Markup> | string {
	return value instanceof Markup ? value.text : (value as Exclude<Kind, Markup>);
}

export interface Arguments {
	readonly positional: readonly Value[];
	readonly named: ReadonlyMap<string, Value>;
}

export class Callable {
	readonly name: string;
	readonly call: (given: Arguments) => Value;
	/** Attributes that a template can read, for macros. */
	readonly attributes: ReadonlyMap<string, Value>;

	constructor(name: string, call: (given: Arguments) => Value, attributes: ReadonlyMap<string, Value> = new Map()) {
		this.name = name;
		this.call = call;
		this.attributes = attributes;
	}
}

/** An object with attributes of its own, such as `loop`; some can be called too. */
export abstract class Instance {
	abstract readonly type: string;
	readonly isCallable: boolean = true;
	abstract attribute(name: string): Value | undefined;
	/** Python prints an address in memory instead. */
	representation(): string {
		return `<${this.type} object>`;
	}
	call(_given: Arguments): Value {
		throw new TemplateFault(`it calls ${this.type}, which is no function`);
	}
}

/** Returns the name of a value's type in Python. */
export function typeName(value: Value): string {
	if (value === null) return 'NoneType';
	if (typeof value === 'boolean') return 'bool';
	if (typeof value === 'bigint') return 'int';
	if (typeof value === 'number') return 'float';
	if (typeof value === 'string') return 'str';
	if (value instanceof Tuple) return 'tuple';
	if (value instanceof Dict) return 'dict';
	if (value instanceof DictView) return `dict_${value.kind}`;
	if (value instanceof Range) return 'range';
	if (value instanceof OneShot) return value.type;
	if (value instanceof Namespace) return 'Namespace';
	if (value instanceof Undefined) return 'Undefined';
	if (value instanceof Callable) return 'function';
	if (value instanceof Markup) return 'Markup';
	if (value instanceof Instance) return value.type;
	return 'list';
}

const words: Readonly<Record<string, string>> = {
	NoneType: 'nothing (None)',
	bool: 'true or false',
	int: 'a number',
	float: 'a number',
	str: 'text',
	Markup: 'text',
	list: 'a list',
	tuple: 'a tuple',
	dict: 'an object',
	function: 'a function',
};

/** Returns the name of a value's type for people. */
export function describe(value: Value): string {
	const name = typeName(value);
	return words[name] ?? name;
}

/** Returns the fault of using something that does not exist. */
export function missing(value: Undefined): TemplateFault {
	return new TemplateFault(value.reason);
}

/** Returns whether a value is a list. */
export function isList(value: Value): value is readonly Value[] {
	return Array.isArray(value);
}

export function isNumber(value: Value): value is boolean | bigint | number {
	return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
}

/** Returns true and false as the integers that they are in Python. */
export function plainNumber(value: boolean | bigint | number): bigint | number {
	return typeof value === 'boolean' ? BigInt(value) : value;
}

/** Returns what tells a key from others in a JavaScript Map. */
export function hash(value: Value): unknown {
	if (isNumber(value)) {
		const number = plainNumber(value);
		if (typeof number === 'bigint') return BigInt(Number(number)) === number ? Number(number) : number;
		return number;
	}
	if (value instanceof Tuple) return `\0${value.items.map((item) => hashText(hash(item))).join('\0')}`;
	if (value instanceof Markup) return value.text;
	if (value instanceof Undefined) return Undefined;
	if (isList(value) || value instanceof Dict) {
		throw new TemplateFault(`it uses ${describe(value)} as a key, which Python allows for unchanging values only`);
	}
	return value;
}

const hashText = (id: unknown): string => `${typeof id}${String(id).length}:${String(id)}`;

export function isTrue(value: Value): boolean {
	if (value === null || value === false || value === '' || value instanceof Undefined) return false;
	if (typeof value === 'bigint') return value !== 0n;
	if (typeof value === 'number') return value !== 0;
	if (isList(value)) return value.length > 0;
	if (value instanceof Tuple) return value.items.length > 0;
	if (value instanceof Dict || value instanceof Range) return value.size > 0;
	if (value instanceof DictView) return value.dict.size > 0;
	if (value instanceof Markup) return value.text !== '';
	return true;
}

const surrogate = /[\ud800-\udfff]/;

/** Returns a text's code points, which Python counts. */
export function codePoints(text: string): readonly string[] {
	return surrogate.test(text) ? [...text] : text.split('');
}

export function textLength(text: string): number {
	return surrogate.test(text) ? [...text].length : text.length;
}

function* drain(iterator: Iterator<Value>): Iterable<Value> {
	for (let next = iterator.next(); next.done !== true; next = iterator.next()) yield next.value;
}

function* numbers(range: Range): Iterable<Value> {
	for (let index = 0; index < range.size; index += 1) yield range.at(index);
}

/** Returns what a loop over the value visits; null if Python can't loop over it. */
export function itemsOf(value: Value): Iterable<Value> | null {
	if (typeof value === 'string') return codePoints(value);
	if (isList(value)) return value;
	if (value instanceof Tuple) return value.items;
	if (value instanceof Dict) return value.keys();
	if (value instanceof DictView) return value.items();
	if (value instanceof Range) return numbers(value);
	if (value instanceof Markup) return codePoints(value.text);
	if (value instanceof OneShot) return drain(value.iterator);
	if (value instanceof Undefined) return [];
	return null;
}

/** Returns what a loop over the value visits. */
export function iterate(value: Value): Iterable<Value> {
	const items = itemsOf(value);
	if (items === null) throw new TemplateFault(`it loops over ${describe(value)}, which is no list`);
	return items;
}

/** Returns Python's `len`; null if the value has none. */
export function lengthOf(value: Value): number | null {
	if (typeof value === 'string') return textLength(value);
	if (isList(value)) return value.length;
	if (value instanceof Tuple) return value.items.length;
	if (value instanceof Dict || value instanceof Range) return value.size;
	if (value instanceof DictView) return value.dict.size;
	if (value instanceof Markup) return textLength(value.text);
	if (value instanceof Undefined) return 0;
	return null;
}

function equalItems(a: readonly Value[], b: readonly Value[]): boolean {
	return a.length === b.length && a.every((item, index) => isEqual(item, b[index] as Value));
}

/** Python's `==`. */
export function isEqual(a: Value, b: Value): boolean {
	if (isNumber(a) && isNumber(b)) {
		// biome-ignore lint/suspicious/noDoubleEquals: compares a bigint with a number exactly, as Python does
		return plainNumber(a) == plainNumber(b);
	}
	if (isList(a) && isList(b)) return equalItems(a, b);
	if (a instanceof Tuple && b instanceof Tuple) return equalItems(a.items, b.items);
	if (a instanceof Undefined && b instanceof Undefined) return true;
	if (a instanceof Dict && b instanceof Dict) {
		return (
			a.size === b.size &&
			a.entries().every(([key, value]) => {
				const other = b.get(key);
				return other !== undefined && isEqual(value, other);
			})
		);
	}
	if (a instanceof DictView && b instanceof DictView && a.kind !== 'values' && b.kind !== 'values') {
		const items = b.items();
		return a.dict.size === b.dict.size && a.items().every((item) => items.some((other) => isEqual(item, other)));
	}
	if (a instanceof Range && b instanceof Range) return equalItems([...numbers(a)], [...numbers(b)]);
	return unmarked(a) === unmarked(b);
}

/** Compares texts by code point; JavaScript compares by UTF-16 unit. */
function compareTexts(a: string, b: string): number {
	if (a === b) return 0;
	if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : 1;
	const [left, right] = [[...a], [...b]];
	for (const [index, one] of left.entries()) {
		const other = right[index];
		if (other === undefined) return 1;
		if (one !== other) return (one.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
	}
	return -1;
}

/** Orders two values: negative, 0 or positive, NaN for a comparison with nan. */
export function compare(first: Value, second: Value): number {
	const [a, b] = [unmarked(first), unmarked(second)];
	if (a instanceof Undefined) throw missing(a);
	if (b instanceof Undefined) throw missing(b);
	if (isNumber(a) && isNumber(b)) {
		const [left, right] = [plainNumber(a), plainNumber(b)];
		if (left < right) return -1;
		if (left > right) return 1;
		// biome-ignore lint/suspicious/noDoubleEquals: compares a bigint with a number exactly, as Python does
		return left == right ? 0 : Number.NaN;
	}
	if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
	const [left, right] = [
		isList(a) && isList(b) ? a : a instanceof Tuple && b instanceof Tuple ? a.items : null,
		isList(b) ? b : b instanceof Tuple ? b.items : [],
	];
	if (left === null) throw new TemplateFault(`it orders ${describe(a)} and ${describe(b)}, which have no order`);
	for (const [index, one] of left.entries()) {
		const other = right[index];
		if (other === undefined) return 1;
		if (!isEqual(one, other)) return compare(one, other);
	}
	return left.length - right.length;
}

/** Python's `in`. */
export function contains(around: Value, sought: Value): boolean {
	const [container, item] = [unmarked(around), unmarked(sought)];
	if (typeof container === 'string') {
		if (item instanceof Undefined) throw missing(item);
		if (typeof item !== 'string') throw new TemplateFault(`it looks for ${describe(item)} in text`);
		return container.includes(item);
	}
	if (container instanceof Dict) return container.has(item);
	if (container instanceof DictView && container.kind === 'keys') return container.dict.has(item);
	const items = itemsOf(container);
	if (items === null) throw new TemplateFault(`it looks for something in ${describe(container)}, which is no list`);
	for (const one of items) if (isEqual(one, item)) return true;
	return false;
}

/** Returns a value of JavaScript, as parsed from JSON, as one of Python. Whole numbers become integers. */
export function fromJavaScript(value: unknown): Value {
	if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
	if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
	if (Array.isArray(value)) return value.map(fromJavaScript);
	if (typeof value === 'object') {
		return new Dict(
			Object.entries(value).flatMap(([key, one]) =>
				one === undefined ? [] : ([[key, fromJavaScript(one)]] as [[string, Value]]),
			),
		);
	}
	throw new TypeError(`a template has no use for ${typeof value}`);
}
