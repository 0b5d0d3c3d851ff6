import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillTemplate, parseTemplate, variablesOf } from '../../../electron/prompt/template.ts';
import { failureOf } from '../../support/failure.ts';

const fill = (text: string, values: Record<string, string> = {}): string =>
	fillTemplate(parseTemplate(text), (name) => (Object.hasOwn(values, name) ? values[name] : undefined));

describe('chat template', () => {
	test('replaces names by values, with spaces around the names or in them', () => {
		expect(fill('{{a}}-{{ b }}-{{Question text}}', { a: '1', b: '2', 'Question text': '3' })).toBe('1-2-3');
		expect(fill('{{Größe_1.b-c}}', { 'Größe_1.b-c': 'ok' })).toBe('ok');
		expect(fill('no variable } { }} {', {})).toBe('no variable } { }} {');
	});

	test('keeps two braces after a backslash', () => {
		expect(fill('\\{{a}} and {{a}}', { a: 'x' })).toBe('{{a}} and x');
		expect(fill('{"json": {"a": 1}}', {})).toBe('{"json": {"a": 1}}');
	});

	test('never parses a value as a template', () => {
		expect(fill('{{a}}{{b}}', { a: '{{b}}', b: '{{a}}' })).toBe('{{b}}{{a}}');
		expect(fill('{{a}}', { a: '$& $1 \\{{a}}' })).toBe('$& $1 \\{{a}}');
	});

	test('has only own columns as names: nothing is inherited', async () => {
		for (const name of ['constructor', '__proto__', 'toString']) {
			expect((await failureOf(() => fill(`{{${name}}}`))).code).toBe('variable-missing');
		}
	});

	test.each([
		['{{', 'never closes it'],
		['a\nb {{name', 'Line 2'],
		['{{}}', 'On line 1, {{}} is not a valid variable name'],
		['{{#each items}}', 'is not a valid variable name'],
		['{{ x | upper }}', 'is not a valid variable name'],
		['{{{x}}}', 'is not a valid variable name'],
		['{{a {{b}} }}', 'is not a valid variable name'],
		['{{x()}}', 'is not a valid variable name'],
		['{{ a  b }}', 'is not a valid variable name'],
		[`{{${'x'.repeat(200)}}}`, 'is not a valid variable name'],
	])('%j is refused with the position', async (text, words) => {
		expect(await failureOf(() => parseTemplate(text))).toMatchObject({
			code: 'template-invalid',
			message: expect.stringContaining(words),
		});
	});

	test('that would fill more than any context is refused before it takes the memory', async () => {
		const failure = await failureOf(() => fill('{{a}}'.repeat(10_000), { a: 'x'.repeat(1_000_000) }));
		expect(failure).toMatchObject({ code: 'prompt-too-long', message: expect.stringContaining('4,000,000') });
	});

	test('lists its variables in order of first use', () => {
		expect(variablesOf(parseTemplate('{{b}} {{a}} {{b}}'))).toEqual(['b', 'a']);
	});

	test('any text either fills to itself or is refused, and no value changes the text around it', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), fc.string(), (before, value, after) => {
				const safe = (text: string): string => text.replaceAll('{', '(').replaceAll('\\', '/');
				expect(fill(`${safe(before)}{{v}}${safe(after)}`, { v: value })).toBe(safe(before) + value + safe(after));
			}),
		);
	});
});
