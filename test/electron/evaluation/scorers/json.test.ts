import { describe, expect, test } from 'vitest';
import type { ScorerInput } from '../../../../electron/contract/evaluation/scorer.ts';
import { scoreOf, scoreSample } from './score-sample.ts';

const person = {
	type: 'object',
	properties: { name: { type: 'string', pattern: '^[A-Z]' }, age: { type: 'integer', minimum: 0 } },
	required: ['name'],
	additionalProperties: false,
};

describe('json', () => {
	test('is valid or not; a fence around it is allowed', async () => {
		expect(await scoreOf({ kind: 'json' }, ' {"a": [1, null]} ')).toBe(1);
		expect(await scoreOf({ kind: 'json' }, '```json\n{"a": 1}\n```')).toBe(1);
		expect(await scoreOf({ kind: 'json', allowFence: false }, '```json\n{"a": 1}\n```')).toBe(0);
		expect(await scoreOf({ kind: 'json' }, 'Here: {"a": 1}')).toBe(0);
		expect(await scoreOf({ kind: 'json' }, '{"a": NaN}')).toBe(0);
		expect(await scoreSample({ kind: 'json' }, '')).toEqual({ value: 0, explanation: 'The output is empty.' });
	});

	test('follows a schema, or names the violation', async () => {
		expect(await scoreOf({ kind: 'json', schema: person }, '{"name": "Ada", "age": 36}')).toBe(1);
		expect(await scoreSample({ kind: 'json', schema: person }, '{"name": "ada", "age": 1}')).toMatchObject({
			value: 0,
			explanation: expect.stringContaining('/name'),
		});
		const old = { $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'number' }], type: 'array' };
		expect(await scoreOf({ kind: 'json', schema: old }, '[1, "x"]')).toBe(1);
		expect(await scoreOf({ kind: 'json', schema: old }, '["x"]')).toBe(0);
	});

	test('a pattern in a schema can’t take for ever, and nothing is fetched', async () => {
		const bomb = { type: 'string', pattern: '^(a+)+$' };
		const started = performance.now();
		expect(await scoreOf({ kind: 'json', schema: bomb }, `"${'a'.repeat(20_000)}!"`)).toBe(0);
		expect(performance.now() - started).toBeLessThan(20_000);
		const remote = { $ref: 'https://example.com/schema.json' };
		expect(await scoreSample({ kind: 'json', schema: remote }, '{}')).toMatchObject({
			value: null,
			explanation: expect.stringContaining('can’t be used'),
		});
	});

	test('prototype keys in a value pollute nothing', async () => {
		const output = '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}';
		expect(await scoreOf({ kind: 'json', schema: { type: 'object' } }, output)).toBe(1);
		expect(await scoreOf({ kind: 'json-fields', fields: ['__proto__.polluted'] }, output, { target: output })).toBe(1);
		expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
	});
});

describe('json-fields', () => {
	const target = '{"name": "Ada", "born": {"year": 1815, "place": "London"}, "tags": ["a", "b"], "none": null}';

	test('counts the right fields', async () => {
		const output = '{"name": "ada ", "born": {"year": 1816, "place": "London"}, "tags": ["a"], "more": 1}';
		expect(await scoreSample({ kind: 'json-fields', ignoreCase: true, tolerance: 1 }, output, { target })).toEqual({
			value: 4 / 6,
			explanation: '4 of 6 fields are right; not tags.1, none.',
		});
		expect(await scoreOf({ kind: 'json-fields' }, output, { target })).toBeCloseTo(2 / 6, 12);
		expect(await scoreOf({ kind: 'json-fields', fields: ['born.place', 'tags.0'] }, output, { target })).toBe(1);
		expect(await scoreOf({ kind: 'json-fields', require: 'all' }, output, { target })).toBe(0);
		expect(await scoreOf({ kind: 'json-fields', fields: ['tags'] }, '{"tags": ["a", "b"]}', { target })).toBe(1);
	});

	test('keys with dots, empty objects and other types are compared', async () => {
		expect(await scoreOf({ kind: 'json-fields' }, '{"a.b": 1}', { target: '{"a.b": 1}' })).toBe(1);
		expect(await scoreOf({ kind: 'json-fields' }, '{"a": []}', { target: '{"a": {}}' })).toBe(0);
		expect(await scoreOf({ kind: 'json-fields' }, '{"a": "1"}', { target: '{"a": 1}' })).toBe(0);
	});

	test('integers compare digit by digit, and a number too large for a float equals nothing', async () => {
		const score = (output: string, target: string, tolerance = 0) =>
			scoreOf({ kind: 'json-fields', tolerance }, `{"n": ${output}}`, { target: `{"n": ${target}}` });
		expect(await score('1000000001', '1000000000')).toBe(0);
		expect(await score('1000000001', '1000000000', 1)).toBe(1);
		expect(await score('9007199254740993', '9007199254740992')).toBe(0);
		expect(await score('9007199254740993', '9007199254740993')).toBe(1);
		expect(await score('9007199254740993', '9007199254740992', 1)).toBe(1);
		expect(await score('9'.repeat(400), '9'.repeat(400))).toBe(1);
		expect(await score('9'.repeat(400), `8${'9'.repeat(399)}`)).toBe(0);
		expect(await score('9'.repeat(400), '5', 1e300)).toBe(0);
		expect(await score('1e999', '5', 1e300)).toBe(0);
		expect(await score('1e999', '1e998')).toBeNull();
		expect(await score('0.30000000000000004', '0.3')).toBe(1);
		expect(await score('1000000000.5', '1000000000')).toBe(0);
		const whole: ScorerInput = { kind: 'json-fields', fields: ['list'] };
		expect(await scoreOf(whole, '{"list": [9007199254740993]}', { target: '{"list": [9007199254740992]}' })).toBe(0);
		expect(await scoreOf(whole, '{"list": [1e999]}', { target: '{"list": [1e998]}' })).toBeNull();
		expect(await scoreOf(whole, '{"list": [1e999]}', { target: '{"list": [1e98]}' })).toBe(0);
	});

	test('invalid JSON is wrong in the output and unscored in the target', async () => {
		expect(await scoreOf({ kind: 'json-fields' }, 'no', { target })).toBe(0);
		expect(await scoreOf({ kind: 'json-fields' }, '{}', { target: 'no' })).toBeNull();
		expect(await scoreOf({ kind: 'json-fields' }, '{}', { target: null })).toBeNull();
	});

	test('a value nested a hundred thousand levels deep exhausts neither stack nor time', async () => {
		const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
		const score = await scoreSample({ kind: 'json-fields' }, deep, { target: deep });
		expect(score.explanation).not.toBe('');
	});
});
