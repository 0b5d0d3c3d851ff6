import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoraAdapter } from '../../../../models/contract/load.ts';
import { readGguf } from '../../../../models/gguf/read-gguf.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { failureOf } from '../../../support/failure.ts';
import { splitGguf } from '../../../support/split-gguf.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';
import { writeTinyLora } from '../../../support/tiny-lora.ts';
import { type TinyRuntime, tinyRuntime } from '../../../support/tiny-runtime.ts';
import { answerOf, ask } from '../../../support/worker-runtime.ts';

let tiny: TinyRuntime;
let base: string;
let adapters: LoraAdapter[];
beforeAll(() => {
	tiny = tinyRuntime();
	base = writeTinyGguf(join(tiny.folder, 'base.gguf'));
	const one = writeTinyLora(join(tiny.folder, 'one.gguf'), { rank: 4 });
	const two = writeTinyLora(join(tiny.folder, 'two.gguf'), { rank: 2, weights: ['blk.0.attn_q.weight'] });
	adapters = [
		{ path: one, scale: 0.02 },
		{ path: two, scale: -0.03 },
	];
});
afterAll(() => tiny.close());

type Type = 'F32' | 'F16' | 'BF16';

async function merge(model: string, name: string, type: Type, some = adapters) {
	const output = join(tiny.folder, name);
	const { result } = await runNativeTask<'merge'>({ kind: 'merge', model, adapters: some, output, name: 'Both', type });
	return result;
}

/** Log-probabilities of the likeliest next tokens, in exact arithmetic but for the types of the weights. */
async function likeliest(path: string, on: readonly LoraAdapter[] = []): Promise<Map<number, number>> {
	const engine = await tiny.loadFile(path, { keyType: 'F32', valueType: 'F32', flashAttention: 'off' });
	const request = { ...ask('the cat and the dog', { temperature: 0, maxTokens: 1 }), logprobs: 20 };
	const { events } = await answerOf(engine, { ...request, adapters: [...on] });
	const [first] = events.flatMap((event) => (event.type === 'tokens' ? (event.scores ?? []) : []));
	return new Map(first?.top.map(({ token, logprob }) => [token, logprob]));
}

/** The largest difference between tokens that both name. */
function furthest(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
	const both = [...a].filter(([token]) => b.has(token));
	expect(both.length).toBeGreaterThan(8);
	return Math.max(...both.map(([token, value]) => Math.abs(value - (b.get(token) ?? 0))));
}

// F32 differs by the order of sums only; the others round each weight: F16 to 11 bits, BF16 to 8.
test.each<[Type, number]>([
	['F32', 1e-4],
	['F16', 5e-3],
	['BF16', 5e-2],
])('merged in %s, a model answers as with its adapters, within %d nats', async (type, bound) => {
	const result = await merge(base, `merged-${type}.gguf`, type);
	expect(result).toMatchObject({ changed: 2, warnings: [] });
	const adapted = await likeliest(base, adapters);
	expect(furthest(await likeliest(result.path), adapted)).toBeLessThan(bound);
	expect(furthest(await likeliest(base), adapted)).toBeGreaterThan(bound);
	const { facts, header, problem } = await readGguf(result.path);
	expect(problem).toBeNull();
	expect(facts).toMatchObject({ name: 'Both', quantization: type, architecture: 'llama', kind: 'model' });
	expect(facts.chatTemplate).toBe((await readGguf(base)).facts.chatTemplate);
	expect(header.tensors.find(({ name }) => name === 'output_norm.weight')?.type).toBe('F32');
});

test('an alpha of 0 means a scale of 1 for pairs of every rank', async () => {
	const path = writeTinyLora(join(tiny.folder, 'zero.gguf'), {
		metadata: { 'adapter.lora.alpha': { type: 'float32', value: 0 } },
		tensors: ([a, b, c, d]) => [
			...[a!, b!],
			{ ...c!, dimensions: [64, 2], data: c!.data.subarray(0, 512) },
			{ ...d!, dimensions: [2, 64], data: d!.data.subarray(0, 512) },
		],
	});
	const use = [{ path, scale: 0.02 }];
	const merged = await merge(base, 'zero-merged.gguf', 'F32', use);
	expect(furthest(await likeliest(merged.path), await likeliest(base, use))).toBeLessThan(1e-4);
});

test('a quantised base says what it costs; its merged file answers as it does with the adapters', async () => {
	const { result } = await runNativeTask<'quantize'>({
		...{ kind: 'quantize', input: base, threads: 1 },
		outputs: [{ type: 'Q8_0', path: join(tiny.folder, 'q8.gguf') }],
	});
	const [{ path: quantised } = { path: '' }] = result.outputs;
	const merged = await merge(quantised, 'from-q8.gguf', 'F32');
	expect(merged.warnings).toMatchObject([{ code: 'merged-quantised' }]);
	expect(merged.warnings[0]?.message).toMatch(
		/^The base is Q8_0: its quantisation error stays in the merged file, which is \d\.\d times/,
	);
	// The quantised base also rounds activations, which the merged file does not.
	expect(furthest(await likeliest(merged.path), await likeliest(quantised, adapters))).toBeLessThan(0.15);
});

test('a split model becomes one file', async () => {
	const [first = ''] = await splitGguf(base, tiny.folder, 3);
	const merged = await merge(first, 'from-split.gguf', 'F32');
	const { files, facts } = await readGguf(merged.path);
	expect(files).toHaveLength(1);
	// It is no quantisation of its base.
	expect(facts.lineage.finetune).toBe(facts.name);
	const whole = await merge(base, 'whole.gguf', 'F32');
	expect(furthest(await likeliest(merged.path), await likeliest(whole.path))).toBe(0);
});

test.each<[string, () => LoraAdapter, Type, string]>([
	[
		'of another model',
		() => ({ path: writeTinyLora(join(tiny.folder, 'w.gguf'), { width: 32 }), scale: 1 }),
		'F16',
		'adapter-unsuitable',
	],
	[
		'that makes weights too large',
		() => ({
			path: writeTinyLora(join(tiny.folder, 'l.gguf'), {
				metadata: { 'adapter.lora.alpha': { type: 'float32', value: 1e7 } },
			}),
			scale: 4,
		}),
		'F16',
		'merge-not-finite',
	],
])('an adapter %s is refused, and nothing is left', async (_, adapter, type, code) => {
	const failure = await failureOf(() => merge(base, 'refused.gguf', type, [adapter()]));
	expect(failure.code).toBe(code);
	expect(readdirSync(tiny.folder).filter((name) => name.includes('refused'))).toEqual([]);
});

test('a merge that is stopped leaves nothing, and one never replaces a file', async () => {
	const output = join(tiny.folder, 'stopped.gguf');
	const stop = AbortSignal.abort(new Error('stopped'));
	const task = { kind: 'merge' as const, model: base, adapters, output, name: 'x', type: 'F16' as const };
	await expect(runNativeTask<'merge'>(task, { signal: stop })).rejects.toThrow('stopped');
	expect(existsSync(output)).toBe(false);
	const before = statSync(base).size;
	expect((await failureOf(() => runNativeTask<'merge'>({ ...task, output: base }))).code).toBe('output-is-input');
	expect(statSync(base).size).toBe(before);
});
