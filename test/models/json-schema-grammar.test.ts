import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../models/engine.ts';
import { jsonGrammar, lenientSchemaGrammar, schemaGrammar } from '../../models/json-schema-grammar.ts';
import { threadMs } from '../../models/thread-time.ts';
import { failureOf } from '../support/failure.ts';
import { type TinyRuntime, tinyRuntime } from '../support/tiny-runtime.ts';
import { answerOf, ask, resultOf } from '../support/worker-runtime.ts';

let tiny: TinyRuntime;
let engine: Engine;
beforeAll(async () => {
	tiny = tinyRuntime();
	engine = await tiny.loadTiny();
});
afterAll(() => tiny.close());

/** Returns the answer of a model with random weights under the grammar; null if it did not end. */
async function said(grammar: string, seed: number): Promise<string | null> {
	const answer = await answerOf(engine, { ...ask('the cat', { temperature: 1.5, maxTokens: 400, seed }), grammar });
	expect(answer.last?.type).toBe('done');
	// A model with random weights also writes bytes that are not text.
	return resultOf(answer).stopReason === 'end' && !answer.text.includes('\ufffd') ? answer.text : null;
}

const schemas: Readonly<Record<string, object>> = {
	'required and optional properties': {
		type: 'object',
		properties: {
			a: { type: 'boolean' },
			b: { enum: ['x', 'y"z', 3, null] },
			c: { type: 'integer' },
			d: { const: { e: [1, 'two'] } },
		},
		required: ['b'],
		additionalProperties: false,
	},
	'lists of bounded length': {
		type: 'array',
		items: { type: ['boolean', 'null'] },
		minItems: 2,
		maxItems: 3,
	},
	'texts of bounded length': { type: 'object', properties: { s: { type: 'string', maxLength: 4 } }, required: ['s'] },
	choices: { anyOf: [{ type: 'boolean' }, { const: 'none' }, { type: 'array', items: { type: 'null' }, maxItems: 2 }] },
	'a recursive schema': {
		$ref: '#/$defs/node',
		$defs: {
			node: {
				type: 'object',
				properties: { on: { type: 'boolean' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
				required: ['on', 'next'],
				additionalProperties: false,
			},
		},
	},
	'further properties of one kind': { type: 'object', additionalProperties: { type: 'boolean' } },
	'names of any kind': {
		type: 'object',
		properties: { 'ö "quoted"\n': { type: 'boolean' }, __proto__x: { type: 'null' } },
		required: ['ö "quoted"\n', '__proto__x'],
	},
};

describe('answer under a schema', () => {
	test.each(Object.entries(schemas))('the answer is valid: %s', { timeout: 60_000 }, async (_, schema) => {
		const validate = new Ajv2020({ strict: false }).compile(schema);
		const grammar = schemaGrammar(JSON.stringify(schema));
		let ended = 0;
		for (let seed = 1; seed <= 12; seed += 1) {
			const text = await said(grammar, seed);
			if (text === null) continue;
			ended += 1;
			const value: unknown = JSON.parse(text);
			expect(validate(value), `${text}: ${JSON.stringify(validate.errors)}`).toBe(true);
		}
		expect(ended).toBeGreaterThan(3);
	});

	test('without a schema the answer is JSON', { timeout: 60_000 }, async () => {
		let ended = 0;
		for (let seed = 1; seed <= 12; seed += 1) {
			const text = await said(jsonGrammar(), seed);
			if (text === null) continue;
			ended += 1;
			expect(() => JSON.parse(text)).not.toThrow();
		}
		expect(ended).toBeGreaterThan(2);
	});
});

/** Patterns that take other engines for ever, or need a huge automaton. */
const exploding = [
	'^(a+)+$',
	'^(a|b)*a(a|b){30}$',
	'((a{1,100}){1,100}){1,100}',
	'(x+x+)+y',
	`${'('.repeat(60)}a${')'.repeat(60)}`,
];

describe('schema that comes from a program', () => {
	test.each(exploding)('the pattern %s is used or left open within a second', (pattern) => {
		const began = threadMs();
		const { open } = lenientSchemaGrammar({ type: 'object', properties: { a: { type: 'string', pattern } } });
		expect(threadMs() - began).toBeLessThan(5_000);
		expect(open.every(({ at, keyword }) => at === '/properties/a' && keyword === 'pattern')).toBe(true);
	});

	test('many exploding patterns together are left open within bounded time', () => {
		const properties = Object.fromEntries(
			Array.from({ length: 100 }, (_, index) => [
				`p${index}`,
				{ type: 'string', pattern: `^(a|b)*a(a|b){${30 + index}}$` },
			]),
		);
		const began = threadMs();
		expect(lenientSchemaGrammar({ type: 'object', properties }).open).toHaveLength(100);
		expect(threadMs() - began).toBeLessThan(6_000);
	});

	test('schemas that grow when they are combined are refused within bounded time', async () => {
		const branch = {
			anyOf: Array.from({ length: 30 }, (_, index) => ({ properties: { [`p${index}`]: { type: 'null' } } })),
		};
		const began = threadMs();
		const failure = await failureOf(() => lenientSchemaGrammar({ allOf: Array.from({ length: 10 }, () => branch) }));
		expect(failure.code).toBe('schema-unsupported');
		expect(failure.message).toMatch(/too large/);
		expect(threadMs() - began).toBeLessThan(10_000);
	});

	test('a long list of values becomes a tree of letters', () => {
		const values = Array.from({ length: 3_000 }, (_, index) => `value-${index}`);
		const { grammar, open } = lenientSchemaGrammar({ enum: values });
		expect(open).toEqual([]);
		expect(Math.max(...grammar.split('\n').map((line) => line.split('|').length))).toBeLessThan(50);
	});

	test('references in a circle, within choices too, end', async () => {
		expect((await failureOf(() => lenientSchemaGrammar({ anyOf: [{ $ref: '#' }] }))).message).toMatch(
			/nothing is allowed/,
		);
		expect(lenientSchemaGrammar({ anyOf: [{ $ref: '#' }, { type: 'null' }] }).grammar).toMatch(/null/);
	});
});

describe('schema that no grammar can express', () => {
	test.each<[object, RegExp]>([
		[{ type: 'string', pattern: '^(?=a)' }, /its root, “pattern”: it looks ahead or back/],
		[{ type: 'string', pattern: '^(a|b)*a(a|b){200}$' }, /its root, “pattern” needs too large a grammar/],
		[{ type: 'object', properties: { n: { not: { const: 1 } } } }, /at \/properties\/n, “not” is not understood/],
		[{ type: 'array', uniqueItems: true }, /“uniqueItems”/],
		[{ $ref: '#/$defs/none' }, /leads nowhere/],
		[{ $ref: 'other.json' }, /within the schema itself/],
		[{ $ref: '#' }, /nothing but itself/],
		[{ type: 'array', minItems: 5, maxItems: 2 }, /less than/],
		[{ type: 'thing' }, /no type “thing”/],
		[{ enum: [] }, /no list/],
		[{ allOf: [] }, /no list/],
		[{ type: 'number', minimum: 3, maximum: 2 }, /nothing is allowed/],
	])('%j is refused, and the place is named', async (schema, words) => {
		const failure = await failureOf(() => schemaGrammar(JSON.stringify(schema)));
		expect(failure.code).toBe('schema-unsupported');
		expect(failure.message).toMatch(words);
		expect(failure.next).toHaveLength(3);
	});

	test('invalid JSON, values that are not schemas, and endless schemas are refused', async () => {
		for (const text of ['', '[1]', '{"type":', 'true']) {
			expect((await failureOf(() => schemaGrammar(text))).code).toBe('schema-invalid');
		}
		let deep: object = { type: 'boolean' };
		for (let level = 0; level < 500; level += 1) deep = { type: 'array', items: deep };
		expect((await failureOf(() => schemaGrammar(JSON.stringify(deep)))).message).toMatch(/too deep/);
	});
});

describe('a schema that would take for ever', () => {
	const refusedSoon = (schema: object) => {
		const began = threadMs();
		expect(() => schemaGrammar(JSON.stringify(schema))).toThrow('it is too deep or too large');
		// Refused by its steps, long before its time is over.
		expect(threadMs() - began).toBeLessThan(5_000);
	};

	test('references that double at each level', () => {
		const $defs: Record<string, object> = { a40: { type: 'string' } };
		for (let at = 0; at < 40; at += 1) {
			const $ref = `#/$defs/a${at + 1}`;
			$defs[`a${at}`] = { allOf: [{ $ref }, { $ref }] };
		}
		refusedSoon({ $defs, $ref: '#/$defs/a0' });
	});

	test('choices that multiply and match nothing', () => {
		const allOf: object[] = Array.from({ length: 40 }, (_, at) => ({
			anyOf: [{ minLength: at + 1 }, { maxLength: 900 - at }],
		}));
		refusedSoon({ allOf: [...allOf, { anyOf: [false] }] });
	});
});

test('a choice that leads to itself is read', () => {
	expect(() => schemaGrammar(JSON.stringify({ oneOf: [{ $ref: '#' }, { type: 'null' }] }))).not.toThrow(RangeError);
});
