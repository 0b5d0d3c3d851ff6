import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PerplexityResult, PerplexityTask, QuantizeType } from '../../../../models/contract/native/tasks.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { sharedFile } from '../../../support/shared-data.ts';
import { writeStarterAsF16 } from '../../../support/starter-f16.ts';
import { expectLlamaPerplexity } from '../golden/agreement.ts';
import { type GoldenSetting, goldens, harbour, type PerplexityGoldens, sameKernels } from '../golden/goldens.ts';

const golden = goldens<PerplexityGoldens>('perplexity');
const types: QuantizeType[] = ['Q8_0', 'Q4_K_M', 'Q2_K'];
let folder: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'assay-perplexity-'));
	const f16 = join(folder, 'F16.gguf');
	await writeStarterAsF16(f16);
	const outputs = types.map((type) => ({ type, path: join(folder, `${type}.gguf`) }));
	await runNativeTask({ kind: 'quantize', input: f16, outputs, threads: 2 });
});

afterAll(() => rmSync(folder, { recursive: true }));

async function score(
	setting: GoldenSetting,
	type: string,
	rounding: PerplexityTask['rounding'],
	text: string,
): Promise<PerplexityResult> {
	const { contextSize, chunks } = setting;
	const [model, reference] = [join(folder, `${type}.gguf`), join(folder, 'F16.gguf')];
	const task = { kind: 'perplexity', model, reference, text, contextSize, chunks, threads: 1, rounding } as const;
	return (await runNativeTask(task)).result;
}

function settingOf(text: string): GoldenSetting {
	const setting = golden.settings.find((one) => one.text === text);
	if (setting === undefined) throw new Error(`no golden figures for ${text}`);
	return setting;
}

/** Tests run in parallel, each in its own process with one thread, so a busy computer slows all of them, ms. */
const timeout = 600_000;

test.concurrent.each(types)(
	'perplexity and divergence of %s equal llama-perplexity’s on a text of the project',
	{ timeout },
	async (type) => {
		const setting = settingOf('harbour.txt');
		const coded = await score(setting, type, 'llama-perplexity', harbour);
		expectLlamaPerplexity(golden, setting, type, coded);
		if (type !== 'Q4_K_M') return;
		const exact = await score(setting, type, 'exact', harbour);
		// Rounding to 16 bits explains the difference: it is small, and the tested model's own perplexity is unchanged.
		expect(exact.perplexity.toFixed(4)).toBe(coded.perplexity.toFixed(4));
		const ratio = (exact.reference?.klDivergence.mean ?? 0) / (coded.reference?.klDivergence.mean ?? 1);
		expect(Math.abs(ratio - 1)).toBeLessThan(0.01);
		expect(ratio).not.toBe(1);
		// With one model in memory at a time, only the divergence is an estimate, accurate to 1 %.
		const files = { model: join(folder, `${type}.gguf`), reference: join(folder, 'F16.gguf'), text: harbour };
		const { result: kept } = await runNativeTask<'perplexity'>({
			kind: 'perplexity',
			...files,
			contextSize: setting.contextSize,
			chunks: setting.chunks,
			threads: 1,
			store: { path: join(folder, 'reference.store'), keep: false },
		});
		expect([kept.perplexity, kept.reference?.perplexity, kept.reference?.sameTop]).toEqual([
			exact.perplexity,
			exact.reference?.perplexity,
			exact.reference?.sameTop,
		]);
		const estimated = (kept.reference?.klDivergence.mean ?? 0) / (exact.reference?.klDivergence.mean ?? 1);
		expect(Math.abs(estimated - 1)).toBeLessThan(0.01);
	},
);

test.concurrent('two chunks of WikiText-2 equal llama-perplexity’s running values', { timeout }, async (context) => {
	const text = sharedFile(context, 'wikitext2', 'wiki.test.raw');
	const setting = { ...settingOf('wiki.test.raw'), chunks: 2 };
	const { chunks, textTokens, conditions } = await score(setting, 'Q4_K_M', 'exact', text);
	const running = chunks.map((_, index) =>
		Math.exp(chunks.slice(0, index + 1).reduce((sum, { negativeLog }) => sum + negativeLog, 0) / (index + 1)),
	);
	const published = setting.models.find(({ type }) => type === 'Q4_K_M')?.running ?? [];
	// CPU kernels differ more over two chunks than over all. With AVX-512 and without AMX, llama-perplexity itself
	// reports 13.1956 and 22.4903, as Assay does there; on the CPU of these figures it reported 13.0406 and 22.4003.
	const bound = sameKernels(golden, conditions) ? 0.005 : 0.03;
	for (const [index, value] of running.entries()) {
		expect(Math.abs(value / (published[index] ?? 0) - 1)).toBeLessThan(bound);
	}
	expect(textTokens).toBe(303_415);
});
