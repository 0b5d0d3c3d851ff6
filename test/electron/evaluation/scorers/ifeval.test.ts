import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { instructionChecks } from '../../../../electron/evaluation/scorers/ifeval/checks.ts';
import { countSentences } from '../../../../electron/evaluation/scorers/ifeval/nltk.ts';
import { pooledWeight } from '../../../../electron/evaluation/scorers/score.ts';
import { sharedRows } from '../../../support/shared-data.ts';
import { plainScorer, scoreOf, scoreSample } from './score-sample.ts';

interface Golden {
	readonly responses: readonly string[];
	readonly instructions: readonly { id: string; kwargs: Record<string, unknown>; strict: string; loose: string }[];
}

// Verdicts of lm-evaluation-harness 0.4.13's checkers, written by golden/make_ifeval.py.
const golden: Golden = JSON.parse(readFileSync(new URL('golden/ifeval.json', import.meta.url), 'utf8'));

async function differences(mode: 'strict' | 'loose'): Promise<{ all: number; other: string[] }> {
	const other: string[] = [];
	let all = 0;
	for (const { id, kwargs, ...wanted } of golden.instructions) {
		const sample = { metadata: { instruction_id_list: [id], kwargs: [kwargs] } };
		for (const [index, response] of golden.responses.entries()) {
			all += 1;
			const value = await scoreOf({ kind: 'ifeval', mode }, response, sample);
			if (String(value) !== wanted[mode][index])
				other.push(`${id} ${JSON.stringify(kwargs)}: ${JSON.stringify(response)}`);
		}
	}
	return { all, other };
}

describe('IFEval', () => {
	test('knows all 25 instructions', () => {
		expect(Object.keys(instructionChecks)).toHaveLength(25);
		expect(new Set(golden.instructions.map(({ id }) => id)).size).toBe(25);
	});

	test.each(['strict', 'loose'] as const)('%s: every response gets the harness’s verdict', async (mode) => {
		expect(await differences(mode)).toEqual({ all: 67 * 73, other: [] });
	});

	test('scores a prompt by all its instructions, or by the share that is followed', async () => {
		const metadata = {
			instruction_id_list: ['punctuation:no_comma', 'length_constraints:number_words'],
			kwargs: [{}, { num_words: 3, relation: 'at least' }],
		};
		expect(await scoreSample({ kind: 'ifeval' }, 'one, two three', { metadata })).toEqual({
			value: 0,
			explanation: '1 of 2 instructions are followed; not punctuation:no_comma.',
		});
		expect(await scoreOf({ kind: 'ifeval', level: 'instruction' }, 'one, two three', { metadata })).toBe(0.5);
		expect(await scoreOf({ kind: 'ifeval' }, 'one two three', { metadata })).toBe(1);
		expect(await scoreOf({ kind: 'ifeval' }, '  ', { metadata })).toBe(0);
		const scorer = plainScorer({ kind: 'ifeval', level: 'instruction' });
		expect(pooledWeight(scorer, { metadata })).toBe(2);
		expect(pooledWeight(plainScorer({ kind: 'ifeval' }), { metadata })).toBeNull();
	});

	test('loose mode forgives an opening line and asterisks', async () => {
		const metadata = { instruction_id_list: ['startend:quotation'], kwargs: [{}] };
		const response = 'Sure, here it is:\n*"Quoted."*';
		expect(await scoreOf({ kind: 'ifeval' }, response, { metadata })).toBe(0);
		expect(await scoreOf({ kind: 'ifeval', mode: 'loose' }, response, { metadata })).toBe(1);
	});

	test('an unknown instruction, missing arguments or no instruction leaves the row unscored', async () => {
		const odd = [
			{ instruction_id_list: ['made:up'], kwargs: [{}] },
			{ instruction_id_list: ['constructor'], kwargs: [{}] },
			{ instruction_id_list: ['length_constraints:number_words'], kwargs: [{ num_words: null }] },
			{ instruction_id_list: ['keywords:existence'] },
			{},
		];
		for (const metadata of odd) expect(await scoreOf({ kind: 'ifeval' }, 'text', { metadata })).toBeNull();
	});

	test('keywords that are invalid patterns match literally', async () => {
		const keywords = { instruction_id_list: ['keywords:existence'], kwargs: [{ keywords: ['c++', '(a'] }] };
		expect(await scoreOf({ kind: 'ifeval' }, 'C++ and (A', { metadata: keywords })).toBe(1);
	});

	test('all 541 prompts of the dataset can be checked', async (context) => {
		const rows = sharedRows<{ prompt: string; instruction_id_list: string[]; kwargs: unknown[] }>(
			context,
			...(['ifeval', 'input_data.jsonl'] as const),
		);
		let instructions = 0;
		for (const { prompt, ...metadata } of rows) {
			const score = await scoreSample({ kind: 'ifeval', level: 'instruction', mode: 'loose' }, prompt, { metadata });
			expect(score.value, score.explanation).not.toBeNull();
			instructions += metadata.instruction_id_list.length;
		}
		expect([rows.length, instructions]).toEqual([541, 834]);
	});
});

test.each([
	['', 0],
	['No mark at the end', 1],
	['One. Two. Three.', 3],
	['Dr. Weber came at 5 p.m. with Mr. Lind. They talked.', 2],
	['It was 3.5 metres. Really?! Yes!', 4],
	['J. Smith wrote it. A. The end.', 3],
	['He waited... and waited. Then he left...', 2],
	['"Go." She went. (He stayed.) Fine.', 4],
	['Lists\nwithout marks\nare one', 1],
])('%j has %d sentences', (text, count) => {
	expect(countSentences(text)).toBe(count);
});
