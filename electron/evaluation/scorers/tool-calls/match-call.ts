import type { Tool } from '../../../../models/contract/tools.ts';
import {
	equals,
	isDict,
	isList,
	PythonFloat,
	type PythonType,
	type PythonValue,
	show,
	typeOf,
} from './python-value.ts';

/**
 * Compares a call with an expected one by the rules of the Berkeley Function Calling Leaderboard: the AST check for
 * Python in `bfcl_eval/eval_checker/ast_eval/ast_checker.py` of ShishirPatil/gorilla (bfcl-eval 2026.3.23, Apache-2.0),
 * verdict for verdict, its quirks included (docs/formulas.md#tool-calls).
 */

/** For each argument the allowed values; '' among them: it may be left out. */
export type AllowedArguments = { readonly [argument: string]: readonly PythonValue[] };

/** A call with its arguments as read. */
export interface ReadCall {
	readonly name: string;
	readonly arguments: { readonly [argument: string]: PythonValue };
}

/** Returns why a call is not the expected one; null: it is. */
export function mismatch(
	call: ReadCall,
	name: string,
	allowed: AllowedArguments,
	tool: Tool | undefined,
): string | null {
	if (!isSameTool(call.name, name)) return `called ${call.name}, not ${name}`;
	const { properties, required } = shapeOf(tool);
	const missing = required.find((key) => !Object.hasOwn(call.arguments, key));
	if (missing !== undefined) return `${missing} is missing`;
	for (const [key, value] of Object.entries(call.arguments)) {
		const values = Object.hasOwn(allowed, key) ? allowed[key] : undefined;
		const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
		if (property === undefined || values === undefined) return `${key} was not expected`;
		const problem = argumentProblem(value, values, property);
		if (problem !== null) return `${key} ${problem}`;
	}
	const left = Object.keys(allowed).find(
		(key) => !Object.hasOwn(call.arguments, key) && !(allowed[key] ?? []).some((value) => value === ''),
	);
	return left === undefined ? null : `${left} is missing`;
}

/** A tool may be offered with its dots as underscores: OpenAI's names have none. */
export function isSameTool(called: string, expected: string): boolean {
	return called === expected || called === expected.replaceAll('.', '_');
}

type Property = { readonly [key: string]: unknown };

function shapeOf(tool: Tool | undefined): {
	readonly properties: { readonly [argument: string]: Property };
	readonly required: readonly string[];
} {
	const { properties, required } = tool?.parameters ?? {};
	return {
		properties: typeof properties === 'object' && properties !== null ? (properties as Record<string, Property>) : {},
		required: Array.isArray(required) ? required.filter((key) => typeof key === 'string') : [],
	};
}

/** BFCL's own names of types, and JSON Schema's. What has no type counts as text, as `any` does. */
const types: { readonly [name: string]: PythonType } = {
	string: 'str',
	integer: 'int',
	float: 'float',
	number: 'float',
	boolean: 'bool',
	array: 'list',
	tuple: 'list',
	dict: 'dict',
	object: 'dict',
	any: 'str',
};

function typeNamed(property: Property | undefined): PythonType {
	const name = property?.type;
	return (typeof name === 'string' ? types[name] : undefined) ?? 'str';
}

function argumentProblem(given: PythonValue, allowed: readonly PythonValue[], property: Property): string | null {
	const type = typeNamed(property);
	const items = property.items as Property | undefined;
	const inner = type === 'list' ? typeNamed(items) : null;
	// Python turns an int into a float where one is expected.
	const value = type === 'float' && typeof given === 'number' ? new PythonFloat(given) : given;
	const checked = checkType(value, allowed, type, inner);
	if (checked === null) return `is ${show(given)}, which is no ${type}`;
	// A name of a variable stands for a value of another type: it is compared as it is.
	if (!checked.isVariable) {
		if (type === 'dict') return isDict(value) ? dictProblem(value, allowed) : wrong(given, allowed);
		if (type === 'list' && inner === 'dict')
			return isList(value) ? dictsProblem(value, allowed) : wrong(given, allowed);
		if (type === 'str') return isAllowedText(value, allowed) ? null : wrong(given, allowed);
		if (type === 'list') return isAllowedList(value, allowed) ? null : wrong(given, allowed);
	}
	return allowed.some((one) => equals(one, value)) ? null : wrong(given, allowed);
}

function wrong(value: PythonValue, allowed: readonly PythonValue[]): string {
	const shown = allowed.filter((one) => one !== '').map(show);
	return `is ${show(value)}, not ${shown.join(' or ')}`;
}

/** The type of the first value that is not ''. */
function typeOfAllowed(allowed: readonly PythonValue[]): PythonType | null {
	const first = allowed.find((one) => one !== '');
	return first === undefined ? null : typeOf(first);
}

/** null: the value has a wrong type. */
function checkType(
	value: PythonValue,
	allowed: readonly PythonValue[],
	expected: PythonType,
	inner: PythonType | null,
): { readonly isVariable: boolean } | null {
	const allowedType = typeOfAllowed(allowed);
	const isVariable = allowedType !== null && allowedType !== expected;
	if (typeOf(value) === expected) {
		if (inner === null) return { isVariable };
		const items = isList(value) ? value : [];
		const fits = allowed.some(
			(one) => !isList(one) || items.every((item) => checkType(item, one, inner, null) !== null),
		);
		return fits ? { isVariable } : null;
	}
	return allowedType !== null && typeOf(value) === allowedType ? { isVariable: true } : null;
}

/** Case, spaces and these marks don't count. */
function plain(text: string): string {
	return text
		.replace(/[ ,./\-_*^]/g, '')
		.toLowerCase()
		.replaceAll("'", '"');
}

function plainIfText(value: PythonValue): PythonValue {
	return typeof value === 'string' ? plain(value) : value;
}

function isAllowedText(value: PythonValue, allowed: readonly PythonValue[]): boolean {
	return typeof value === 'string' && allowed.some((one) => typeof one === 'string' && plain(one) === plain(value));
}

/** Python iterates over a text by its characters, so '' allows an empty list. */
function itemsOf(value: PythonValue): readonly PythonValue[] {
	if (isList(value)) return value;
	return typeof value === 'string' ? [...value] : [];
}

function isAllowedList(value: PythonValue, allowed: readonly PythonValue[]): boolean {
	const own = itemsOf(value).map(plainIfText);
	return allowed.some((one) => equals(own, itemsOf(one).map(plainIfText)));
}

function dictProblem(value: { readonly [key: string]: PythonValue }, allowed: readonly PythonValue[]): string | null {
	let problem: string | null = 'was not expected';
	for (const one of allowed) {
		if (one === '' || !isDict(one)) continue;
		problem = oneDictProblem(value, one);
		if (problem === null) return null;
	}
	return problem;
}

function oneDictProblem(
	value: { readonly [key: string]: PythonValue },
	allowed: { readonly [key: string]: PythonValue },
): string | null {
	for (const [key, given] of Object.entries(value)) {
		if (!Object.hasOwn(allowed, key)) return `has ${key}, which was not expected`;
		const values = itemsOf(allowed[key]!);
		if (!values.some((one) => equals(plainIfText(one), plainIfText(given)))) return `: ${key} ${wrong(given, values)}`;
	}
	const left = Object.keys(allowed).find(
		(key) => !Object.hasOwn(value, key) && !itemsOf(allowed[key]!).some((one) => one === ''),
	);
	return left === undefined ? null : `lacks ${left}`;
}

function dictsProblem(value: readonly PythonValue[], allowed: readonly PythonValue[]): string | null {
	let problem: string | null = 'was not expected';
	for (const one of allowed) {
		const expected = itemsOf(one);
		if (expected.length !== value.length) {
			problem = `has ${value.length} entries, not ${expected.length}`;
			continue;
		}
		problem = null;
		for (const [index, own] of value.entries()) {
			problem = isDict(own) ? dictProblem(own, [expected[index]!]) : `is ${show(value)}`;
			if (problem !== null) break;
		}
		if (problem === null) return null;
	}
	return problem;
}
