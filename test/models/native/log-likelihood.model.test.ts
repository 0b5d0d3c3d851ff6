import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMeasurement } from '../../../models/native/measurement/session.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { sharedFile } from '../../support/shared-data.ts';
import { writeStarterAsF16 } from '../../support/starter-f16.ts';
import { starterModelPath } from '../../support/starter-model.ts';
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

test('log-likelihoods equal lm-evaluation-harness’s item by item', async (context) => {
	const tasks = ['arc_easy', 'arc_challenge', 'hellaswag', 'piqa', 'winogrande', 'mmlu_world_religions'];
	const all = tasks.flatMap((task) => readItems(sharedFile(context, 'lm_eval_golden', `${task}.jsonl`), items));
	const task = { kind: 'loglikelihood', model, requests: requestsOf(all), threads: 1 } as const;
	const { result } = await runNativeTask({ ...task, requests: [...task.requests] });
	const agreement = agreementOf(all, result.rows);
	expect(agreement).toMatchObject({ items: all.length, otherTokens: [], otherGreedy: [], otherChoice: [] });
	expect(agreement.rms).toBeLessThanOrEqual(0.02);
	expect(agreement.largest).toBeLessThanOrEqual(0.1);
});

/**
 * Each type has its own kernels: F16 and Q4_1 as stored, Q4_0 and Q4_K repacked for AVX, all of them copied for AMX.
 * These kernels compute the last rows of a decode differently from whole tiles. A request scored alone therefore keeps
 * all the continuations that it had among others, so that its last rows are the same.
 */
test.each(['F16', 'Q4_1', 'Q4_0', 'Q4_K_M'] as const)(
	'a shared few-shot prefix is computed once, and no number of %s changes by a bit',
	async (type) => {
		const path = type === 'F16' ? model : type === 'Q4_1' ? await starterModelPath() : join(folder, `${type}.gguf`);
		if (type === 'Q4_0' || type === 'Q4_K_M') {
			await runNativeTask({ kind: 'quantize', input: model, outputs: [{ type, path }], threads: 1 });
		}
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
		const { result } = await runNativeTask({ kind: 'loglikelihood', model: path, requests, threads: 1 });
		expect(result.decodedTokens).toBeLessThan(result.tokensWithoutReuse / 6);
		const session = await openMeasurement({ model: path, width: 1, threads: 1 });
		for (const [index, request] of requests.slice(0, 3).entries()) {
			const [alone] = await session.likelihood([request]);
			expect(alone?.logLikelihoods).toEqual(result.rows[index]?.logLikelihoods);
		}
		await session.close();
	},
);
