import { describe, expect, test } from 'vitest';
import { type TechniqueInput, techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import { type PromptContent, type PromptSample, promptSampleSchema } from '../../../electron/contract/prompt/schema.ts';
import { buildRequests } from '../../../electron/prompt/build-request.ts';
import { goldChoices, letterOf } from '../../../electron/prompt/choices.ts';
import { jsonGrammar, schemaGrammar } from '../../../models/json-schema-grammar.ts';
import { failureOf } from '../../support/failure.ts';

type SampleInput = Parameters<typeof promptSampleSchema.parse>[0] & object;

const prompt = (template: string, more: Partial<PromptContent> = {}): PromptContent => ({
	system: '',
	example: '',
	...more,
	template,
});
const sampleOf = (sample: SampleInput): PromptSample => promptSampleSchema.parse(sample);

function build(version: PromptContent, technique: TechniqueInput, sample: SampleInput, examples: SampleInput[] = []) {
	return buildRequests({
		version,
		technique: techniqueSchema.parse(technique),
		sample: sampleOf(sample),
		examples: examples.map(sampleOf),
	});
}

const france = { input: 'Capital of France?', target: 'Paris' };
const shots = [
	{ input: 'Capital of Italy?', target: 'Rome', variables: { why: 'Italy, so Rome.' } },
	{ input: 'Capital of Spain?', target: 'Madrid', variables: { why: 'Spain, so Madrid.' } },
];

describe('zero-shot', () => {
	test('asks in turns, and in plain text for base models', () => {
		expect(build(prompt('Q: {{input}}', { system: 'Be brief.' }), { kind: 'zero-shot' }, france)).toEqual({
			kind: 'generate',
			turns: [
				{ role: 'system', content: 'Be brief.' },
				{ role: 'user', content: 'Q: Capital of France?' },
			],
			text: 'Be brief.\n\nQ: Capital of France?',
			votes: 1,
			temperature: null,
			grammar: null,
		});
	});

	test('an answer format becomes the grammar of every answer, and an impossible one is refused', async () => {
		const schema = '{"type":"object","properties":{"city":{"enum":["Paris","Rome"]}},"required":["city"]}';
		const direct = build(prompt('{{input}}'), { kind: 'zero-shot', answerFormat: schema }, france);
		const shown = build(prompt('{{input}}'), { kind: 'few-shot', answerFormat: schema }, france, shots);
		expect(direct).toMatchObject({ grammar: schemaGrammar(schema) });
		expect(shown).toMatchObject({ grammar: schemaGrammar(schema) });
		expect(build(prompt('{{input}}'), { kind: 'zero-shot', answerFormat: 'json' }, france)).toMatchObject({
			grammar: jsonGrammar(),
		});
		const bad = { kind: 'zero-shot', answerFormat: '{"type":"string","pattern":"^(?=a)"}' } as const;
		expect((await failureOf(() => build(prompt('{{input}}'), bad, france))).code).toBe('schema-unsupported');
	});

	test('accepts turns: the last one is the question, the prompt’s system text precedes the sample’s', () => {
		const input = [
			{ role: 'system' as const, content: 'own' },
			{ role: 'user' as const, content: 'Hello' },
			{ role: 'assistant' as const, content: 'Hi' },
			{ role: 'user' as const, content: 'And now?' },
		];
		const plain = build(prompt('{{input}}'), { kind: 'zero-shot' }, { input });
		expect(plain).toMatchObject({ turns: input, text: 'own\n\nHello\n\nHi\n\nAnd now?' });
		const wrapped = build(prompt('<{{input}}>', { system: 'S' }), { kind: 'zero-shot' }, { input });
		expect(wrapped).toMatchObject({
			turns: [{ role: 'system', content: 'S' }, input[1], input[2], { role: 'user', content: '<And now?>' }],
		});
	});

	test('a system prompt may use the sample’s columns', () => {
		const request = build(
			prompt('{{input}}', { system: 'About {{subject}}.' }),
			{ kind: 'zero-shot' },
			{ input: 'Q', variables: { subject: 'law' } },
		);
		expect(request).toMatchObject({ turns: [{ content: 'About law.' }, { content: 'Q' }] });
	});
});

describe('few-shot', () => {
	test('writes examples as their own turns, and as text followed by the answer', () => {
		const request = build(prompt('Q: {{input}}\nA:', { system: 'S' }), { kind: 'few-shot' }, france, shots);
		expect(request).toMatchObject({
			turns: [
				{ role: 'system', content: 'S' },
				{ role: 'user', content: 'Q: Capital of Italy?\nA:' },
				{ role: 'assistant', content: 'Rome' },
				{ role: 'user', content: 'Q: Capital of Spain?\nA:' },
				{ role: 'assistant', content: 'Madrid' },
				{ role: 'user', content: 'Q: Capital of France?\nA:' },
			],
			text: 'S\n\nQ: Capital of Italy?\nA: Rome\n\nQ: Capital of Spain?\nA: Madrid\n\nQ: Capital of France?\nA:',
		});
	});

	test('can answer with another column, such as the reasoning', () => {
		const request = build(prompt('{{input}}'), { kind: 'few-shot', answer: '{{why}}' }, france, shots);
		expect(request).toMatchObject({ turns: [{}, { content: 'Italy, so Rome.' }, {}, {}, {}] });
	});

	test('an example with its own format goes before the question, or into the slot', () => {
		const example = '{{input}} → {{target}}';
		const before = build(prompt('{{input}} →', { example }), { kind: 'few-shot' }, france, shots);
		const text = 'Capital of Italy? → Rome\n\nCapital of Spain? → Madrid\n\nCapital of France? →';
		expect(before).toMatchObject({ turns: [{ role: 'user', content: text }], text });
		const slot = build(
			prompt('{{input}}', { example, system: 'Like this:\n{{examples}}' }),
			{ kind: 'few-shot' },
			france,
			shots,
		);
		expect(slot).toMatchObject({
			turns: [
				{ role: 'system', content: 'Like this:\nCapital of Italy? → Rome\n\nCapital of Spain? → Madrid' },
				{ role: 'user', content: 'Capital of France?' },
			],
		});
	});

	test('a slot without a format for examples, or an example within itself, is refused', async () => {
		const slot = prompt('{{examples}} {{input}}');
		expect((await failureOf(() => build(slot, { kind: 'few-shot' }, france, shots))).code).toBe('example-missing');
		expect(build(slot, { kind: 'zero-shot' }, france)).toMatchObject({ text: ' Capital of France?' });
		const endless = prompt('{{input}}', { example: '{{examples}}{{input}}' });
		expect((await failureOf(() => build(endless, { kind: 'zero-shot' }, france))).code).toBe('template-recurses');
	});
});

describe('reasoning first', () => {
	test('adds its instruction to the question and to the examples', () => {
		const request = build(
			prompt('{{input}}'),
			{ kind: 'chain-of-thought', instruction: 'Think.', answer: '{{why}}' },
			france,
			shots,
		);
		expect(request).toMatchObject({
			votes: 1,
			turns: [
				{ content: 'Capital of Italy?\n\nThink.' },
				{ content: 'Italy, so Rome.' },
				{},
				{},
				{ content: 'Capital of France?\n\nThink.' },
			],
		});
		expect(build(prompt('{{input}}'), { kind: 'chain-of-thought' }, france)).toMatchObject({
			text: expect.stringContaining('Answer:'),
		});
	});

	test('samples several answers at a temperature and takes the most frequent', () => {
		const request = build(prompt('{{input}}'), { kind: 'self-consistency', k: 7, temperature: 0.9 }, france);
		expect(request).toMatchObject({ votes: 7, temperature: 0.9 });
	});
});

describe('option choices', () => {
	const sample = { input: 'Which?', choices: ['red', 'blue'], target: 'blue' };
	const example = { input: 'Which one?', choices: ['up', 'down'], target: 'up' };

	test('by letter are listed with letters if the prompt does not, and a grammar may force one', () => {
		expect(
			build(prompt('{{input}}'), { kind: 'choice-letter', instruction: 'Letter!', forced: true }, sample, [example]),
		).toMatchObject({
			turns: [
				{ content: 'Which one?\nA. up\nB. down\n\nLetter!' },
				{ content: 'A' },
				{ content: 'Which?\nA. red\nB. blue\n\nLetter!' },
			],
			grammar: 'root ::= " "? ("A" | "B")',
		});
		const own = build(prompt('{{choices}}: {{input}}'), { kind: 'choice-letter', instruction: '' }, sample);
		expect(own).toMatchObject({ text: 'A. red\nB. blue: Which?', grammar: null });
	});

	test('by likelihood have their examples in the context', () => {
		const text = build(
			prompt('Q: {{input}}\nA:', { system: 'S.' }),
			{ kind: 'choice-likelihood', unconditional: true },
			sample,
			[example],
		);
		expect(text).toEqual({
			kind: 'likelihood',
			items: [
				{ context: 'S.\n\nQ: Which one?\nA: up\n\nQ: Which?\nA:', continuations: [' red', ' blue'] },
				{ context: '', continuations: [' red', ' blue'] },
			],
		});
		const letters = build(
			prompt('{{input}}\n{{choices}}\nAnswer:'),
			{ kind: 'choice-likelihood', form: 'letters' },
			sample,
			[example],
		);
		expect(letters).toEqual({
			kind: 'likelihood',
			items: [
				{
					context: 'Which one?\nA. up\nB. down\nAnswer: A\n\nWhich?\nA. red\nB. blue\nAnswer:',
					continuations: [' A', ' B'],
				},
			],
		});
	});

	test('in a sentence with a blank are filled in, also in examples', async () => {
		const sentence = { input: 'The cup fits the bag because the _ is small.', choices: ['cup', 'bag'], target: 'cup' };
		const other = { input: 'Ann thanked Bea because _ had helped.', choices: ['Ann', 'Bea'], target: 'Bea' };
		expect(build(prompt('{{input}}'), { kind: 'choice-likelihood', form: 'blank' }, sentence, [other])).toEqual({
			kind: 'likelihood',
			items: ['cup', 'bag'].map((choice) => ({
				context: `Ann thanked Bea because Bea had helped.\n\nThe cup fits the bag because the ${choice}`,
				continuations: [' is small.'],
			})),
		});
		const end = { input: 'It was the _', choices: ['a', 'b'], target: 'a' };
		expect(
			(await failureOf(() => build(prompt('{{input}}'), { kind: 'choice-likelihood', form: 'blank' }, end))).code,
		).toBe('blank-missing');
	});

	test('are required, and the target must be one of them', async () => {
		for (const kind of ['choice-letter', 'choice-likelihood'] as const) {
			expect((await failureOf(() => build(prompt('{{input}}'), { kind }, france))).code).toBe('choices-missing');
		}
		const lost = { input: 'x', choices: ['a', 'b'], target: 'c' };
		expect((await failureOf(() => build(prompt('{{input}}'), { kind: 'choice-letter' }, sample, [lost]))).code).toBe(
			'target-not-a-choice',
		);
	});

	test('are found by text, by letter and by position', () => {
		const gold = (sample: SampleInput) => goldChoices(sampleOf({ input: '', ...sample }));
		expect(gold({ input: '', choices: ['2', '1'], target: '1' })).toEqual([1]);
		expect(gold({ input: '', choices: ['x', 'y'], target: '(B)' })).toEqual([1]);
		expect(gold({ input: '', choices: ['B', 'A'], target: 'A' })).toEqual([1]);
		expect(gold({ input: '', choices: ['x', ' y '], target: 'y' })).toEqual([1]);
		expect(gold({ input: '', choices: ['x', 'x'], target: 'x' })).toEqual([0, 1]);
		expect(gold({ input: '', choices: ['x', 'x'], target: 'x', metadata: { targetIndex: 1 } })).toEqual([1]);
		expect(gold({ input: '', choices: ['x', 'y'], target: 'z', metadata: { targetIndex: 7 } })).toEqual([]);
		expect([0, 25, 26, 27, 701, 702].map(letterOf)).toEqual(['A', 'Z', 'AA', 'AB', 'ZZ', 'AAA']);
	});
});

describe('prompts that give the answer away are refused', () => {
	test('a prompt that shows the target', async () => {
		expect((await failureOf(() => build(prompt('{{input}} {{target}}'), { kind: 'zero-shot' }, france))).code).toBe(
			'leak',
		);
		expect(
			(await failureOf(() => build(prompt('{{input}}', { system: '{{target}}' }), { kind: 'zero-shot' }, france))).code,
		).toBe('leak');
	});

	test('an example that asks a tested question, ignoring case, spaces and marks', async () => {
		const copy = { input: '  capital OF  “France” ', target: 'Paris' };
		expect((await failureOf(() => build(prompt('{{input}}'), { kind: 'few-shot' }, france, [copy]))).code).toBe('leak');
	});

	test('a prompt whose own text contains the tested question', async () => {
		const question = 'How many eggs does the farmer sell in a week, if two break each day?';
		const own = prompt(`Example: ${question.toUpperCase()} 12.\n\n{{input}}`);
		expect((await failureOf(() => build(own, { kind: 'zero-shot' }, { input: question }))).code).toBe('leak');
		expect(
			build(own, { kind: 'zero-shot' }, { input: 'Another question of some length, about eggs and farmers?' }),
		).toMatchObject({ kind: 'generate' });
	});
});

test('a missing variable is named', async () => {
	expect(await failureOf(() => build(prompt('{{context}} {{input}}'), { kind: 'zero-shot' }, france))).toMatchObject({
		code: 'variable-missing',
		message: expect.stringContaining('{{context}}'),
	});
});
