import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QuantizeResult, QuantizeTask, QuantizeType } from '../../../../models/contract/native/tasks.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { failureOf } from '../../../support/failure.ts';
import { starterModelPath } from '../../../support/starter-model.ts';
import { goldens, harbour, type QuantizeGoldens } from '../golden/goldens.ts';

const golden = goldens<QuantizeGoldens>('quantize');
let folder: string;
let f16: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'assay-quantize-'));
	f16 = join(folder, 'f16.gguf');
	const input = await starterModelPath();
	const { outputs, warnings } = await quantize({ input, types: ['F16'], allowRequantize: true });
	expect(outputs[0]?.sha256).toBe(golden.f16.sha256);
	expect(warnings).toMatchObject([{ code: 'requantized' }]);
});

afterAll(() => rmSync(folder, { recursive: true }));

async function quantize(
	task: Pick<QuantizeTask, 'input'> & Partial<QuantizeTask> & { types: QuantizeType[] },
): Promise<QuantizeResult> {
	const { types, ...rest } = task;
	const outputs = types.map((type) => ({ type, path: join(folder, `${type === 'F16' ? 'f16' : type}.gguf`) }));
	return (await runNativeTask({ kind: 'quantize', outputs, threads: 1, overwrite: true, ...rest })).result;
}

type Figures = { sha256: string; fallbacks: number };

/**
 * Returns hashes and the fallbacks that llama.cpp counts: it omits the token table of a K type, which Assay also lists.
 */
function figures({ outputs }: QuantizeResult): [string, Figures][] {
	return outputs.map(({ type, sha256, fallbacks }) => {
		const silent = type.includes('K') || type.startsWith('IQ') ? 1 : 0;
		return [type, { sha256, fallbacks: fallbacks.length - silent }];
	});
}

function expected(table: Record<string, Figures>, types: string[]): [string, Figures | undefined][] {
	return types.map((type) => [type, table[type]]);
}

test("the starter model's ladder is byte for byte llama-quantize’s, with the same fallbacks", async () => {
	const types: QuantizeType[] = ['Q8_0', 'Q4_K_M', 'Q4_0', 'Q2_K'];
	expect(figures(await quantize({ input: f16, types }))).toEqual(expected(golden.plain, types));
});

test('an importance matrix and files quantised with it are byte for byte llama.cpp’s', async () => {
	const output = join(folder, 'imatrix.gguf');
	const task = { kind: 'imatrix', model: f16, text: harbour, output, contextSize: 256, threads: 2 } as const;
	const { result } = await runNativeTask(task);
	expect(result.perplexity / golden.imatrix.perplexity).toBeCloseTo(1, 2);
	// The matrix depends on the CPU's kernels; files quantised with it can agree only if the matrix does.
	if (result.sha256 !== golden.imatrix.sha256) {
		process.stdout.write('SKIPPED: the golden importance matrix was made on another processor\n');
		return;
	}
	const types: QuantizeType[] = ['Q4_K_M', 'Q2_K_S'];
	expect(figures(await quantize({ input: f16, types, imatrix: output }))).toEqual(expected(golden.matrix, types));
});

test('very small types report that they need an importance matrix', async () => {
	const failure = await failureOf(() => quantize({ input: f16, types: ['IQ2_XXS'] }));
	expect(failure.code).toBe('imatrix-needed');
});
