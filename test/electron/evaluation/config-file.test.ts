import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { configFileSchema } from '../../../electron/contract/evaluation/config-file.ts';
import { type RunConfigInput, runConfigSchema } from '../../../electron/contract/evaluation/run-config.ts';
import { addPromptVersion, createPrompt } from '../../../electron/prompt/prompts.ts';
import { getPrompt } from '../../../electron/prompt/store.ts';
import { runSamplerDefaults } from '../../../models/contract/sampling-parameters.ts';
import { setUp, sums } from './setup.ts';

/** Every field of the schema, with a value other than its default. */
const everything = {
	name: 'All of it: “quoted” #1',
	techniques: [
		{ kind: 'zero-shot' },
		{ kind: 'zero-shot', answerFormat: '{"type":"array","items":{"type":"integer"}}' },
		{
			kind: 'few-shot',
			answerFormat: 'json',
			shots: 2,
			split: 'train',
			seed: 9,
			pick: 'first',
			answer: 'Because.\n{{target}}',
		},
		{
			kind: 'chain-of-thought',
			instruction: 'Think.',
			shots: 1,
			seed: 3,
			extract: { kind: 'regex', pattern: '(\\d+)$', group: 0, take: 'first', ignoreCase: true },
		},
		{ kind: 'self-consistency', k: 3, temperature: 1, extract: { kind: 'json', field: 'a.b' } },
		{ kind: 'choice-likelihood', form: 'letters', delimiter: '\n', unconditional: true },
		{ kind: 'choice-letter', instruction: '', forced: true, shots: 3, answer: '{{choices}}' },
		{
			...{ kind: 'tools', choice: 'required', parallel: false, builtIn: ['calculator'], rounds: 2, tokens: 99 },
			...{ now: '2026-02-03T04:05:06Z', extract: { kind: 'last-number' } },
			tools: [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }, { name: 'now' }],
			recordings: [{ name: 'add', arguments: { a: 1 }, result: '2', isError: true }],
		},
	],
	parameters: [
		{},
		{ temperature: 0.7, topK: 1, topP: 0.5, minP: 0, repeatPenalty: 1.1, maxTokens: 9, stop: ['\n', ' #'] },
		{
			topNSigma: 1.5,
			typicalP: 0.9,
			xtcProbability: 0.5,
			xtcThreshold: 0.2,
			dryMultiplier: 0.8,
			dryBase: 2,
			dryAllowedLength: 3,
			dryPenaltyLastN: 512,
			presencePenalty: -0.5,
			frequencyPenalty: 0.5,
		},
	],
	scorers: [
		{ kind: 'exact' },
		{ kind: 'includes', name: 'in >= it', expected: '{{other}}', separator: '|', all: true, ignoreArticles: true },
		{ kind: 'regex', name: 'yes', pattern: 'Yes: no', multiline: true, dotAll: true, right: 'no-match' },
		{ kind: 'numeric', find: 'first', tolerance: 0.01, relativeTolerance: 0.5, percentAsShare: true },
		{ kind: 'json', schema: { type: 'object' }, allowFence: false },
		{ kind: 'json-fields', fields: ['a.b'], tolerance: 1, require: 'all' },
		{ kind: 'choice', measure: 'mutual-information' },
		{ kind: 'ifeval', mode: 'loose', level: 'instruction' },
		{ kind: 'tool-calls', part: 'arguments' },
		{ kind: 'javascript', code: 'function score() {\n\treturn 1;\n}', timeMs: 50, memoryMb: 8 },
		{ kind: 'judge', modelFileId: 2, rubric: 'Right?\n- yes', scale: 'grade', showTarget: false, reasons: true },
	],
	epochs: 2,
	seed: 7,
	width: 3,
	shardSize: 6,
	contextSize: 512,
	threads: 1,
	criteria: [
		{ metric: 'exact', operator: 'at-least', value: 0.85 },
		{ metric: 'in >= it', operator: 'at-least', value: 0.5 },
		{ metric: 'latency-p95', operator: 'at-most', value: 1e-7 },
	],
} as const satisfies Partial<RunConfigInput>;

test('a config written to a file and read again is the same config', async () => {
	const { evaluations, config, context, promptVersionId } = setUp(sums(3), { models: 3 });
	const old = getPrompt(context.database, 1).latest;
	addPromptVersion(context, 1, { system: 'Be brief.', template: 'Q: {{input}}\n', example: '' }, '');
	const second = getPrompt(context.database, 1).latest;
	const wanted = config({
		...everything,
		dataset: { datasetId: 1, versionId: 1, split: 'test', tags: ['even', 'true'], limit: 2 },
		promptVersionIds: [old.id, second.id],
		modelFileIds: [1, 3],
	});
	const { fileName, text } = evaluations.configFile.write(wanted);
	expect(fileName).toBe('all-of-it-quoted-1.yaml');
	expect(await evaluations.configFile.read(text, fileName)).toEqual({ config: wanted, problems: [], notes: [] });
	// Defaults are left out.
	const plain = config({ promptVersionIds: [promptVersionId], scorers: [{ kind: 'exact' }], modelFileIds: [1] });
	const short = evaluations.configFile.write(plain);
	expect(parse(short.text)).toMatchObject({
		dataset: { name: 'Sums' },
		prompts: [{ name: 'Plain', template: '{{input}}' }],
		models: ['Scripted Q8_0'],
		scorers: ['exact'],
	});
	expect((await evaluations.configFile.read(short.text, 'short.yaml')).config).toEqual(plain);
	expect(configFileSchema.safeParse(parse(short.text)).success).toBe(true);
});

test('a run exported as a config file measures the same version again', async () => {
	const { evaluations, config, ended } = setUp(sums(3));
	const { id, name } = await evaluations.start(config());
	await ended(id);
	const { text, next } = evaluations.export(id, { format: 'config', armId: null, after: null });
	expect(next).toBeNull();
	const { config: again, problems } = await evaluations.configFile.read(text, 'again.yaml');
	expect(problems).toEqual([]);
	expect(again).toEqual({ ...config(), name, dataset: { ...config().dataset, versionId: 1 } });
	const second = await evaluations.start(runConfigSchema.parse(again));
	expect(second.manifestHash).toBe(evaluations.get(id).manifestHash);
});

test('a config file gives the schema of answers as text or as it is', () => {
	const file = (answerFormat: unknown) =>
		configFileSchema.parse({
			dataset: 'x',
			prompts: 'y',
			techniques: { kind: 'zero-shot', answerFormat },
			scorers: 'json',
		});
	const schema = { type: 'object', properties: { city: { type: 'string' } } };
	expect(file(schema).techniques).toEqual(file(JSON.stringify(schema)).techniques);
	expect(file(schema).techniques).toMatchObject([{ answerFormat: JSON.stringify(schema) }]);
});

test('parts missing from the library are reported, and everything else is resolved', async () => {
	const { evaluations, context } = setUp(sums(3));
	const text = [
		'dataset: { file: data/other.csv, limit: 5 }',
		'prompts: [{ name: New, template: "{{input}}?" }, Nowhere]',
		'models: [Scripted, Giant]',
		'scorers: [exact, { kind: judge, model: Giant, rubric: Right? }]',
		'gate: { baseline: marked }',
	].join('\n');
	const { config, problems, notes } = await evaluations.configFile.read(text, 'run.yaml');
	expect(problems.map(({ code }) => code)).toEqual([
		'dataset-file',
		'prompt-unknown',
		'model-unknown',
		'model-unknown',
	]);
	expect(config).toMatchObject({
		dataset: { datasetId: null, limit: 5 },
		modelFileIds: [1],
		scorers: [{ kind: 'exact' }, { kind: 'judge', modelFileId: 0, rubric: 'Right?' }],
	});
	const added = getPrompt(context.database, 2);
	expect(added).toMatchObject({ name: 'New', latest: { template: '{{input}}?', note: 'From a config file' } });
	expect(config.promptVersionIds).toEqual([added.latest.id]);
	expect(notes).toEqual(['Prompt “New” version 1 added', 'Its gate is left out: only assay eval run checks one']);
	// The second time it already exists.
	expect((await evaluations.configFile.read(text, 'run.yaml')).config.promptVersionIds).toEqual([added.latest.id]);
	createPrompt(context, {
		name: 'Nowhere',
		template: 'x {{input}}',
		system: '',
		example: '',
		description: '',
		note: '',
	});
	expect((await evaluations.configFile.read(text, 'run.yaml')).problems).toHaveLength(3);
	expect(runConfigSchema.safeParse(config).success).toBe(false);
	await expect(
		evaluations.configFile.read('dataset: a\nprompts: b\nscorers: exat\n', 'run.yaml'),
	).rejects.toMatchObject({ code: 'config-invalid', message: expect.stringContaining('run.yaml:3:10: scorers') });
});

test('samplers at their default stay out of a config, so its manifest keeps its hash', () => {
	const { config } = setUp(sums(3));
	const usual = config({ parameters: [{}] });
	const given = config({ parameters: [{ ...runSamplerDefaults }] });
	expect(JSON.stringify(given)).toBe(JSON.stringify(usual));
	expect(config({ parameters: [{ dryMultiplier: 0.8, dryBase: 1.75 }] }).parameters).toEqual([
		{ ...usual.parameters[0], dryMultiplier: 0.8 },
	]);
});

test('a config with thousands of keys is refused without holding up other work', async () => {
	const { evaluations } = setUp(sums(3));
	const keys = Array.from({ length: 18_000 }, (_, index) => `key${index}: 1\n`).join('');
	expect(keys.length).toBeGreaterThan(190_000);
	let longest = 0;
	let last = performance.now();
	const timer = setInterval(() => {
		longest = Math.max(longest, performance.now() - last);
		last = performance.now();
	}, 10);
	onTestFinished(() => clearInterval(timer));
	await expect(evaluations.configFile.read(keys, 'keys.yaml')).rejects.toMatchObject({
		code: 'config-invalid',
		message: expect.stringContaining('keys.yaml'),
	});
	// Without a thread of its own it took 44 s; the margin is for busy computers.
	expect(longest).toBeLessThan(1_500);
});
