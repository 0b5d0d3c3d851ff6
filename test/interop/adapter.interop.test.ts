import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openTraining } from '../../models/native/training-run/session.ts';
import { projectRoot } from '../../scripts/run-step.ts';
import { freePort } from '../electron/server/serving.ts';
import { writeOrderSamples } from '../support/order-samples.ts';
import { starterModelPath } from '../support/starter-model.ts';
import { starterRuntime } from '../support/starter-runtime.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { answerOf, ask, resultOf } from '../support/worker-runtime.ts';

/** Where `node scripts/reference-programs.ts` builds it. */
const program = join(projectRoot, '.cache', 'reference-programs', 'bin', 'llama-server');

/** Starts llama-server with an adapter; ends with the test. Returns its address once its model is loaded. */
async function llamaServer(model: string, adapter: string): Promise<string> {
	const port = await freePort();
	const options = ['--threads', '1', '--threads-batch', '1', '--parallel', '1', '--ctx-size', '1024', '--log-disable'];
	const place = ['--host', '127.0.0.1', '--port', String(port)];
	const child = spawn(program, ['--model', model, '--lora', adapter, ...options, ...place], { stdio: 'ignore' });
	const exit = once(child, 'exit');
	onTestFinished(async () => {
		child.kill('SIGKILL');
		await exit;
	});
	const base = `http://127.0.0.1:${port}`;
	while ((await fetch(`${base}/health`).catch(() => null))?.ok !== true) {
		if (child.exitCode !== null) throw new Error(`llama-server ended with ${child.exitCode}`);
		await sleep(100);
	}
	return base;
}

const questions = [
	'Order 900: please send 12 of tea, then 40 of soap.',
	'Order 901: please send 3 of garden gloves.',
	'What is the capital of France?',
	'Write one sentence about the sea.',
];

test('llama-server with a trained adapter gives the tokens that Assay gives', async ({ skip }) => {
	if (!existsSync(program)) skip('SKIPPED: llama-server is not built: node scripts/reference-programs.ts');
	const folder = temporaryFolder();
	const model = await starterModelPath();
	const data = join(folder, 'data.jsonl');
	writeOrderSamples(data, 60, 2);
	const session = openTraining({
		training: {
			...{ model, data, objective: 'sft', folder: join(folder, 'run'), name: 'Orders', threads: 1 },
			settings: { packTokens: 256, maxTokens: 256, samplesPerStep: 4, maxSteps: 12, learningRate: 2e-3 },
		},
		onFrame() {},
	});
	const { adapter } = await session.ended;
	const path = adapter?.path ?? '';
	const base = await llamaServer(model, path);
	const runtime = starterRuntime();
	onTestFinished(() => runtime.close());
	const adapted = await runtime.load('adapted', { contextSize: 1024, adapters: [{ path, scale: 1 }] });
	const plain = await runtime.load('plain', { contextSize: 1024 });
	const post = async (place: string, body: unknown): Promise<Record<string, unknown>> => {
		const response = await fetch(`${base}${place}`, { method: 'POST', body: JSON.stringify(body) });
		return (await response.json()) as Record<string, unknown>;
	};
	const changed: boolean[] = [];
	for (const content of questions) {
		const request = ask(content, { temperature: 0, maxTokens: 48 });
		const own = resultOf(await answerOf(adapted, request)).tokenIds;
		const unchanged = resultOf(await answerOf(plain, request)).tokenIds;
		const { prompt } = await post('/apply-template', { messages: request.turns });
		const answered = await post('/completion', {
			...{ prompt, n_predict: 48, temperature: 0, repeat_penalty: 1, cache_prompt: false, return_tokens: true },
		});
		const tokens = answered.tokens as number[];
		// llama-server also gives the token that ends an answer.
		expect(tokens.slice(0, own.length)).toEqual(own);
		expect(tokens.length - own.length).toBeLessThanOrEqual(1);
		changed.push(own.join() !== unchanged.join());
	}
	expect(changed).toContain(true);
});
