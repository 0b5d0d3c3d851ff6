import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMeasurement } from '../../../models/native/measure/session.ts';
import { runNativeTask } from '../../../models/native/run.ts';
import { writeStarterAsF16 } from '../../support/starter-f16.ts';
import { sharedFile } from './golden/goldens.ts';
import { agreementOf, readItems, requestsOf } from './golden/lm-eval.ts';

/** Items of each task; all fifty run in the soak test. */
const items = 6;
let folder: string;
let model: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'assay-likelihood-'));
	model = join(folder, 'f16.gguf');
	await writeStarterAsF16(model);
});

afterAll(() => rmSync(folder, { recursive: true }));

test('log-likelihoods equal lm-evaluation-harness’s item by item', async () => {
	const tasks = ['arc_easy', 'arc_challenge', 'hellaswag', 'piqa', 'winogrande', 'mmlu_world_religions'];
	const found = tasks.flatMap((task) => {
		const path = sharedFile('lm_eval_golden', `${task}.jsonl`);
		return path === null ? [] : [readItems(path, items)];
	});
	if (found.length === 0) return;
	const all = found.flat();
	const task = { kind: 'loglikelihood', model, requests: requestsOf(all), threads: 1 } as const;
	const { result } = await runNativeTask({ ...task, requests: [...task.requests] });
	const agreement = agreementOf(all, result.rows);
	expect(agreement).toMatchObject({ items: all.length, otherTokens: [], otherGreedy: [], otherChoice: [] });
	expect(agreement.rms).toBeLessThanOrEqual(0.02);
	expect(agreement.largest).toBeLessThanOrEqual(0.1);
});

test('a shared few-shot prefix goes through the model once, and no number changes by a bit for it', async () => {
	const shots = 'Question: What do plants take in?\nAnswer: Carbon dioxide, water and light.\n\n'.repeat(12);
	const questions = [
		'What is ice?',
		'What is steam?',
		'What is rain?',
		'What is snow?',
		'What is fog?',
		'What is hail?',
	];
	const requests = questions.map((question) => ({
		context: `${shots}Question: ${question}\nAnswer:`,
		continuations: [' Water.', ' A kind of stone.', ' Air.', ' Nothing at all.'],
	}));
	const { result } = await runNativeTask({ kind: 'loglikelihood', model, requests, threads: 1 });
	expect(result.decodedTokens).toBeLessThan(result.tokensWithoutReuse / 6);
	const session = await openMeasurement({ model, width: 1, threads: 1 });
	for (const [index, { context, continuations }] of requests.slice(0, 3).entries()) {
		const continuation = index % 4;
		const [alone] = await session.likelihood([
			{ context, continuations: continuations.slice(continuation, continuation + 1) },
		]);
		expect(alone?.logLikelihoods).toEqual([result.rows[index]?.logLikelihoods[continuation]]);
	}
	await session.close();
});
