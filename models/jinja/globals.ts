import { bind, toInteger, toText } from './arguments.ts';
import { formatDate } from './date-format.ts';
import { TemplateFault, TemplateRefusal } from './fault.ts';
import { text } from './text-form.ts';
import { type Arguments, Callable, Dict, describe, Instance, iterate, Namespace, Range, type Value } from './values.ts';

/** jinja2's sandbox allows no longer ranges. */
const longestRange = 100_000;

function range(given: Arguments): Value {
	const numbers = bind('range', 'start! stop step /', given).map((value) => value && toInteger(value));
	const [first = 0n, second, step = 1n] = numbers as (bigint | undefined)[];
	if (step === 0n) throw new TemplateFault('it counts in steps of 0');
	const found = second === undefined ? new Range(0n, first, step) : new Range(first, second, step);
	if (found.size > longestRange) throw new TemplateFault(`it counts to more than ${longestRange} numbers`);
	return found;
}

function makeDict({ positional, named }: Arguments): Dict {
	const [source] = positional;
	if (positional.length > 1) throw new TemplateFault('it makes an object of more than one value');
	let entries: (readonly [Value, Value])[] = [];
	if (source instanceof Dict) entries = source.entries();
	else if (source !== undefined) {
		entries = Array.from(iterate(source), (item) => {
			const pair = [...iterate(item)];
			if (pair.length !== 2) throw new TemplateFault(`it makes an object of ${describe(item)}, which is no pair`);
			return [pair[0] as Value, pair[1] as Value] as const;
		});
	}
	return new Dict([...entries, ...named]);
}

/** Sets an attribute; transformers refuses names that begin with an underscore. */
export function setAttribute(namespace: Namespace, name: string, value: Value): void {
	if (name.startsWith('_')) throw new TemplateFault(`it stores “${name}”, and names may not begin with an underscore`);
	namespace.attributes.set(name, value);
}

function makeNamespace(given: Arguments): Value {
	const namespace = new Namespace();
	for (const [name, value] of makeDict(given).entries()) setAttribute(namespace, toText(name), value);
	return namespace;
}

/** `cycler`: gives its items in turn. */
class Cycler extends Instance {
	readonly type = 'Cycler';
	override readonly isCallable = false;
	readonly #items: readonly Value[];
	#position = 0;

	constructor(items: readonly Value[]) {
		super();
		if (items.length === 0) throw new TemplateFault('it cycles through nothing');
		this.#items = items;
	}

	get #current(): Value {
		return this.#items[this.#position] as Value;
	}

	attribute(name: string): Value | undefined {
		switch (name) {
			case 'current':
				return this.#current;
			case 'next':
				return new Callable('next', () => {
					const now = this.#current;
					this.#position = (this.#position + 1) % this.#items.length;
					return now;
				});
			case 'reset':
				return new Callable('reset', () => {
					this.#position = 0;
					return null;
				});
			default:
				return undefined;
		}
	}
}

/** `joiner`: gives its text each time but the first. */
class Joiner extends Instance {
	readonly type = 'Joiner';
	readonly #separator: Value;
	#isUsed = false;

	constructor(separator: Value) {
		super();
		this.#separator = separator;
	}

	attribute(name: string): Value | undefined {
		if (name === 'sep') return this.#separator;
		return name === 'used' ? this.#isUsed : undefined;
	}

	override call(): Value {
		if (this.#isUsed) return this.#separator;
		this.#isUsed = true;
		return '';
	}
}

/** `dict`, which transformers replaces by an object with two abilities. */
class DictMaker extends Instance {
	readonly type = 'dict';

	attribute(name: string): Value | undefined {
		if (name !== 'fromkeys') return undefined;
		return new Callable(name, (given) => {
			const [keys, value = null] = bind(name, 'iterable! value /', given);
			return new Dict(Array.from(iterate(keys as Value), (key) => [key, value] as const));
		});
	}

	override call(given: Arguments): Value {
		return makeDict(given);
	}
}

/** Returns the functions that every template has. `now` is the time that `strftime_now` prints. */
export function globalValues(now: () => Date): ReadonlyMap<string, Value> {
	const functions: Readonly<Record<string, (given: Arguments) => Value>> = {
		range,
		namespace: makeNamespace,
		cycler: (given) => new Cycler(given.positional),
		joiner: (given) => {
			const [separator = ', '] = bind('joiner', 'sep', given);
			return new Joiner(separator);
		},
		raise_exception: (given) => {
			const [message] = bind('raise_exception', 'message!', given);
			throw new TemplateRefusal(text(message as Value));
		},
		strftime_now: (given) => {
			const [format] = bind('strftime_now', 'format!', given);
			return formatDate(now(), toText(format as Value));
		},
	};
	return new Map<string, Value>([
		...Object.entries(functions).map(([name, call]) => [name, new Callable(name, call)] as const),
		['dict', new DictMaker()],
	]);
}
