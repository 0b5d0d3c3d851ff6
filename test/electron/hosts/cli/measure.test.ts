import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fallbackLines } from '../../../../electron/hosts/cli/quantize.ts';
import { outputName } from '../../../../models/native/quantize/quantize-types.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';
import { runCli } from './run-cli.ts';

let folder: string;
let model: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'assay-measure-'));
	model = writeTinyGguf(join(folder, 'tiny.F32.gguf'));
	writeFileSync(join(folder, 'text.txt'), 'the cat and the dog went to the sea. '.repeat(80));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => runCli([...args, '--json', '--data', join(folder, 'data')]);

test('the name of a quantised file contains its type once', () => {
	expect(outputName('/a/model.F16.gguf', 'Q4_K_M')).toBe('model.Q4_K_M.gguf');
	expect(outputName('/a/model-q8_0.gguf', 'Q5_K_M')).toBe('model.Q5_K_M.gguf');
	expect(outputName('/a/SmolLM2-135M.gguf', 'Q8_0')).toBe('SmolLM2-135M.Q8_0.gguf');
});

test('bench reports the tests of llama-bench, their spread and the conditions', async () => {
	const { code, stdout, stderr } = await run(
		...['bench', model, '--prompt', '32', '--generate', '8', '--depth', '0,16', '--repetitions', '2', '--threads', '1'],
	);
	expect(stderr).toBe('');
	expect(code).toBe(0);
	const { results, conditions } = JSON.parse(stdout);
	expect(results.map((each: { test: string }) => each.test)).toEqual(['pp32', 'tg8', 'pp32 @ d16', 'tg8 @ d16']);
	expect(results[0]).toMatchObject({
		threads: 1,
		tokensPerSecond: { samples: [expect.any(Number), expect.any(Number)] },
	});
	expect(conditions).toMatchObject({ cores: expect.any(Number), engine: expect.any(String) });
});

test('bench tries every combination, names the fastest and shows what a smaller cache costs', async () => {
	const { code, stdout } = await run(
		...[
			'bench',
			model,
			'--prompt',
			'32',
			'--generate',
			'0',
			'--repetitions',
			'2',
			'--threads',
			'1',
			'--batch',
			'16,32',
		],
		...['--cache-type', 'f16,bf16'],
	);
	expect(code).toBe(0);
	const { results, fastest, cacheQuality, conditions } = JSON.parse(stdout);
	expect(results.map(({ setting }: { setting: object }) => setting)).toHaveLength(4);
	expect(fastest).toMatchObject([{ test: 'pp32', certain: false, setting: { batchSize: expect.any(Number) } }]);
	expect(cacheQuality).toMatchObject([{ cacheType: 'BF16', tokens: expect.any(Number) }]);
	expect(conditions.power).toMatch(/mains|battery|unknown/);
	const wrong = await run('bench', model, '--cache-type', 'Q9');
	expect(wrong.code).toBe(2);
});

test('perplexity in two passes reports that its divergence is estimated', async () => {
	const { code, stdout } = await run(
		...['perplexity', model, '--reference', model, '--text', join(folder, 'text.txt'), '--context', '64'],
		...['--chunks', '2', '--threads', '1', '--store', 'always'],
	);
	expect(code).toBe(0);
	expect(JSON.parse(stdout)).toMatchObject({
		approximation: { bytes: expect.any(Number), kept: 256 },
		reference: { klDivergence: { mean: 0 } },
	});
	expect(readdirSync(join(folder, 'data', 'cache'))).toEqual([]);
});

test('quantize writes the files, adds them to the library, and refuses to overwrite them', async () => {
	const out = join(folder, 'out');
	const args = ['quantize', model, '--type', 'Q8_0,Q4_0', '--out', out, '--threads', '1'];
	const first = await run(...args);
	expect(first.code).toBe(0);
	const { outputs } = JSON.parse(first.stdout);
	expect(outputs).toMatchObject([{ type: 'Q8_0' }, { type: 'Q4_0' }]);
	expect(existsSync(join(out, 'tiny.Q8_0.gguf'))).toBe(true);
	const { models } = JSON.parse((await run('models', 'list')).stdout);
	expect(models.map((each: { path: string }) => each.path)).toEqual(
		expect.arrayContaining([join(out, 'tiny.Q8_0.gguf'), join(out, 'tiny.Q4_0.gguf')]),
	);
	const again = await run(...args);
	expect(again.code).toBe(1);
	expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'output-exists' } });
});

test('perplexity against itself has zero divergence', async () => {
	const { code, stdout } = await run(
		...[
			'perplexity',
			model,
			'--reference',
			model,
			'--text',
			join(folder, 'text.txt'),
			'--context',
			'64',
			'--chunks',
			'4',
			// Unavailable on this kind of computer: the processor takes over, and the output says why.
			'--gpu',
			process.platform === 'darwin' ? 'cuda' : 'metal',
		],
	);
	expect(code).toBe(0);
	const { perplexity, reference, chunks, conditions } = JSON.parse(stdout);
	expect(conditions.gpuFailure).toMatchObject({ code: 'gpu-unavailable' });
	expect(chunks).toBe(4);
	expect(reference).toMatchObject({ perplexity, klDivergence: { mean: 0, max: 0 }, sameTop: 1, ratio: 1 });
});

test('loglikelihood answers each line with one, and names an invalid line', async () => {
	const input = join(folder, 'requests.jsonl');
	writeFileSync(input, '{"context":"the cat","continuations":[" and the dog"," sea"]}\n');
	const { stdout, code } = await runCli(['loglikelihood', model, '--input', input, '--threads', '1']);
	expect(code).toBe(0);
	expect(
		stdout
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line)),
	).toMatchObject([{ index: 0, logLikelihoods: [expect.any(Number), expect.any(Number)] }]);
	writeFileSync(input, '{"context":"a","continuations":["b"]}\n{"context":"a"}\n');
	const wrong = await run('loglikelihood', model, '--input', input);
	expect(JSON.parse(wrong.stdout).error).toMatchObject({
		code: 'input-line-invalid',
		message: expect.stringContaining('Line 2'),
	});
});

test('tensors with the same fallback are reported in one line', () => {
	const reason = 'its rows of 576 don’t divide into blocks of 256';
	const of = (tensor: string, to: string) => ({ tensor, from: 'Q4_K', to, reason });
	const fallbacks = [of('blk.0.attn_q', 'Q5_0'), of('blk.1.attn_q', 'Q5_0'), of('blk.0.attn_v', 'Q8_0')];
	expect(fallbackLines('Q4_K_M', fallbacks)).toEqual([
		`Q4_K_M: 2 tensors are Q5_0 instead of Q4_K: ${reason}`,
		`Q4_K_M: blk.0.attn_v is Q8_0 instead of Q4_K: ${reason}`,
	]);
});
