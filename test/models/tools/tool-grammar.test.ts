import { describe, expect, test } from 'vitest';
import type { Tool, ToolFormat } from '../../../models/contract/tools.ts';
import { toolGrammar } from '../../../models/tools/tool-grammar.ts';
import { toolPromptOf } from '../../../models/tools/tool-prompt.ts';

/** Arguments as Qwen3-Coder writes them: texts between tags, without quotes. */
const tagged: ToolFormat = {
	start: '<tool_call>\n',
	end: '\n</tool_call>',
	separator: '\n',
	ignored: [],
	reasoning: null,
	call: {
		shape: 'text',
		idPrefix: null,
		parts: [{ text: '<function=' }, 'name', { text: '>\n' }, 'arguments', { text: '</function>' }],
		arguments: { style: 'tagged', keyStart: '<parameter=', keyEnd: ['>\n'], valueEnd: '\n</parameter>\n' },
	},
};

const withTexts = (count: number): Tool => ({
	name: 'fill',
	parameters: {
		type: 'object',
		properties: Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, { type: 'string' }])),
	},
});

describe('the grammar of calls', () => {
	test('holds a thousand text arguments: what ends them alike is written once', () => {
		const grammar = toolGrammar(tagged, { tools: [withTexts(1_000)], choice: 'required', parallel: false }, false);
		const lines = grammar?.write('').split('\n') ?? [];
		expect(lines.filter((line) => line.includes('</parameter>')).length).toBeLessThan(10);
		expect(grammar?.isForced).toBe(true);
	});

	test('where tools are too many for any grammar, calls are only parsed if words are an answer too', () => {
		const tools = Array.from({ length: 40 }, (_, index) => ({
			...withTexts(1),
			name: `tool${index}`,
			parameters: { type: 'object', properties: { a: { enum: Array.from({ length: 20_000 }, (__, n) => `v${n}`) } } },
		}));
		expect(toolGrammar(tagged, { tools, choice: 'auto', parallel: true }, false)).toBeNull();
		expect(() => toolGrammar(tagged, { tools, choice: 'required', parallel: true }, false)).toThrow(/can’t be forced/);
	});
});

test('a template that never ends is stopped once, not for each conversation that is tried', () => {
	const template =
		'{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(100000) %}{% endfor %}{% endfor %}{% endfor %}';
	const started = performance.now();
	expect(() => toolPromptOf(template, { bosToken: '', eosToken: '', endTexts: [] })).toThrow(/had not finished/);
	expect(performance.now() - started).toBeLessThan(15_000);
}, 40_000);
