import { TemplateFault } from './fault.ts';
import { type Arguments, describe, isTrue, Markup, missing, Undefined, type Value } from './values.ts';

/**
 * Returns the values of a function's parameters, undefined where none was given. The parameters are a text like
 * `old! new! count`: an exclamation mark for a required one, a final `/` if Python takes them by position only.
 */
export function bind(name: string, parameters: string, given: Arguments): (Value | undefined)[] {
	const words = parameters.split(' ').filter((word) => word !== '');
	const byPosition = words.at(-1) === '/';
	if (byPosition) words.pop();
	const names = words.map((word) => word.replace('!', ''));
	if (given.positional.length > names.length) {
		throw new TemplateFault(`it gives ${name} ${given.positional.length} arguments, which takes ${names.length}`);
	}
	const values: (Value | undefined)[] = names.map((_name, index) => given.positional[index]);
	for (const [keyword, value] of given.named) {
		const index = byPosition ? -1 : names.indexOf(keyword);
		if (index === -1 || values[index] !== undefined) {
			throw new TemplateFault(
				`it gives ${name} the argument “${keyword}”, which ${index === -1 ? 'it does not have' : 'it has already'}`,
			);
		}
		values[index] = value;
	}
	const lacking = words.findIndex((word, index) => word.endsWith('!') && values[index] === undefined);
	if (lacking !== -1) throw new TemplateFault(`it calls ${name} without “${names[lacking]}”`);
	return values;
}

/** Returns an argument that must be text. */
export function toText(value: Value): string {
	if (typeof value === 'string') return value;
	if (value instanceof Markup) return value.text;
	if (value instanceof Undefined) throw missing(value);
	throw new TemplateFault(`it uses ${describe(value)} where text is needed`);
}

/** Returns an argument that must be a whole number. */
export function toInteger(value: Value): bigint {
	if (typeof value === 'bigint') return value;
	if (typeof value === 'boolean') return BigInt(value);
	if (value instanceof Undefined) throw missing(value);
	throw new TemplateFault(
		`it uses ${typeof value === 'number' ? 'a fraction' : describe(value)} where a whole number is needed`,
	);
}

/** Returns a whole number that JavaScript can count to. */
export function toIndex(value: Value): number {
	return Number(toInteger(value));
}

/** Whether an optional argument was given and is true. */
export function flag(value: Value | undefined): boolean {
	return value !== undefined && isTrue(value);
}
