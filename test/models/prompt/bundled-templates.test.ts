import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ChatTurn } from '../../../models/contract/generation.ts';
import { templateRisks } from '../../../models/inspect/template-risks.ts';
import { TemplateFault, TemplateRefusal } from '../../../models/jinja/fault.ts';
import { renderTemplate } from '../../../models/prompt/chat-template.ts';
import { createPromptBuilder } from '../../../models/prompt/prompt-builder.ts';
import { specialTextPattern, splitPrompt } from '../../../models/prompt/special-text.ts';
import type { Vocabulary } from '../../../models/prompt/vocabulary.ts';
import { bundledTemplates } from '../../support/bundled-templates.ts';
import { failureOf } from '../../support/failure.ts';
import { assistant, user } from '../../support/fixtures/turn.ts';

const outcomeSchema = z.union([
	z.strictObject({ sha256: z.string() }),
	/** The words of `raise_exception`. */
	z.strictObject({ error: z.string() }),
	/** Python's error, whose words differ from ours. */
	z.strictObject({ fault: z.string() }),
]);

const golden = z
	.object({
		now: z.string(),
		shapes: z.record(z.string(), z.record(z.string(), z.unknown())),
		templates: z.record(z.string(), z.object({ sha256: z.string(), outcomes: z.record(z.string(), outcomeSchema) })),
	})
	.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'bundled-templates.json'), 'utf8')));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const none = { bosToken: '<s>', eosToken: '</s>' };
const templates = bundledTemplates();

/** Could not be rendered with the interpreter of before. */
const formerlyBroken = [
	...['ByteDance-Seed-OSS', 'meetkai-functionary-medium-v3.1', 'tencent-Hy3', 'unsloth-Apriel-1.5'],
];

function templateOf(name: string): string {
	const template = templates.get(name);
	if (template === undefined) throw new Error(`llama.cpp has no template ${name} any more`);
	return template;
}

test('the templates are those of the golden texts, at least 68 in 24 shapes', () => {
	const found = Object.fromEntries([...templates].map(([name, template]) => [name, sha256(template)]));
	expect(found, 'run test/support/bundled-template-goldens.py').toEqual(
		Object.fromEntries(Object.entries(golden.templates).map(([name, one]) => [name, one.sha256])),
	);
	expect(templates.size).toBeGreaterThanOrEqual(68);
	expect(Object.keys(golden.shapes).length).toBeGreaterThanOrEqual(24);
});

describe("bundled templates render as in Python's jinja2", () => {
	test.each(Object.entries(golden.templates))('%s', (name, { outcomes }) => {
		const found = Object.keys(outcomes).map((shape) => {
			const variables = golden.shapes[shape] ?? {};
			try {
				const values = { ...none, variables, now: new Date(golden.now) };
				return [shape, { sha256: sha256(renderTemplate(templateOf(name), [], values)) }];
			} catch (error) {
				if (error instanceof TemplateRefusal) return [shape, { error: error.message }];
				if (!(error instanceof TemplateFault)) throw error;
				return [shape, { fault: expect.any(String) }];
			}
		});
		expect(outcomes).toEqual(Object.fromEntries(found));
	});
});

/** As many tokens as characters; special texts are one. */
function characterVocabulary(specialText: RegExp): Vocabulary {
	const encode = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) ?? 0);
	return {
		...none,
		size: 0x11_0000,
		startToken: null,
		prefixToken: 0,
		specialText,
		endTexts: [],
		specialIn: () => new Map(),
		tokenize: (text, special) => {
			if (!special) return encode(text);
			const parts = text.split(new RegExp(`(${specialText.source})`));
			return parts.flatMap((part, index) => (index % 2 === 1 ? [-part.length] : encode(part)));
		},
		detokenize: (tokens) => String.fromCodePoint(...tokens.filter((token) => token >= 0)),
	};
}

const specialTexts = [
	...[
		'<seed:bos>',
		'<seed:eos>',
		'<seed:think>',
		'</seed:think>',
		'<|start_header_id|>',
		'<|end_header_id|>',
		'<|eot_id|>',
	],
	...[
		'<|begin_of_text|>',
		'<｜hy_User:opensource｜>',
		'<｜hy_Assistant:opensource｜>',
		'<think:opensource>',
		'<s>',
		'</s>',
	],
	...[
		'<｜hy_begin_of_sentence:opensource｜>',
		'<|system|>',
		'<|user|>',
		'<|assistant|>',
		'<|end|>',
		'<|im_start|>',
		'<|im_end|>',
	],
];

const system = (content: string): ChatTurn => ({ role: 'system', content });

const hostile = `I write ${specialTexts.join(' and ')}, even ${'<|e<|eot_id|>ot_id|>'}.`;

describe.each(formerlyBroken)('%s', (name) => {
	const pattern = specialTextPattern(specialTexts) as RegExp;
	const conversation = [system(`Be brief. ${hostile}`), user(hostile), assistant(`No: ${hostile}`), user(hostile)];

	test('chats: a prompt is built from its template, and special text of a person stays plain', () => {
		const build = createPromptBuilder({
			template: templateOf(name),
			modelName: name,
			contextSize: 100_000,
			trainedContextLength: null,
			vocabulary: characterVocabulary(pattern),
		});
		const special = (turns: readonly ChatTurn[]): number => build(turns).tokens.filter((token) => token < 0).length;
		const harmless = conversation.map((turn) => ({ ...turn, content: 'Hi' }));
		expect(special(harmless)).toBeGreaterThan(2);
		expect(special(conversation)).toBe(special(harmless));
	});

	test('its prompt is the same whatever a person writes', () => {
		const render = (turns: readonly ChatTurn[]): string => renderTemplate(templateOf(name), turns, none);
		const { text, parts } = splitPrompt(conversation, pattern, render);
		expect(text).toBe(render(conversation));
		expect(parts.map((part) => part.text).join('')).toBe(text);
	});
});

test('a template written for tools alone chats without tools', () => {
	const specialText = specialTextPattern(['<|im_start|>', '<|im_end|>']) as RegExp;
	const build = createPromptBuilder({
		template: templateOf('NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use'),
		modelName: 'Hermes',
		contextSize: 100_000,
		trainedContextLength: null,
		vocabulary: characterVocabulary(specialText),
	});
	expect(String.fromCodePoint(...build([user('Hello there')]).tokens.filter((token) => token >= 0))).toContain(
		'Hello there',
	);
});

test('a template that breaks off says why, where and what to do', async () => {
	const build = createPromptBuilder({
		template: templateOf('fireworks-ai-llama-3-firefunction-v2'),
		modelName: 'Firefunction',
		contextSize: 100_000,
		trainedContextLength: null,
		vocabulary: characterVocabulary(/<s>/g),
	});
	const failure = await failureOf(async () => build([user('Hello')]));
	expect(failure.code).toBe('template-refused');
	expect(failure.message).toBe(
		'The model’s chat template can’t write this conversation: it uses “functions”, which does not exist here (line 21 of the template).',
	);
	expect(failure.next).toContain('Choose another model');
});

test('no template of a well-known model is flagged', () => {
	const flagged = [...templates].flatMap(([name, template]) =>
		templateRisks(template)
			.filter(({ level }) => level !== 'note')
			.map(({ message }) => `${name}: ${message}`),
	);
	expect(flagged).toEqual([]);
});
