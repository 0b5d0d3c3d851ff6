import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Turn } from '../../../models/contract/generation.ts';
import { renderTemplate } from '../../../models/prompt/chat-template.ts';
import { templateFamilies, templateFamily } from '../../../models/prompt/template-families.ts';
import { assistant, user } from '../../support/fixtures/turn.ts';

const values = { bosToken: '<s>', eosToken: '</s>' };
const system: Turn = { role: 'system', content: 'Be brief.' };
const turns = [user('Where is the lighthouse?'), assistant('On the coast.'), user('Which coast?')];

function sourceOf(id: string): string {
	const family = templateFamily(id);
	if (family === undefined) throw new Error(`no family ${id}`);
	return family.source;
}

/** The template that a publisher ships. */
function published(name: string): string {
	const path = join(import.meta.dirname, 'templates', `${name}.json`);
	return (JSON.parse(readFileSync(path, 'utf8')) as { template: string }).template;
}

test('ids are unique', () => {
	expect(new Set(templateFamilies.map(({ id }) => id)).size).toBe(templateFamilies.length);
});

describe.each(templateFamilies.map(({ id, source, stop }) => [id, source, stop] as const))(
	'%s',
	(_id, source, stop) => {
		test.each([
			['without a system prompt', turns],
			['with a system prompt', [system, ...turns]],
		])('writes every message once, in order, %s', (_name, shown) => {
			const text = renderTemplate(source, shown, values);
			const places = shown.map(({ content }) => text.indexOf(content));
			expect(places).toEqual(places.toSorted((a, b) => a - b));
			expect(places[0]).toBeGreaterThanOrEqual(0);
			for (const { content } of shown) expect(text.split(content)).toHaveLength(2);
		});

		test('has a stop text that its own prompts contain, except before an answer', () => {
			const text = renderTemplate(source, [...turns, assistant('North.'), user('Thanks')], values);
			expect(stop.some((one) => text.includes(one))).toBe(true);
		});
	},
);

describe('equal to what publishers ship, without their start token and without tools', () => {
	test.each([
		['llama-3', 'llama-3', [system, ...turns]],
		['gemma', 'gemma-2', turns],
		['phi-3', 'phi-3.5', [system, ...turns]],
		['chatml', 'smollm2', [system, ...turns]],
	])('%s as %s', (id, name, shown) => {
		const ours = renderTemplate(sourceOf(id), shown, values);
		const theirs = renderTemplate(published(name), shown, values);
		expect(theirs.replace(/^<s>/, '')).toBe(ours);
	});
});
