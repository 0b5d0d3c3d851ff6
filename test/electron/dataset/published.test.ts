import { copyFileSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, type TestContext, test } from 'vitest';
import { knownTasks, type TaskId } from '../../../electron/contract/dataset/known-tasks.ts';
import type { Sample } from '../../../electron/contract/dataset/schema.ts';
import { readSamples } from '../../../electron/dataset/read-version.ts';
import { starterPrompts } from '../../../electron/prompt/starter-prompts.ts';
import { datasetsForFile, importing, importPreviewed, previewing, sharedData } from '../../support/dataset.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const published: readonly { readonly task: TaskId; readonly file: readonly string[]; readonly rows: number }[] = [
	{ task: 'gsm8k', file: ['gsm8k', 'test.jsonl'], rows: 1_319 },
	{ task: 'arc_easy', file: ['arc', 'arc_easy.jsonl'], rows: 2_376 },
	{ task: 'arc_challenge', file: ['arc', 'arc_challenge.jsonl'], rows: 1_172 },
	{ task: 'winogrande', file: ['winogrande', 'winogrande.jsonl'], rows: 1_267 },
	{ task: 'commonsense_qa', file: ['commonsense_qa', 'commonsense_qa.jsonl'], rows: 1_221 },
	{ task: 'hellaswag', file: ['hellaswag', 'hellaswag_rubrikscube_subset.jsonl'], rows: 1_000 },
	{ task: 'piqa', file: ['piqa', 'valid.jsonl'], rows: 1_838 },
	{ task: 'ifeval', file: ['ifeval', 'input_data.jsonl'], rows: 541 },
	{ task: 'truthfulqa', file: ['truthfulqa', 'TruthfulQA.csv'], rows: 817 },
	{ task: 'humaneval', file: ['humaneval', 'HumanEval.jsonl'], rows: 164 },
	{ task: 'mt_bench', file: ['mt_bench', 'question.jsonl'], rows: 80 },
	{ task: 'bbh', file: ['bbh', 'bbh', 'date_understanding.json'], rows: 253 },
	{ task: 'mmlu', file: ['mmlu'], rows: 14_042 + 285 },
];

const opened = datasetsForFile();

const imports = new Map<string, ReturnType<typeof previewAndImport>>();

async function previewAndImport(path: string) {
	const { id, preview } = await previewing(opened(), [path]);
	return { preview, report: await importPreviewed(opened(), id) };
}

/** Imports a file or folder once: several tests look at what comes of it. */
function imported(context: TestContext, ...file: readonly string[]): ReturnType<typeof previewAndImport> {
	const path = sharedData(context, ...file);
	const known = imports.get(path) ?? previewAndImport(path);
	imports.set(path, known);
	return known;
}

async function samplesOf(context: TestContext, ...file: readonly string[]): Promise<Sample[]> {
	const { report } = await imported(context, ...file);
	return [...readSamples(opened().database, report.version.id)];
}

describe('a published test set is recognised by its form', () => {
	test.for(published)('$task', async ({ task, file, rows }, context) => {
		const { preview, report } = await imported(context, ...file);
		expect(preview).toMatchObject({ format: 'task', task, mapping: null, problems: [] });
		const part = task === 'bbh' ? ', date understanding' : '';
		expect(preview.name).toBe(`${knownTasks[task].name}${part}`);
		expect(report).toMatchObject({ added: rows, skipped: 0, renamed: 0, problems: [] });
		expect(Math.abs(preview.rows - rows) / rows).toBeLessThan(preview.rowsExact ? 1e-9 : 0.2);
		for (const sample of readSamples(opened().database, report.version.id, { limit: 300 })) {
			expect(sample.metadata.task).toBe(task);
			if (sample.choices === null) continue;
			expect(sample.choices[sample.metadata.targetIndex as number]).toBe(sample.target);
		}
	});
});

describe('MT-Bench', () => {
	test('the first of both turns is the question, and reference answers in their own file are targets', async () => {
		const fixture = opened();
		// The published folder also contains answers and judge prompts.
		const { added, version, problems } = await importing(fixture, [join(import.meta.dirname, 'import', 'mt-bench')]);
		expect({ added, problems }).toEqual({ added: 2, problems: [] });
		const [writing, reasoning] = [...readSamples(fixture.database, version.id)];
		expect(writing).toMatchObject({
			key: '81',
			target: null,
			tags: ['writing'],
			input: expect.stringMatching(/^Compose an engaging travel blog post/),
			variables: { turn_2: 'Rewrite your previous response. Start every sentence with the letter A.' },
		});
		expect(reasoning).toMatchObject({
			key: '101',
			tags: ['reasoning'],
			target: expect.stringMatching(/^If you have just overtaken the second person/),
			variables: { reference_2: expect.stringMatching(/^If you have just overtaken the last person/) },
		});
	});

	test('every question with a reference answer has it as target', async (context) => {
		const samples = await samplesOf(context, 'mt_bench');
		expect(samples).toHaveLength(80);
		const targets = samples.filter(({ target }) => target !== null);
		expect(targets).toHaveLength(30);
		expect([...new Set(targets.flatMap(({ tags }) => tags))].toSorted()).toEqual(['coding', 'math', 'reasoning']);
		expect(samples.every(({ variables }) => (variables.turn_2 ?? '') !== '')).toBe(true);
	});
});

describe('a sample’s prompt equals that of lm-evaluation-harness', () => {
	interface Golden {
		readonly index: number;
		readonly gold: number;
		readonly context: string | readonly string[];
		readonly choices?: readonly string[];
		readonly continuation?: string;
	}

	function goldens(context: TestContext, task: string): readonly Golden[] {
		const text = readFileSync(sharedData(context, 'lm_eval_golden', `${task}.jsonl`), 'utf8');
		return text
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as Golden);
	}

	/** Fills the task's template with the sample's values. */
	function contextOf(sample: Sample): string {
		const [id] = knownTasks[sample.metadata.task as TaskId].prompts;
		const { system, template } = starterPrompts.find(({ starterId }) => starterId === id)!;
		const lettered = sample.choices?.map((choice, index) => `${'ABCD'[index]}. ${choice}`).join('\n') ?? '';
		return [...(system === '' ? [] : [system]), template]
			.join('\n\n')
			.replaceAll('{{input}}', () => sample.input as string)
			.replaceAll('{{choices}}', () => lettered)
			.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => sample.variables[name] ?? '');
	}

	test.for([
		['arc_easy', 'arc', 'arc_easy.jsonl'],
		['arc_challenge', 'arc', 'arc_challenge.jsonl'],
		['piqa', 'piqa', 'valid.jsonl'],
		['hellaswag', 'hellaswag', 'hellaswag_rubrikscube_subset.jsonl'],
	] as const)('%s', async ([task, ...file], context) => {
		const wanted = goldens(context, task);
		const samples = await samplesOf(context, ...file);
		for (const { index, gold, context: text, choices } of wanted) {
			const sample = samples[index];
			expect(sample && contextOf(sample)).toBe(text);
			expect(sample?.choices).toEqual(choices);
			expect(sample?.metadata.targetIndex).toBe(gold);
		}
	});

	test('mmlu', async (context) => {
		const wanted = goldens(context, 'mmlu_world_religions');
		const samples = await samplesOf(context, 'mmlu', 'test', 'world_religions_test.csv');
		for (const { index, gold, context: text } of wanted) {
			const sample = samples[index];
			expect(sample && contextOf(sample)).toBe(text);
			expect(sample?.metadata.targetIndex).toBe(gold);
		}
	});

	test('winogrande', async (context) => {
		const wanted = goldens(context, 'winogrande');
		const samples = await samplesOf(context, 'winogrande', 'winogrande.jsonl');
		for (const { index, gold, context: contexts, continuation } of wanted) {
			const sample = samples[index];
			const [before, after] = String(sample?.input).split('_');
			expect(sample?.choices?.map((choice) => `${before}${choice}`)).toEqual(contexts);
			expect(after).toBe(continuation);
			expect(sample?.metadata.targetIndex).toBe(gold);
		}
	});
});

describe('further data of a test set', () => {
	test('MMLU: the five examples of each subject form a split', async (context) => {
		const { report } = await imported(context, 'mmlu');
		const { splits, tags } = await opened().datasets.facets(report.version.id);
		expect(splits).toEqual([
			{ split: 'test', count: 14_042 },
			{ split: 'examples', count: 285 },
		]);
		expect(tags).toHaveLength(57);
	});

	test('GSM8K: the number is the target, the reasoning a variable', async (context) => {
		const [first] = await samplesOf(context, 'gsm8k', 'test.jsonl');
		expect(first).toMatchObject({ target: '18', variables: { answer: expect.stringMatching(/\n#### 18$/) } });
	});

	test('IFEval: every instruction is kept with its arguments', async (context) => {
		const samples = await samplesOf(context, 'ifeval', 'input_data.jsonl');
		const count = samples.reduce((sum, { metadata }) => sum + (metadata.instruction_id_list as string[]).length, 0);
		expect(count).toBe(834);
		expect(samples[0]).toMatchObject({ key: '1000', metadata: { kwargs: [{}, { num_highlights: 3 }, {}] } });
	});

	test('BBH: the file name is the task, and no sample contains the canary', async (context) => {
		const samples = await samplesOf(context, 'bbh', 'bbh', 'web_of_lies.json');
		expect(samples.at(-1)).toMatchObject({ tags: ['web_of_lies'], metadata: { subtask: 'web_of_lies' } });
		expect(samples.filter(({ split }) => split === 'test')).toHaveLength(250);
		expect(JSON.stringify(samples)).not.toMatch(/canary/i);
	});

	test('BBH: the worked examples of its cot-prompts form a split', async (context) => {
		const file = sharedData(context, 'bbh', 'bbh', 'date_understanding.json');
		const prompt = sharedData(context, 'bbh', 'cot-prompts', 'date_understanding.txt');
		const folder = temporaryFolder();
		for (const path of [file, prompt]) copyFileSync(path, join(folder, basename(path)));
		const fixture = opened();
		const chosen = ['date_understanding.json', 'date_understanding.txt'].map((name) => join(folder, name));
		const { version, added, problems } = await importing(fixture, chosen);
		expect({ added, problems }).toEqual({ added: 253, problems: [] });
		const examples = [...readSamples(fixture.database, version.id, { split: 'examples' })];
		expect(examples.map(({ target }) => target)).toEqual(['(D)', '(B)', '(B)']);
		expect(examples[0]).toMatchObject({
			input: expect.stringMatching(/^Today is Christmas Eve of 1937\. [\s\S]*\(F\) 12\/14\/1988$/),
			variables: {
				description: 'Infer the date from context.',
				answer: expect.stringMatching(/^If today is [\s\S]* So the answer is \(D\)\.$/),
			},
		});
	});

	test('HumanEval: the tests of each program are kept but not executed', async (context) => {
		const [first] = await samplesOf(context, 'humaneval', 'HumanEval.jsonl');
		expect(first).toMatchObject({ key: 'HumanEval/0', metadata: { entry_point: 'has_close_elements' } });
		expect(first?.metadata.test).toMatch(/def check\(candidate\)/);
	});

	test('TruthfulQA: the best answer is not always at the same position', async (context) => {
		const samples = await samplesOf(context, 'truthfulqa', 'TruthfulQA.csv');
		const places = new Set(samples.slice(0, 60).map(({ metadata }) => metadata.targetIndex));
		expect(places.size).toBeGreaterThan(4);
	});
});
