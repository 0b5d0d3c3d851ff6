import { bind, toInteger } from './arguments.ts';
import { TemplateFault } from './fault.ts';
import { holds } from './operators.ts';
import { isLower, isUpper } from './string-methods.ts';
import { text } from './text-form.ts';
import {
	type Arguments,
	Callable,
	contains,
	Dict,
	describe,
	hash,
	Instance,
	isEqual,
	isList,
	isNumber,
	itemsOf,
	Markup,
	missing,
	plainNumber,
	Tuple,
	typeName,
	Undefined,
	unmarked,
	type Value,
} from './values.ts';

type Run = (value: Value, argument: Value, names: Names) => boolean;

/** What the tests `filter` and `test` know. */
interface Names {
	readonly hasFilter: (name: string) => boolean;
}

function remainder(value: Value, by: bigint): bigint {
	if (value instanceof Undefined) throw missing(value);
	if (!isNumber(value)) throw new TemplateFault(`it divides ${describe(value)}`);
	const number = plainNumber(value);
	if (typeof number === 'number') return Number.isInteger(number) ? remainder(BigInt(number), by) : -1n;
	if (by === 0n) throw new TemplateFault('it divides by zero');
	return ((number % by) + by) % by;
}

const comparing =
	(operator: string): Run =>
	(value, argument) =>
		holds(operator, value, argument);

/** The same object; texts and numbers that are equal are the same too, as small ones are in Python. */
function isSame(value: Value, other: Value): boolean {
	if (typeName(value) !== typeName(other)) return false;
	return value !== null && typeof value === 'object' ? value === other : isEqual(value, other);
}

function isSequence(value: Value): boolean {
	return (
		typeof unmarked(value) === 'string' ||
		isList(value) ||
		value instanceof Tuple ||
		value instanceof Dict ||
		typeName(value) === 'range' ||
		value instanceof Undefined
	);
}

function isName(value: Value, has: (name: string) => boolean): boolean {
	const name = hash(value);
	return typeof name === 'string' && has(name);
}

/** Jinja's tests; those with an argument end in an exclamation mark. */
const tests: Readonly<Record<string, Run>> = {
	boolean: (value) => typeof value === 'boolean',
	callable: (value) =>
		value instanceof Callable || value instanceof Undefined || (value instanceof Instance && value.isCallable),
	defined: (value) => !(value instanceof Undefined),
	'divisibleby!': (value, by) => remainder(value, toInteger(by)) === 0n,
	'!=!': comparing('!='),
	'<!': comparing('<'),
	'<=!': comparing('<='),
	'==!': comparing('=='),
	'>!': comparing('>'),
	'>=!': comparing('>='),
	'eq!': comparing('=='),
	'equalto!': comparing('=='),
	escaped: (value) => value instanceof Markup,
	even: (value) => remainder(value, 2n) === 0n,
	false: (value) => value === false,
	filter: (value, _none, { hasFilter }) => isName(value, hasFilter),
	float: (value) => typeof value === 'number',
	'ge!': comparing('>='),
	'greaterthan!': comparing('>'),
	'gt!': comparing('>'),
	'in!': (value, container) => contains(container, value),
	integer: (value) => typeof value === 'bigint',
	iterable: (value) => itemsOf(value) !== null,
	'le!': comparing('<='),
	'lessthan!': comparing('<'),
	lower: (value) => isLower(text(value)),
	'lt!': comparing('<'),
	mapping: (value) => value instanceof Dict,
	'ne!': comparing('!='),
	none: (value) => value === null,
	number: isNumber,
	odd: (value) => remainder(value, 2n) === 1n,
	'sameas!': isSame,
	sequence: isSequence,
	string: (value) => typeof unmarked(value) === 'string',
	test: (value) => isName(value, hasTest),
	true: (value) => value === true,
	undefined: (value) => value instanceof Undefined,
	upper: (value) => isUpper(text(value)),
};

function hasTest(name: string): boolean {
	return Object.hasOwn(tests, name) || Object.hasOwn(tests, `${name}!`);
}

/** Runs one of Jinja's tests. */
export function test(name: string, value: Value, given: Arguments, names: Names): boolean {
	const run = Object.hasOwn(tests, name) ? tests[name] : undefined;
	if (run !== undefined) {
		bind(`the test “${name}”`, '', given);
		return run(value, null, names);
	}
	const compareWith = Object.hasOwn(tests, `${name}!`) ? tests[`${name}!`] : undefined;
	if (compareWith === undefined) throw new TemplateFault(`it uses the test “${name}”, which Jinja does not have`);
	const [argument] = bind(`the test “${name}”`, 'other!', given);
	return compareWith(value, argument as Value, names);
}
