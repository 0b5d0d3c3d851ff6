import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LenientGrammar, lenientSchemaGrammar } from '../../../models/json-schema-grammar.ts';
import { type GrammarMatcher, grammarMatcher } from '../../support/grammar-matcher.ts';

interface Group {
	readonly file: string;
	readonly description: string;
	readonly schema: Record<string, unknown> | boolean;
	readonly tests: readonly (readonly [description: string, data: unknown, valid: boolean])[];
}

const { groups } = JSON.parse(readFileSync(join(import.meta.dirname, 'suite.json'), 'utf8')) as { groups: Group[] };

let matcher: GrammarMatcher;
beforeAll(async () => {
	matcher = await grammarMatcher();
});
afterAll(() => matcher.free());

/** The keywords that decide in which order a value is written. */
interface View {
	readonly $ref?: string;
	readonly allOf?: readonly unknown[];
	readonly anyOf?: readonly unknown[];
	readonly oneOf?: readonly unknown[];
	readonly properties?: Readonly<Record<string, unknown>>;
	readonly required?: readonly string[];
	readonly additionalProperties?: unknown;
	readonly prefixItems?: readonly unknown[];
	readonly items?: unknown;
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
}

/** Returns the schemas that may hold for a value, with what references and combinations lead to, each once. */
function viewsOf(schema: unknown, root: unknown, seen = new Set<unknown>()): View[] {
	if (typeof schema !== 'object' || schema === null || seen.has(schema)) return [];
	seen.add(schema);
	const own = schema as View;
	const views = [own];
	if (typeof own.$ref === 'string' && own.$ref.startsWith('#')) {
		let found: unknown = root;
		for (const part of decodeURIComponent(own.$ref.slice(1)).split('/').slice(1)) {
			found = (found as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
		}
		views.push(...viewsOf(found, root, seen));
	}
	for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
		for (const inner of own[keyword] ?? []) views.push(...viewsOf(inner, root, seen));
	}
	return views;
}

/** Writes a value with its keys in the order of the schema, as the grammar wants them. */
function written(value: unknown, schema: unknown, root: unknown): string {
	const views = viewsOf(schema, root);
	if (Array.isArray(value)) {
		const items = value.map((item, index) => {
			const own = views.map(({ prefixItems, items: rest }) => prefixItems?.[index] ?? rest).filter(Boolean);
			return written(item, { allOf: own }, root);
		});
		return `[${items.join()}]`;
	}
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	const constants = views.flatMap(({ const: constant, enum: list }) => [constant, ...(list ?? [])]);
	const order = [
		...views.flatMap(({ properties }) => Object.keys(properties ?? {})),
		...views.flatMap(({ required }) => required ?? []),
		...constants.flatMap((one) => (typeof one === 'object' && one !== null ? Object.keys(one) : [])),
	];
	const keys = [...new Set([...order.filter((key) => Object.hasOwn(value, key)), ...Object.keys(value)])];
	const pairs = keys.map((key) => {
		const own = views.flatMap(({ properties, additionalProperties }) => [
			properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined,
			additionalProperties,
		]);
		const inner = { allOf: own.filter((one) => typeof one === 'object') };
		return `${JSON.stringify(key)}:${written((value as Record<string, unknown>)[key], inner, root)}`;
	});
	return `{${pairs.join()}}`;
}

/** Leap seconds depend on the offset, which no pattern relates to the time. */
const leapSecond = /:60/;

/** Returns what llama.cpp's grammar engine decides otherwise than the suite; null if the schema allows nothing. */
function faultsOf({ file, description, schema, tests }: Group, undeclared: 'allow' | 'forbid') {
	let lenient: LenientGrammar;
	try {
		lenient = lenientSchemaGrammar(schema, undeclared);
	} catch (error) {
		expect(String(error)).toMatch(/nothing is allowed/);
		return { missing: tests.filter(([, , valid]) => valid).map(([name]) => name), extra: [], claimed: true };
	}
	const { grammar, open } = lenient;
	const judged = tests.map(([name, data, valid]) => ({
		name: `${file}: ${description}: ${name}`,
		valid,
		data,
		matched: matcher.matches(grammar, written(data, schema, schema)),
	}));
	return {
		missing: judged
			.filter(({ valid, matched, data }) => valid && !matched && !leapSecond.test(String(data)))
			.map(({ name }) => name),
		extra: open.length > 0 ? [] : judged.filter(({ valid, matched }) => !valid && matched).map(({ name }) => name),
		claimed: open.length === 0,
	};
}

describe('JSON-Schema-Test-Suite, with llama.cpp’s grammar engine', () => {
	test('every valid instance can be generated; where nothing is left open, no invalid one', {
		timeout: 120_000,
	}, () => {
		const results = groups.map((group) => faultsOf(group, 'allow'));
		expect(results.flatMap(({ missing }) => missing)).toEqual([]);
		expect(results.flatMap(({ extra }) => extra)).toEqual([]);
		expect(results.filter(({ claimed }) => claimed).length).toBeGreaterThan(150);
	});

	test('by default, undeclared properties are forbidden, and nothing invalid is let through', {
		timeout: 120_000,
	}, () => {
		expect(groups.flatMap((group) => faultsOf(group, 'forbid').extra)).toEqual([]);
	});

	test('what is left open is named', () => {
		const open = (schema: Record<string, unknown>) => lenientSchemaGrammar(schema).open;
		expect(open({ type: 'array', uniqueItems: true })).toEqual([{ at: '', keyword: 'uniqueItems' }]);
		expect(open({ properties: { a: { pattern: '^(?=a)' } } })).toEqual([{ at: '/properties/a', keyword: 'pattern' }]);
		expect(open({ type: 'string', format: 'idn-email' })).toEqual([{ at: '', keyword: 'format' }]);
	});
});
