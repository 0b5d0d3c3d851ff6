import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Tool, ToolFormat } from '../../../models/contract/tools.ts';
import { renderMessages } from '../../../models/prompt/chat-template.ts';
import { type AnswerPart, createCallParser } from '../../../models/tools/call-parser.ts';
import { type DerivedFormat, deriveFormat } from '../../../models/tools/derive-format.ts';
import { describedFormat } from '../../../models/tools/write-calls.ts';
import { bundledTemplates } from '../../support/bundled-templates.ts';

interface Case {
	readonly template: string;
	readonly case: string;
	/** The prompt opened the reasoning. */
	readonly inside: boolean;
	readonly output: string;
	readonly content?: string;
	readonly reasoning?: string;
	readonly calls: readonly { readonly name: string; readonly arguments: object }[];
}

const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, 'answers.json'), 'utf8')) as { cases: Case[] };

const tools: readonly Tool[] = [
	{
		name: 'book_table',
		parameters: {
			type: 'object',
			properties: { place: { type: 'string' }, guests: { type: 'integer' }, outside: { type: 'boolean' } },
			required: ['place'],
		},
	},
	{ name: 'list_files', parameters: { type: 'object', properties: { path: { type: 'string' } } } },
];

/** Tokens that end an answer in the bundled templates; a model's vocabulary tells them. */
const endTexts = [
	...['<|eom_id|>', '<|eot_id|>', '<|calls|>', '<|call|>', '<|im_end|>', '<|end|>', '<|return|>', '<|eot|>', '<sep>'],
	...['<SPECIAL_12>', '</s>', '<eos>'],
];

const templates = bundledTemplates();
const derived = new Map<string, DerivedFormat>();

function derivedOf(name: string): DerivedFormat {
	const known = derived.get(name);
	if (known !== undefined) return known;
	const template = templates.get(name) ?? '';
	const tokens = { bosToken: '<s>', eosToken: '</s>', now: new Date(0) };
	const found = deriveFormat(
		template,
		(messages, listed, addGenerationPrompt) =>
			renderMessages(template, messages, { ...tokens, addGenerationPrompt, variables: { tools: listed } }),
		endTexts,
	);
	derived.set(name, found);
	return found;
}

interface Read {
	readonly content: string;
	readonly reasoning: string;
	readonly calls: readonly { name: string; arguments: string; id: string | null; complete: boolean }[];
	readonly malformed: readonly AnswerPart[];
}

/** Reads an answer that arrives in pieces of this many characters. */
function read(format: ToolFormat, output: string, insideReasoning: boolean, size: number): Read {
	const parser = createCallParser({ format, tools, insideReasoning });
	const characters = [...output];
	const parts: AnswerPart[] = [];
	for (let at = 0; at < characters.length; at += size)
		parts.push(...parser.push(characters.slice(at, at + size).join('')));
	parts.push(...parser.end());
	const calls: { name: string; arguments: string; id: string | null; complete: boolean }[] = [];
	for (const part of parts) {
		if (part.type === 'call') calls[part.index] = { name: part.name, arguments: '', id: part.id, complete: false };
		else if (part.type === 'arguments') calls[part.index]!.arguments += part.text;
		else if (part.type === 'call-end') calls[part.index]!.complete = true;
	}
	const textOf = (type: 'content' | 'reasoning'): string =>
		parts.map((part) => (part.type === type ? part.text : '')).join('');
	return {
		content: textOf('content'),
		reasoning: textOf('reasoning'),
		calls,
		malformed: parts.filter(({ type }) => type === 'malformed'),
	};
}

describe('answers of the models of bundled templates', () => {
	test('more than forty families are covered', () => {
		expect(new Set(cases.map(({ template }) => template)).size).toBeGreaterThan(60);
	});

	test.each(cases.map((one) => [one.template, one.case, one] as const))('%s: %s', (name, _, one) => {
		const { format } = derivedOf(name);
		if (format === null) throw new Error('no format was found');
		for (const size of [1, 3, 1_000_000]) {
			const { content, reasoning, calls, malformed } = read(format, one.output, one.inside, size);
			expect({ content, reasoning, malformed }).toEqual({
				content: one.content ?? '',
				reasoning: one.reasoning ?? '',
				malformed: [],
			});
			expect(calls.map((call) => ({ name: call.name, arguments: JSON.parse(call.arguments) }))).toEqual(one.calls);
			expect(calls.every(({ complete }) => complete)).toBe(true);
		}
	});
});

describe('answers that are not what they should be', () => {
	const hermes = (): ToolFormat => derivedOf('Qwen-Qwen2.5-7B-Instruct').format!;
	const coder = (): ToolFormat => derivedOf('Qwen3-Coder').format!;

	test.each([
		['is cut off', '<tool_call>\n{"name": "list_files", "arguments": {"path": "/srv', 0],
		['is no JSON', '<tool_call>\n{"name": "list_files", "arguments": {path}}\n</tool_call>', 0],
		['names no tool', '<tool_call>\n{"arguments": {}}\n</tool_call>', 0],
		['names an unknown tool', '<tool_call>\n{"name": "rm", "arguments": {}}\n</tool_call>', 0],
		['has a list as arguments', '<tool_call>\n{"name": "list_files", "arguments": [1]}\n</tool_call>', 0],
		['comes after words', 'Here: <tool_call>nothing</tool_call>', 0],
		[
			'follows one that is right',
			'<tool_call>\n{"name": "list_files", "arguments": {}}\n</tool_call>\n<tool_call>\n{oops',
			1,
		],
	] as const)('a call that %s stays text, with the place where reading stopped', (_, output, complete) => {
		for (const size of [1, 5, 1_000_000]) {
			const { content, calls, malformed } = read(hermes(), output, false, size);
			expect(calls.filter((call) => call.complete)).toHaveLength(complete);
			expect(malformed).toMatchObject([{ position: expect.any(Number), reason: expect.any(String) }]);
			const broken = output.slice(output.lastIndexOf('<tool_call>'));
			expect(content.replaceAll(/\s/g, '')).toContain(broken.replaceAll(/\s/g, ''));
		}
	});

	test.each([
		['Llama 3.1', () => derivedOf('meta-llama-Llama-3.1-8B-Instruct').format!, { name: 'list_files' }],
		['a model that knows no tools', () => describedFormat, { tool: 'list_files' }],
	] as const)('JSON with line breaks, in a fence or without, is a call: %s', (_, format, name) => {
		const json = JSON.stringify({ ...name, arguments: { path: '/srv' } }, null, '\t');
		for (const output of [json, `\`\`\`json\n${json}\n\`\`\``, `\`\`\`\n${json}\n\`\`\`\n`]) {
			for (const size of [1, 5, 1_000_000]) {
				const { content, calls, malformed } = read(format(), output, false, size);
				expect({ content, malformed }).toEqual({ content: '', malformed: [] });
				expect(calls).toMatchObject([{ name: 'list_files', complete: true }]);
				expect(JSON.parse(calls[0]!.arguments)).toEqual({ path: '/srv' });
			}
		}
	});

	test.each(['```json\n{\n  "guests": 4\n}\n``` is what you asked for.', '```python\nprint({})\n```'])(
		'a fence around anything else stays as it is: %s',
		(output) => {
			const { format } = derivedOf('meta-llama-Llama-3.1-8B-Instruct');
			for (const size of [1, 5, 1_000_000]) {
				expect(read(format!, output, false, size)).toMatchObject({ content: output, calls: [], malformed: [] });
			}
		},
	);

	test('a mark within reasoning is no call', () => {
		const { format } = derivedOf('Qwen-Qwen3-0.6B');
		const call = '<tool_call>\n{"name": "list_files", "arguments": {}}\n</tool_call>';
		const { reasoning, calls } = read(format!, `<think>I could write ${call} now.</think>${call}`, false, 4);
		expect(reasoning).toBe(`I could write ${call} now.`);
		expect(calls).toHaveLength(1);
	});

	test('line breaks within the texts of JSON, which models write, are escaped', () => {
		const { calls } = read(
			hermes(),
			'<tool_call>\n{"name": "list_files", "arguments": {"path": "a\nb"}}\n</tool_call>',
			false,
			1,
		);
		expect(JSON.parse(calls[0]!.arguments)).toEqual({ path: 'a\nb' });
	});

	test('a value that holds the mark which closes values is read whole', () => {
		const value = 'a </parameter> b\n\n</parameter> c\n';
		const output = `<tool_call>\n<function=list_files>\n<parameter=path>\n${value}\n</parameter>\n</function>\n</tool_call>`;
		const { calls } = read(coder(), output, false, 1);
		expect(JSON.parse(calls[0]!.arguments)).toEqual({ path: value });
	});

	test('an outer mark that a model forgets is not missed', () => {
		const { calls } = read(
			coder(),
			'<function=list_files>\n<parameter=path>\n/\n</parameter>\n</function>\n</tool_call>',
			false,
			2,
		);
		expect(calls).toMatchObject([{ name: 'list_files', complete: true }]);
	});

	test('an answer in words of a model that knows no tools arrives as it is written', () => {
		const parser = createCallParser({ format: describedFormat, tools, insideReasoning: false });
		const parts = ['{"ans', 'wer": "Caf', '\\u00', 'e9 \\ud83d', '\\ude00 \\"', 'x\\""}'].flatMap((text) =>
			parser.push(text),
		);
		const all = [...parts, ...parser.end()];
		expect(all.every(({ type }) => type === 'content')).toBe(true);
		expect(all.map((part) => ('text' in part ? part.text : '')).join('')).toBe('Café 😀 "x"');
	});

	test('an answer in words that is cut off keeps what it says, once', () => {
		for (const text of ['{"answer": "It is', '{"answer": "It is"', '{"answer": "It is"\n']) {
			expect(read(describedFormat, text, false, 3)).toEqual({
				content: 'It is',
				reasoning: '',
				calls: [],
				malformed: [],
			});
		}
	});

	test('a hundred thousand characters of arguments take a moment', () => {
		const long = 'x'.repeat(100_000);
		const began = performance.now();
		for (const [format, output] of [
			[hermes(), `<tool_call>\n{"name": "list_files", "arguments": {"path": "${long}"}}\n</tool_call>`],
			[
				coder(),
				`<tool_call>\n<function=list_files>\n<parameter=path>\n${long}\n</parameter>\n</function>\n</tool_call>`,
			],
		] as const) {
			expect(JSON.parse(read(format, output, false, 4).calls[0]!.arguments)).toEqual({ path: long });
		}
		expect(performance.now() - began).toBeLessThan(10_000);
	});
});
