import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { QuantizeType } from '../../../models/contract/native/tasks.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { sharedFile } from '../../support/shared-data.ts';
import { writeStarterAsF16 } from '../../support/starter-f16.ts';
import { expectLlamaPerplexity } from './golden/agreement.ts';
import { goldens, harbour, type PerplexityGoldens, type QuantizeGoldens } from './golden/goldens.ts';
import { agreementOf, readItems, requestsOf } from './golden/lm-eval.ts';

const perplexities = goldens<PerplexityGoldens>('perplexity');
const quantized = goldens<QuantizeGoldens>('quantize');
let folder: string;
let f16: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'assay-native-soak-'));
	f16 = join(folder, 'F16.gguf');
	await writeStarterAsF16(f16);
});

afterAll(() => rmSync(folder, { recursive: true }));

async function quantize(type: QuantizeType, imatrix: string | null): Promise<string> {
	const path = join(folder, `${type}${imatrix === null ? '' : '-matrix'}.gguf`);
	const task = {
		kind: 'quantize',
		input: f16,
		outputs: [{ type, path }],
		imatrix,
		overwrite: true,
		threads: 2,
	} as const;
	const { result } = await runNativeTask({ ...task, outputs: [...task.outputs] });
	return result.outputs[0]?.sha256 ?? '';
}

describe('every type is byte for byte llama-quantize’s', () => {
	test.each(Object.entries(quantized.plain))('%s', async (type, { sha256 }) => {
		expect(await quantize(type as QuantizeType, null)).toBe(sha256);
		rmSync(join(folder, `${type}.gguf`));
	});

	test('types with an importance matrix are too', async (context) => {
		const output = join(folder, 'imatrix.gguf');
		const task = { kind: 'imatrix', model: f16, text: harbour, output, contextSize: 256, threads: 2 } as const;
		if ((await runNativeTask(task)).result.sha256 !== quantized.imatrix.sha256) {
			return context.skip('SKIPPED: the golden importance matrix was made on another processor');
		}
		for (const [type, { sha256 }] of Object.entries(quantized.matrix)) {
			expect(await quantize(type as QuantizeType, output), type).toBe(sha256);
		}
	});
});

test("the starter model's ladder on WikiText-2 matches llama-perplexity’s and is not monotone", async (context) => {
	const text = sharedFile(context, 'wikitext2', 'wiki.test.raw');
	const setting = perplexities.settings.find((one) => one.text === 'wiki.test.raw')!;
	const { contextSize, chunks } = setting;
	const divergences = new Map<string, number>();
	for (const { type } of setting.models) {
		await quantize(type as QuantizeType, null);
		const model = join(folder, `${type}.gguf`);
		const task = { kind: 'perplexity', model, reference: f16, text, contextSize, chunks, threads: 2 } as const;
		const { result } = await runNativeTask({ ...task, rounding: 'llama-perplexity' });
		expectLlamaPerplexity(perplexities, setting, type, result);
		divergences.set(type, result.reference?.klDivergence.mean ?? Number.NaN);
	}
	// docs/formulas.md#published-figures-used-by-tests: Q5_K_M is larger and worse than Q4_K_M on this model.
	expect(divergences.get('Q5_K_M') ?? 0).toBeGreaterThan(divergences.get('Q4_K_M') ?? 1);
	expect(divergences.get('Q8_0') ?? 1).toBeLessThan(0.01);
	expect(divergences.get('Q2_K') ?? 0).toBeGreaterThan(0.3);
});

describe('all fifty items equal lm-evaluation-harness’s', () => {
	test.for(['arc_easy', 'arc_challenge', 'hellaswag', 'piqa', 'winogrande', 'mmlu_world_religions'])(
		'%s',
		async (task, context) => {
			const path = sharedFile(context, 'lm_eval_golden', `${task}.jsonl`);
			const items = readItems(path, 50);
			const { result } = await runNativeTask({
				kind: 'loglikelihood',
				model: f16,
				requests: requestsOf(items),
				threads: 2,
			});
			const agreement = agreementOf(items, result.rows);
			expect(agreement).toMatchObject({ items: 50, otherTokens: [], otherGreedy: [], otherChoice: [] });
			expect(agreement.rms).toBeLessThanOrEqual(0.02);
			expect(agreement.largest).toBeLessThanOrEqual(0.1);
		},
	);
});
