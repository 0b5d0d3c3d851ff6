import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import { extractBy } from '../../electron/prompt/extract-answer.ts';
import { gsm8kAnswer, gsm8kPlain } from '../../electron/prompt/numbers.ts';
import { type Random, randomOf } from '../attack/random.ts';
import { scoreOf } from '../electron/evaluation/scorers/score-sample.ts';
import { sharedFile, sharedRows } from '../support/shared-data.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { pythonPath } from './python.ts';

/*
 * The whole public files of ../shared/data, with outputs varied at random (SEED): Assay extracts and scores as
 * lm-evaluation-harness does.
 */

const seed = Number(process.env.SEED ?? 1);

/** Returns the harness's verdict on each case, in order. */
function verdictsOf<Verdict>(context: Pick<TestContext, 'skip'>, cases: readonly object[]): Verdict[] {
	const python = pythonPath(context);
	const folder = temporaryFolder();
	const [input, output] = [join(folder, 'cases.jsonl'), join(folder, 'verdicts.jsonl')];
	writeFileSync(input, cases.map((one) => `${JSON.stringify(one)}\n`).join(''));
	const script = join(import.meta.dirname, 'python', 'verdicts.py');
	const { status, stderr } = spawnSync(python, [script, input, output], {
		encoding: 'utf8',
		env: { ...process.env, HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1', PYTHONUTF8: '1' },
	});
	if (status !== 0) throw new Error(stderr);
	return readFileSync(output, 'utf8')
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as Verdict);
}

interface Extracted {
	readonly found: string;
	readonly right: 0 | 1;
}

/** Outputs that a model might give for one of GSM8K's answers: whole, cut off, in other notations, wrong. */
function gsm8kOutputs(answer: string, random: Random): string[] {
	const target = answer.slice(answer.indexOf('#### ') + 5);
	const steps = answer.slice(0, answer.indexOf('####'));
	const number = random.pick([target, `$${target}`, `${target}.`, `${target}.00`, `-${target}`, `${target} apples`]);
	return [
		answer,
		answer.slice(0, random.below(answer.length)),
		`${steps}${random.pick(['The answer is ', '**Answer:** ', '####', '\n#### ', 'So it is '])}${number}${random.pick(['', '.', '\n\nQuestion: 7?', ' (14 %)', ' ...'])}`,
		`${answer}\n\n${answer.replaceAll(/\d/g, () => String(random.below(10)))}`,
	];
}

test('all 1,319 answers of GSM8K, in four versions, are extracted and compared as by the harness', (context) => {
	const random = randomOf(seed);
	const cases = sharedRows<{ answer: string }>(context, 'gsm8k', 'test.jsonl').flatMap(({ answer }) =>
		gsm8kOutputs(answer, random).map((output) => ({ kind: 'gsm8k', output, target: answer })),
	);
	const verdicts = verdictsOf<Record<'strict-match' | 'flexible-extract', Extracted>>(context, cases);
	const differing = cases.flatMap(({ output, target }, index) =>
		(['strict', 'flexible'] as const).flatMap((mode) => {
			const verdict = verdicts[index]?.[mode === 'strict' ? 'strict-match' : 'flexible-extract'];
			const found = gsm8kAnswer(output, mode);
			const right = Number(found !== null && gsm8kPlain(found) === gsm8kPlain(target));
			return (found ?? '[invalid]') === verdict?.found && right === verdict.right
				? []
				: [{ mode, output, verdict, found }];
		}),
	);
	expect(cases).toHaveLength(4 * 1_319);
	expect(differing).toEqual([]);
});

test('all 1,250 answers of five tasks of BIG-Bench Hard, right and wrong, get the harness’s verdict', async (context) => {
	const random = randomOf(seed);
	const tasks = [
		'boolean_expressions',
		'date_understanding',
		'logical_deduction_three_objects',
		'sports_understanding',
	];
	const cases = [...tasks, 'web_of_lies'].flatMap((task) => {
		const path = sharedFile(context, 'bbh', 'bbh', `${task}.json`);
		const { examples } = JSON.parse(readFileSync(path, 'utf8')) as { examples: { input: string; target: string }[] };
		return examples.flatMap(({ input, target }) =>
			[target, random.pick(examples).target].map((given) => {
				const thoughts = input.slice(0, random.below(input.length)).replaceAll(/the answer is /gi, '');
				const output = `Let's think step by step.\n${thoughts}\nSo the answer is ${given}.${random.pick(['', '\n', '\n\nQ: next?'])}`;
				return { kind: 'bbh', output, target };
			}),
		);
	});
	const verdicts = verdictsOf<Record<'get-answer', Extracted>>(context, cases);
	const differing: unknown[] = [];
	for (const [index, { output, target }] of cases.entries()) {
		const verdict = verdicts[index]?.['get-answer'];
		const found = extractBy({ kind: 'after', marker: 'the answer is' }, output, null);
		const right = await scoreOf({ kind: 'exact' }, output, { target }, { answer: found });
		if (found !== verdict?.found || right !== verdict?.right) differing.push({ output, target, verdict, found, right });
	}
	expect(cases).toHaveLength(2 * 1_250);
	expect(differing).toEqual([]);
});

/** Makes a text more or less like what one of IFEval's instructions asks for. */
const changes: readonly ((text: string, random: Random) => string)[] = [
	(text) => text,
	(text) => text.toUpperCase(),
	(text) => text.toLowerCase(),
	(text) => `"${text}"`,
	(text) => `${text}\n\nP.S. ${text.slice(0, 40)}\nP.P.S ${text.slice(0, 20)}`,
	(text) => text.replaceAll(',', ''),
	(text, random) =>
		`* ${text
			.split(/(?<=[.?!]) /)
			.slice(0, random.below(8))
			.join('\n* ')}`,
	(text) => `<<A title>>\n\n${text.replaceAll(/\. /g, '.\n\n')}`,
	(text) => text.replaceAll(/(\p{L}{6,}) /gu, '*$1* '),
	(text) => `SECTION 1\n${text}\nSECTION 2\n${text}\nSection 3\n[name] [address]`,
	(text) => `${text}\n***\n${text}`,
	(text) => `${text}\n******\n${text.slice(0, 200)}`,
	(text) => `\`\`\`json\n{"answer": ${JSON.stringify(text)}}\n\`\`\``,
	(text) => `Sure, here it is:\n${text}\nIs there anything else I can help with?`,
	(text) => `My answer is ${text.length % 2 === 0 ? 'yes' : 'maybe'}. ${text}`,
];

test('all 541 prompts of IFEval get the harness’s verdict on 12 answers each, strict and loose', async (context) => {
	const random = randomOf(seed);
	const references = sharedRows<{ choices: { turns: string[] }[] }>(
		context,
		'mt_bench',
		'reference_answer',
		'gpt-4.jsonl',
	);
	const answers = sharedRows<{ answer: string }>(context, 'gsm8k', 'test.jsonl').map(({ answer }) => answer);
	const articles = readFileSync(sharedFile(context, 'wikitext2', 'wiki.test.raw'), 'utf8').split('\n');
	const texts = [
		...references.flatMap(({ choices }) => choices.flatMap(({ turns }) => turns)),
		...articles.filter((line) => line.length > 200),
		...answers,
	];
	const prompts = sharedRows<{ prompt: string; instruction_id_list: string[]; kwargs: Record<string, unknown>[] }>(
		context,
		...(['ifeval', 'input_data.jsonl'] as const),
	);
	const cases = prompts.flatMap(({ prompt, instruction_id_list: ids, kwargs }) => {
		// What the instructions name, so that some of them are followed.
		const named = kwargs.flatMap((one) => Object.values(one).flat()).filter((one) => typeof one === 'string');
		return Array.from({ length: 12 }, (_, index) => {
			const body = index === 0 ? prompt : random.pick(texts);
			const words = random.chance(0.5) ? `${named.join(' ')} ` : '';
			const text = `${words}${body}${random.chance(0.3) ? ` ${named.join(' ')}` : ''}`;
			return {
				kind: 'ifeval',
				prompt,
				ids,
				kwargs,
				output: random.pick(changes)(random.pick(changes)(text, random), random),
			};
		});
	});
	const verdicts = verdictsOf<Record<'strict' | 'loose', boolean[]>>(context, cases);
	const differing: { id: string; output: string }[] = [];
	let count = 0;
	for (const [index, { ids, kwargs, output }] of cases.entries()) {
		for (const mode of ['strict', 'loose'] as const) {
			for (const [at, id] of ids.entries()) {
				// Two prompts ask for "#" and "!": for what is no letter, the harness counts one that it draws anew each time.
				if (id === 'keywords:letter_frequency' && !/^[a-z]$/i.test(String(kwargs[at]?.letter))) continue;
				count += 1;
				const metadata = { instruction_id_list: [id], kwargs: [kwargs[at]] };
				const value = await scoreOf({ kind: 'ifeval', mode }, output, { metadata });
				if (value !== Number(verdicts[index]?.[mode][at])) differing.push({ id, output });
			}
		}
	}
	expect(count).toBe(2 * 12 * 832);
	// Punkt's trained model is not here: Assay's rules follow it, the harness's detector runs without (docs/formulas.md).
	const bySentences = differing.filter(({ id }) => id === 'length_constraints:number_sentences');
	expect(bySentences.length).toBeLessThan(20);
	expect(differing.filter((one) => !bySentences.includes(one)).slice(0, 5)).toEqual([]);
});
