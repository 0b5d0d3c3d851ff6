import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TemplateFault, TemplateRefusal } from '../../../models/jinja/fault.ts';
import { renderParsed } from '../../../models/jinja/interpreter.ts';
import { parseTemplate } from '../../../models/jinja/parser.ts';

const golden = z
	.object({
		now: z.string(),
		values: z.record(z.string(), z.unknown()),
		cases: z.array(
			z.object({
				template: z.string(),
				text: z.string().optional(),
				/** The words of `raise_exception`. */
				error: z.string().optional(),
				/** The kind of Python's error, whose words differ from ours. */
				fault: z.string().optional(),
			}),
		),
	})
	.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'features.json'), 'utf8')));

const render = (template: string, values = golden.values): string =>
	renderParsed(parseTemplate(template), values, () => new Date(golden.now));

test(`small templates do what they do in Python's jinja2`, () => {
	const outcomes = golden.cases.map(({ template, fault }) => {
		try {
			return { template, text: render(template) };
		} catch (error) {
			if (error instanceof TemplateRefusal) return { template, error: error.message };
			if (error instanceof TemplateFault) return { template, fault };
			throw error;
		}
	});
	expect(golden.cases.length).toBeGreaterThan(9_000);
	expect(outcomes).toEqual(golden.cases);
});

describe('a fault', () => {
	test.each([
		['{{ "a" + 1 }}', "it adds text and a number, which can't be (line 1 of the template)"],
		['\n\n{{ x.y }}', 'it uses “x”, which does not exist here (line 3 of the template)'],
		['{% for m in none %}{% endfor %}', 'it loops over nothing (None), which is no list (line 1 of the template)'],
		['{{ [1].append(2) }}', 'it reaches for “append” of list, which templates may not use (line 1 of the template)'],
		['{{ 1|unknown }}', 'it uses the filter “unknown”, which Assay does not have (line 1 of the template)'],
		['a\n{% if x %}\n', '“endif” is missing (line 2 of the template)'],
		["{% include 'a' %}", 'chat templates have no “include” (line 1 of the template)'],
		['{{ range(1000000) }}', 'it counts to more than 100000 numbers (line 1 of the template)'],
		["{{ 'a' * 1000000000 }}", 'it repeats something 1000000000 times (line 1 of the template)'],
		['{{ 10 ** 100000 }}', /power/],
		["{{ '%999999999d' % 1 }}", /characters/],
		["{{ ('a' * 10000)|replace('a', 'b' * 10000) }}", /without an end/],
		[
			'{% set n = namespace(l=[1]) %}{% for i in range(99) %}{% set n.l = n.l + n.l %}{% endfor %}',
			/a list without an end/,
		],
		['{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', /calls itself without an end/],
	])('%s names its cause and its line', (template, message) => {
		expect(() => render(template, {})).toThrow(message);
	});
});

test('JavaScript stays out of reach of a template', () => {
	const values = { messages: [{ role: 'user', content: 'x' }] };
	const names = ['constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'];
	const objects = [
		'messages',
		'messages[0]',
		"'x'",
		'1',
		'range',
		'namespace()',
		'dict',
		'cycler(1)',
		"'x'.upper",
		'missing',
	];
	for (const name of names) {
		for (const object of objects) {
			for (const template of [`{{ ${object}.${name} is defined }}`, `{{ ${object}['${name}'] is defined }}`]) {
				let found: string;
				try {
					found = render(template, values);
				} catch (error) {
					if (!(error instanceof TemplateFault)) throw error;
					found = 'False';
				}
				expect(`${template} ${found}`).toBe(`${template} False`);
			}
		}
		expect(() => render(`{{ 1|${name} }}`, values)).toThrow(TemplateFault);
		expect(() => render(`{{ 1 is ${name} }}`, values)).toThrow(TemplateFault);
	}
	expect(render('{{ constructor is defined }}{{ globalThis is defined }}{{ process is defined }}')).toBe(
		'FalseFalseFalse',
	);
});
