import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { turnSchema } from '../../../models/contract/generation.ts';
import { renderTemplate, TemplateEndless } from '../../../models/prompt/chat-template.ts';

const goldenSchema = z.object({
	name: z.string(),
	bosToken: z.string(),
	eosToken: z.string(),
	variables: z.record(z.string(), z.unknown()),
	template: z.string(),
	cases: z.array(
		z.object({
			title: z.string(),
			turns: z.array(turnSchema),
			addGenerationPrompt: z.boolean(),
			rendered: z.string().optional(),
			error: z.string().optional(),
		}),
	),
});

const folder = new URL('./templates/', import.meta.url);
const goldens = readdirSync(folder)
	.filter((name) => name.endsWith('.json'))
	.map((name) => goldenSchema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))));

describe("templates render as in Python's jinja2", () => {
	test.each(goldens)('$name', ({ template, bosToken, eosToken, variables, cases }) => {
		const outcomes = cases.map(({ title, turns, addGenerationPrompt }) => {
			try {
				const values = { bosToken, eosToken, addGenerationPrompt, variables };
				return { title, rendered: renderTemplate(template, turns, values) };
			} catch (error) {
				return { title, error: error instanceof Error ? error.message : String(error) };
			}
		});
		expect(outcomes).toEqual(
			cases.map(({ title, rendered, error }) => (error === undefined ? { title, rendered } : { title, error })),
		);
	});
});

test('there are renderings of at least ten templates, including refusals', () => {
	expect(goldens.length).toBeGreaterThanOrEqual(10);
	expect(goldens.some(({ cases }) => cases.some(({ error }) => error !== undefined))).toBe(true);
});

test('an endless template is stopped by the time limit, and the next one works', () => {
	const values = { bosToken: '', eosToken: '' };
	const loop =
		'{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}';
	expect(() => renderTemplate(loop, [], values, 50)).toThrow(TemplateEndless);
	expect(renderTemplate('{{ messages[0].content }}', [{ role: 'user', content: 'Hi' }], values)).toBe('Hi');
	expect(() => renderTemplate("{{ raise_exception('No.') }}", [], values)).toThrow('No.');
});
