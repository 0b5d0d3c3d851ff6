import { bind, toIndex } from './arguments.ts';
import { TemplateFault } from './fault.ts';
import { escapeHtml, marked } from './markup.ts';
import { boundsOf, type SliceBounds, sliceOf } from './slice.ts';
import { stringMethod } from './string-methods.ts';
import { representation, text } from './text-form.ts';
import { formatText } from './text-format.ts';
import {
	type Arguments,
	Callable,
	codePoints,
	Dict,
	DictView,
	describe,
	Instance,
	isEqual,
	isList,
	isNumber,
	iterate,
	Markup,
	missing,
	Namespace,
	plainNumber,
	Range,
	Tuple,
	typeName,
	Undefined,
	unmarked,
	type Value,
} from './values.ts';

/** Methods that change a list or an object, which jinja2's immutable sandbox refuses. */
const changing: Readonly<Record<string, readonly string[]>> = {
	list: ['append', 'clear', 'extend', 'insert', 'pop', 'remove', 'reverse', 'sort'],
	dict: ['clear', 'pop', 'popitem', 'setdefault', 'update'],
};

/** Something that exists in Python and that the sandbox hides: it is undefined, with its own reason. */
function hidden(value: Value, name: string): Undefined {
	return new Undefined(`it reaches for “${name}” of ${typeName(value)}, which templates may not use`);
}

function indexOf(items: readonly Value[], item: Value): bigint {
	const index = items.findIndex((one) => isEqual(one, item));
	if (index === -1) throw new TemplateFault(`it looks for ${representation(item)} in a list that lacks it`);
	return BigInt(index);
}

function listMethod(items: readonly Value[], name: string): ((given: Arguments) => Value) | undefined {
	if (name === 'count') {
		return (given) => {
			const [item] = bind(name, 'value! /', given);
			return BigInt(items.filter((one) => isEqual(one, item as Value)).length);
		};
	}
	if (name !== 'index') return undefined;
	return (given) => {
		const [item] = bind(name, 'value! /', given);
		return indexOf(items, item as Value);
	};
}

function dictMethod(dict: Dict, name: string): ((given: Arguments) => Value) | undefined {
	switch (name) {
		case 'get':
			return (given) => {
				const [key, otherwise] = bind(name, 'key! default /', given);
				const found = dict.get(key as Value);
				return found !== undefined ? found : otherwise !== undefined ? otherwise : null;
			};
		case 'keys':
		case 'values':
		case 'items':
			return (given) => {
				bind(name, '', given);
				return new DictView(name, dict);
			};
		case 'copy':
			return (given) => {
				bind(name, '', given);
				return dict;
			};
		default:
			return undefined;
	}
}

function formatMethod(
	own: string,
	name: string,
	write: (value: Value) => string,
): ((given: Arguments) => Value) | undefined {
	const access = { attributeOf, itemOf };
	if (name === 'format') return (given) => formatText(own, given, access, write);
	if (name !== 'format_map') return undefined;
	return (given) => {
		const [map] = bind(name, 'mapping! /', given);
		const named = map instanceof Dict ? map.entries().map(([key, value]) => [text(key), value] as const) : [];
		return formatText(own, { positional: [], named: new Map(named) }, access, write);
	};
}

/** Methods of a safe text return safe texts, and escape what they put in. */
function markupMethod(value: Markup, name: string): ((given: Arguments) => Value) | undefined {
	const own = value.text;
	const format = formatMethod(own, name, escapeHtml);
	if (format !== undefined) return (given) => marked(format(given));
	const method = stringMethod(own, name);
	if (method === undefined) return undefined;
	return ({ positional, named }) => {
		let args = positional;
		if (name === 'replace') args = positional.map((one, index) => (index === 1 ? escapeHtml(one) : one));
		if (name === 'join' && positional[0] !== undefined) args = [Array.from(iterate(positional[0]), escapeHtml)];
		return marked(method({ positional: args, named }));
	};
}

function methodOf(value: Value, name: string): ((given: Arguments) => Value) | undefined {
	if (typeof value === 'string') return formatMethod(value, name, text) ?? stringMethod(value, name);
	if (value instanceof Markup) return markupMethod(value, name);
	if (isList(value)) return name === 'copy' ? () => value : listMethod(value, name);
	if (value instanceof Tuple) return listMethod(value.items, name);
	if (value instanceof Dict) return dictMethod(value, name);
	if (typeof value === 'number' && name === 'is_integer') return () => Number.isInteger(value);
	if (typeof value === 'bigint' && name === 'bit_length') {
		return () => BigInt(value === 0n ? 0 : (value < 0n ? -value : value).toString(2).length);
	}
	return undefined;
}

/** Returns an attribute by Python's `getattr`, undefined if there is none. Only what is listed here exists. */
export function ownAttribute(value: Value, name: string): Value | undefined {
	if (/^__\w+__$/.test(name)) return hidden(value, name);
	if (changing[typeName(value)]?.includes(name)) return hidden(value, name);
	if (value instanceof Namespace) return value.attributes.get(name);
	if (value instanceof Instance) return value.attribute(name);
	if (value instanceof Callable) return value.attributes.get(name);
	if (isNumber(value) && (name === 'real' || name === 'imag')) return name === 'real' ? plainNumber(value) : 0n;
	if (value instanceof Range && (name === 'start' || name === 'stop' || name === 'step')) return value[name];
	if (value instanceof Tuple && value.names.includes(name)) return value.items[value.names.indexOf(name)];
	const method = methodOf(value, name);
	return method && new Callable(name, method);
}

/** Returns an item by Python's `value[index]`, undefined if there is none. */
function ownItem(value: Value, index: Value): Value | undefined {
	if (value instanceof Markup) {
		const found = ownItem(value.text, index);
		return found && marked(found);
	}
	if (value instanceof Dict) {
		return isList(index) || index instanceof Dict ? undefined : value.get(index);
	}
	if (typeof index !== 'bigint' && typeof index !== 'boolean') return undefined;
	const at = toIndex(index);
	if (typeof value === 'string') return codePoints(value).at(at);
	if (isList(value)) return value.at(at);
	if (value instanceof Tuple) return value.items.at(at);
	if (value instanceof Range) {
		const position = at < 0 ? at + value.size : at;
		return position >= 0 && position < value.size ? value.at(position) : undefined;
	}
	return undefined;
}

function lacking(value: Value, name: string): Undefined {
	const owner = value === null ? 'nothing (None)' : `a value of type ${typeName(value)}`;
	return new Undefined(`it uses “${name}” of ${owner}, which has no such thing`);
}

/** Jinja's `value.name`: an attribute, or else an item. */
export function attributeOf(value: Value, name: string): Value {
	if (value instanceof Undefined) throw missing(value);
	const attribute = ownAttribute(value, name);
	const found = attribute === undefined ? ownItem(value, name) : attribute;
	return found === undefined ? lacking(value, name) : found;
}

/** Jinja's `value[index]`: an item, or else an attribute. */
export function itemOf(value: Value, marking: Value): Value {
	const index = unmarked(marking);
	if (value instanceof Undefined) throw missing(value);
	const item = ownItem(value, index);
	if (item !== undefined) return item;
	const attribute = typeof index === 'string' ? ownAttribute(value, index) : undefined;
	if (attribute !== undefined) return attribute;
	return lacking(value, typeof index === 'string' ? index : representation(index));
}

/** Jinja's `value[start:stop:step]`. */
export function partOf(value: Value, bounds: SliceBounds): Value {
	if (value instanceof Undefined) throw missing(value);
	if (value instanceof Markup) return marked(partOf(value.text, bounds));
	if (typeof value === 'string') return sliceOf(codePoints(value), bounds).join('');
	if (isList(value)) return sliceOf(value, bounds);
	if (value instanceof Tuple) return new Tuple(sliceOf(value.items, bounds));
	if (value instanceof Range) {
		const { first, end, by } = boundsOf(value.size, bounds);
		return new Range(value.at(first), value.at(end), BigInt(by) * value.step);
	}
	throw new TemplateFault(`it takes a part of ${describe(value)}, which has none`);
}
