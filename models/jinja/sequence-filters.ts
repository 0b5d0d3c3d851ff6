import { bind, flag, toIndex, toText } from './arguments.ts';
import { itemOf } from './attributes.ts';
import { TemplateFault } from './fault.ts';
import { calculate, concatenate } from './operators.ts';
import { text } from './text-form.ts';
import {
	type Arguments,
	codePoints,
	compare,
	Dict,
	DictView,
	describe,
	hash,
	isEqual,
	isList,
	isTrue,
	iterate,
	longestList,
	missing,
	OneShot,
	orUndefined,
	Range,
	Tuple,
	Undefined,
	type Value,
} from './values.ts';

type Read = (item: Value) => Value;

/** What `map` and `select` call. */
export interface Callbacks {
	readonly filter: (name: string, value: Value, given: Arguments) => Value;
	readonly test: (name: string, value: Value, given: Arguments) => boolean;
}

export type Filter = (value: Value, given: Arguments, callbacks: Callbacks) => Value;

const ignoreCase = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);

function pathOf(attribute: Value | undefined): Value[] {
	if (attribute === undefined || attribute === null) return [];
	if (typeof attribute !== 'string') return [attribute];
	return attribute.split('.').map((step) => (/^\d+$/.test(step) ? BigInt(step) : step));
}

/** Returns a function that reads a dotted path of attributes. */
function reader(attribute: Value | undefined, caseSensitive = true, otherwise: Value = null): Read {
	const path = pathOf(attribute);
	return (item) => {
		let found = item;
		for (const step of path) {
			found = itemOf(found, step);
			if (otherwise !== null && found instanceof Undefined) found = otherwise;
		}
		return caseSensitive ? found : ignoreCase(found);
	};
}

/** Sorts by keys; the sort is stable in both directions, as Python's. */
function sorted(items: Iterable<Value>, key: Read, reverse: boolean): Value[] {
	const keyed = Array.from(items, (item) => ({ item, key: key(item) }));
	const order = keyed.toSorted((a, b) => (reverse ? compare(b.key, a.key) : compare(a.key, b.key)));
	return order.map(({ item }) => item);
}

function sort(value: Value, given: Arguments): Value {
	const [reverse, caseSensitive, attribute] = bind('sort', 'reverse case_sensitive attribute', given);
	const paths = typeof attribute === 'string' ? attribute.split(',') : [attribute];
	const readers = paths.map((path) => reader(path, flag(caseSensitive)));
	return sorted(iterate(value), (item) => readers.map((read) => read(item)), flag(reverse));
}

function dictSort(value: Value, given: Arguments): Value {
	const [caseSensitive, by, reverse] = bind('dictsort', 'case_sensitive by reverse', given);
	if (!(value instanceof Dict)) throw new TemplateFault(`it sorts ${describe(value)} as an object`);
	const position = by === undefined || by === 'key' ? 0n : by === 'value' ? 1n : null;
	if (position === null) throw new TemplateFault('it sorts by something other than “key” or “value”');
	const items = value.entries().map((entry) => new Tuple(entry));
	return sorted(items, reader(position, flag(caseSensitive)), flag(reverse));
}

function* unique(value: Value, given: Arguments): Generator<Value> {
	const [caseSensitive, attribute] = bind('unique', 'case_sensitive attribute', given);
	const read = reader(attribute, flag(caseSensitive));
	const seen = new Set<unknown>();
	for (const item of iterate(value)) {
		const id = hash(read(item));
		if (!seen.has(id)) {
			seen.add(id);
			yield item;
		}
	}
}

function extreme(name: 'min' | 'max'): Filter {
	return (value, given) => {
		const [caseSensitive, attribute] = bind(name, 'case_sensitive attribute', given);
		const read = reader(attribute, flag(caseSensitive));
		let best: Value | undefined;
		for (const item of iterate(value)) {
			const order = best === undefined ? -1 : compare(read(item), read(best));
			if (best === undefined || (name === 'min' ? order < 0 : order > 0)) best = item;
		}
		return orUndefined(best, `it takes the ${name} of an empty list`);
	};
}

function groupBy(value: Value, given: Arguments): Value {
	const [attribute, otherwise, caseSensitive] = bind('groupby', 'attribute! default case_sensitive', given);
	const read = reader(attribute, flag(caseSensitive), otherwise ?? null);
	const label = reader(attribute, true, otherwise ?? null);
	const groups: { key: Value; items: Value[] }[] = [];
	for (const item of sorted(iterate(value), read, false)) {
		const key = read(item);
		const last = groups.at(-1);
		if (last !== undefined && isEqual(last.key, key)) last.items.push(item);
		else groups.push({ key, items: [item] });
	}
	return groups.map(({ items }) => new Tuple([label(items[0] as Value), items], ['grouper', 'list']));
}

function assertEnds(count: number): void {
	if (count > longestList) throw new TemplateFault('it makes a list without an end');
}

function* batch(value: Value, given: Arguments): Generator<Value> {
	const [size, fill] = bind('batch', 'linecount! fill_with', given);
	const count = toIndex(size as Value);
	let row: Value[] = [];
	for (const item of iterate(value)) {
		if (row.length === count) {
			yield row;
			row = [];
		}
		row.push(item);
	}
	if (row.length === 0) return;
	if (fill !== undefined && fill !== null) {
		assertEnds(count);
		while (row.length < count) row.push(fill);
	}
	yield row;
}

function* slices(value: Value, given: Arguments): Generator<Value> {
	const [wanted, fill] = bind('slice', 'slices! fill_with', given);
	const count = toIndex(wanted as Value);
	assertEnds(count);
	const items = [...iterate(value)];
	if (count === 0) throw new TemplateFault('it cuts a list into 0 parts');
	const size = Math.floor(items.length / count);
	const larger = items.length - size * count;
	let start = 0;
	for (let index = 0; index < count; index += 1) {
		const end = start + size + (index < larger ? 1 : 0);
		const part = items.slice(start, end);
		start = end;
		yield fill !== undefined && fill !== null && index >= larger ? [...part, fill] : part;
	}
}

function* mapped(value: Value, { positional, named }: Arguments, callbacks: Callbacks): Generator<Value> {
	// Jinja skips an empty value before it looks at the arguments.
	if (!isTrue(value)) return;
	let run: Read;
	const [name, ...rest] = positional;
	if (name === undefined) {
		const [attribute, otherwise] = bind('map', 'attribute! default', { positional: [], named });
		run = reader(attribute, true, otherwise ?? null);
	} else {
		const filter = toText(name);
		run = (item) => callbacks.filter(filter, item, { positional: rest, named });
	}
	for (const item of iterate(value)) yield run(item);
}

function selecting(wanted: boolean, byAttribute: boolean): Filter {
	function* select(value: Value, { positional, named }: Arguments, callbacks: Callbacks): Generator<Value> {
		if (!isTrue(value)) return;
		const [attribute, ...after] = byAttribute ? positional : [null, ...positional];
		if (attribute === undefined) throw new TemplateFault('it selects by an attribute without a name');
		const read = reader(attribute);
		const [name, ...rest] = after;
		for (const item of iterate(value)) {
			const one = read(item);
			const holds = name === undefined ? isTrue(one) : callbacks.test(toText(name), one, { positional: rest, named });
			if (holds === wanted) yield item;
		}
	}
	return (value, given, callbacks) => new OneShot(select(value, given, callbacks));
}

function* pairs(value: Value): Generator<Value> {
	if (value instanceof Undefined) return;
	if (!(value instanceof Dict)) throw new TemplateFault(`it takes the items of ${describe(value)}, which has none`);
	for (const entry of value.entries()) yield new Tuple(entry);
}

/** Returns what Python's `reversed` visits; null for values that can only be visited forwards. */
function backwards(value: Value): Value[] | null {
	if (typeof value === 'string') return codePoints(value).toReversed();
	if (isList(value)) return value.toReversed();
	if (value instanceof Tuple) return value.items.toReversed();
	if (value instanceof Dict || value instanceof DictView || value instanceof Range || value instanceof Undefined) {
		return [...iterate(value)].reverse();
	}
	return null;
}

function reverse(value: Value): Value {
	if (typeof value === 'string') return codePoints(value).toReversed().join('');
	const items = backwards(value);
	return items === null ? [...iterate(value)].reverse() : new OneShot(items, 'list_reverseiterator');
}

function first(value: Value): Value {
	for (const item of iterate(value)) return item;
	return new Undefined('it takes the first item of an empty list');
}

function last(value: Value): Value {
	const items = backwards(value);
	if (items === null) throw new TemplateFault(`it takes the last item of ${describe(value)}`);
	return orUndefined(items[0], 'it takes the last item of an empty list');
}

function join(value: Value, given: Arguments): Value {
	const [separator, attribute] = bind('join', 'd attribute', given);
	const read = reader(attribute);
	const texts = Array.from(iterate(value), (item) => text(read(item)));
	const between = separator === undefined ? '' : text(separator);
	return concatenate(texts.flatMap((one, index) => (index === 0 ? [one] : [between, one])));
}

function sum(value: Value, given: Arguments): Value {
	const [attribute, start] = bind('sum', 'attribute start', given);
	if (typeof start === 'string') throw new TemplateFault('it sums texts');
	const read = reader(attribute);
	let total: Value = start === undefined ? 0n : start;
	for (const item of iterate(value)) total = calculate('+', total, read(item));
	return total;
}

function list(value: Value): Value {
	if (value instanceof Undefined) return [];
	return [...iterate(value)];
}

function generator(run: (value: Value, given: Arguments, callbacks: Callbacks) => Generator<Value>): Filter {
	return (value, given, callbacks) => new OneShot(run(value, given, callbacks));
}

/** Creates a filter without arguments. */
export function plain(name: string, run: (value: Value) => Value): Filter {
	return (value, given) => {
		bind(name, '', given);
		return run(value);
	};
}

/** Jinja's filters for lists and objects. */
export const sequenceFilters: Readonly<Record<string, Filter>> = {
	attr: (value, given) => {
		const [name] = bind('attr', 'name!', given);
		if (value instanceof Undefined) throw missing(value);
		return new Undefined(`it reaches for the attribute “${text(name as Value)}”`);
	},
	batch: generator(batch),
	dictsort: dictSort,
	first: plain('first', first),
	groupby: groupBy,
	items: generator(pairs),
	join,
	last: plain('last', last),
	list: plain('list', list),
	map: generator(mapped),
	max: extreme('max'),
	min: extreme('min'),
	reject: selecting(false, false),
	rejectattr: selecting(false, true),
	reverse: plain('reverse', reverse),
	select: selecting(true, false),
	selectattr: selecting(true, true),
	slice: generator(slices),
	sort,
	sum,
	unique: generator(unique),
};
