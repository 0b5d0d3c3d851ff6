import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openNativeLibrary } from '../../models/native/libllama/open-library.ts';
import { ratioOf } from '../bench/statistics.ts';
import { sharedRows } from '../support/shared-data.ts';
import { writeStarterAsF16 } from '../support/starter-f16.ts';
import { pythonPath, pythonWith } from './python.ts';
import { type ServedStarter, serveModels } from './serve-starter.ts';

/** One item of ../shared/data/lm_eval_golden. */
interface Item {
	readonly context: string;
	readonly choices: readonly string[];
	readonly gold: number;
	readonly delimiter: string;
	readonly ll: readonly number[];
	readonly is_greedy: readonly boolean[];
}

/** What the harness writes of one item, with `--log_samples`. */
interface Sample {
	readonly doc_id: number;
	readonly filtered_resps: readonly (readonly [number | string, boolean | string] | string)[];
}

const folder = mkdtempSync(join(tmpdir(), 'assay-interop-lm-eval-'));
const itemsPerTask = 4;
const model = join(folder, 'SmolLM2-135M-Instruct.F16.gguf');
let server: ServedStarter;

beforeAll(async () => {
	await writeStarterAsF16(model);
	server = await serveModels(model);
});
afterAll(async () => {
	await server?.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** Runs the harness's own command on a task, and returns its samples in order. */
async function evaluate(python: string, task: string, kind: string, path: string, more = ''): Promise<Sample[]> {
	const output = join(folder, kind);
	const child = spawn(
		python,
		[
			...['-m', 'lm_eval', 'run', '--model', kind, '--tasks', task, '--log_samples', '--output_path', output],
			...['--include_path', join(import.meta.dirname, 'python', 'tasks'), '--batch_size', '1'],
			...['--model_args', `model=default,base_url=${server.base}${path},num_concurrent=2,max_retries=1${more}`],
			...(kind.includes('chat') ? ['--apply_chat_template'] : []),
		],
		{
			stdio: ['ignore', 'pipe', 'pipe'],
			cwd: folder,
			env: {
				...process.env,
				OPENAI_API_KEY: server.key,
				HF_HUB_OFFLINE: '1',
				HF_DATASETS_OFFLINE: '1',
				HF_HOME: join(folder, 'hf'),
			},
		},
	);
	const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
	if (child.exitCode !== 0) throw new Error(`lm_eval ended with ${child.exitCode}:\n${out}\n${error}`);
	const [samples = ''] = globSync(join(output, '**', 'samples_*.jsonl'));
	const lines = readFileSync(samples, 'utf8').trim().split('\n');
	return lines.map((line) => JSON.parse(line) as Sample).sort((one, other) => one.doc_id - other.doc_id);
}

describe('lm-evaluation-harness', { timeout: 600_000 }, () => {
	test('local-completions gives the log-likelihoods of its own engine', async (context) => {
		const python = pythonPath(context);
		const items = ['arc_easy', 'hellaswag', 'piqa']
			.flatMap((task) => sharedRows<Item>(context, 'lm_eval_golden', `${task}.jsonl`).slice(0, itemsPerTask))
			.filter(({ delimiter }) => delimiter === ' ');
		const rows = items.map(({ context: asked, choices, gold }) => JSON.stringify({ context: asked, choices, gold }));
		writeFileSync(join(folder, 'golden.jsonl'), `${rows.join('\n')}\n`);
		const samples = await evaluate(
			...([python, 'assay_golden', 'local-completions', '/v1/completions'] as const),
			`,tokenizer_backend=remote,auth_token=${server.key}`,
		);
		expect(samples).toHaveLength(items.length);
		for (const [at, { ll, is_greedy: greedy }] of items.entries()) {
			const got = samples[at]?.filtered_resps ?? [];
			expect(got).toHaveLength(ll.length);
			for (const [choice, expected] of ll.entries()) {
				expect(Math.abs(Number(got[choice]?.[0]) - expected), `item ${at}, choice ${choice}`).toBeLessThan(0.1);
				expect(String(got[choice]?.[1]).toLowerCase()).toBe(String(greedy[choice]));
			}
		}
	});

	test('local-completions scores faster than the harness’s own engine where kernels allow it', async (context) => {
		const python = pythonWith(context, 'torch', 'transformers', 'gguf');
		const file = join(folder, 'speed.jsonl');
		const items = ['arc_easy', 'hellaswag', 'piqa'].flatMap((task) =>
			sharedRows<Item>(context, 'lm_eval_golden', `${task}.jsonl`).slice(0, 25),
		);
		writeFileSync(file, `${items.map((item) => JSON.stringify(item)).join('\n')}\n`);
		const threads = String(availableParallelism());
		const { stdout } = await promisify(execFile)(
			python,
			[
				join(import.meta.dirname, 'python', 'echo_speed.py'),
				file,
				model,
				`${server.base}/v1/completions`,
				server.key,
				threads,
			],
			{
				cwd: folder,
				env: { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(folder, 'hf'), OPENAI_API_KEY: server.key },
			},
		);
		process.stdout.write(`${stdout.trim().split('\n').at(-1)}\n`);
		const speeds = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
			readonly hf: readonly number[];
			readonly served: readonly number[];
			readonly largest_difference: number;
		};
		expect(speeds.largest_difference).toBeLessThan(0.1);
		// The aim is 2. It is 0.7 to 0.9 on an Intel Xeon with AVX-512 but neither BF16 nor AMX, and on an AMD EPYC with AVX2:
		// it computes half the tokens, with kernels at less than half the rate of PyTorch’s (docs/llama-cpp.md).
		const hasBf16 = /\bAVX512_BF16 = 1/.test(openNativeLibrary('cpu').systemInfo);
		expect(ratioOf(speeds.served, speeds.hf)).toBeGreaterThanOrEqual(hasBf16 ? 2 : 0.6);
	});

	test('local-chat-completions gets answers in words', async (context) => {
		const python = pythonPath(context);
		const rows = [
			{ question: 'What is the capital of France?', answer: 'Paris' },
			{ question: 'Say hello.', answer: 'Hello' },
		];
		writeFileSync(join(folder, 'words.jsonl'), `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
		const samples = await evaluate(python, 'assay_words', 'local-chat-completions', '/v1/chat/completions');
		expect(samples.map(({ filtered_resps: [answer] }) => typeof answer)).toEqual(['string', 'string']);
		expect(samples.every(({ filtered_resps: [answer] }) => String(answer).length > 0)).toBe(true);
	});
});
