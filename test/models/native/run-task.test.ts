import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { NativeHeartbeat, NativeProgress } from '../../../models/contract/native/tasks.ts';
import { openNativeLibrary } from '../../../models/native/libllama/open-library.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { failureOf } from '../../support/failure.ts';
import { prose, workshop } from './tiny.ts';

test('a check lists the engine and CPU features', async () => {
	const { result, peakResidentBytes } = await runNativeTask({ kind: 'check' });
	const { version, systemInfo, devices, gpus, gpuFailure } = openNativeLibrary();
	expect(result).toEqual({
		engine: `llama.cpp ${version}`,
		systemInfo,
		devices,
		gpus,
		gpuFailure,
		obstacles: expect.any(Array),
	});
	expect(peakResidentBytes).toBeGreaterThan(10e6);
});

describe('process that ends early', () => {
	test('a real abort inside llama.cpp is explained with its last words, and the host survives', async () => {
		const entry = fileURLToPath(new URL('./aborting-entry.ts', import.meta.url));
		const failure = await failureOf(() => runNativeTask({ kind: 'check' }, { entry }));
		expect(failure.code).toBe('native-process-died');
		expect(failure.message).toMatch(/SIGABRT, GGML_ASSERT\(key_id >= 0 .*\) failed/);
		expect(failure.detail).toContain('gguf.cpp');
	});

	test('a missing or damaged model file has its own Failure', async () => {
		const shop = workshop();
		const task = { kind: 'perplexity', reference: null, text: shop.text('t', prose), threads: 1 } as const;
		expect((await failureOf(() => runNativeTask({ ...task, model: shop.path('none.gguf') }))).code).toBe(
			'model-file-missing',
		);
		const nan = shop.model('nan.gguf', {
			tensors: (tensors) =>
				tensors.map((tensor) =>
					tensor.name === 'blk.0.ffn_up.weight'
						? { ...tensor, data: new Uint8Array(tensor.data.length).fill(0xff) }
						: tensor,
				),
		});
		const failure = await failureOf(() => runNativeTask({ ...task, model: nan, contextSize: 64 }));
		expect(['model-load-failed', 'scores-not-finite']).toContain(failure.code);
	});
});

describe('stopping', () => {
	test('an abort quickly ends a run between decodes, with the signal’s reason', async () => {
		const shop = workshop();
		const controller = new AbortController();
		const reason = new Error('enough');
		let stoppedAt = 0;
		const run = runNativeTask(
			{
				kind: 'perplexity',
				model: shop.model('a.gguf'),
				reference: null,
				text: shop.text('t', prose.repeat(40)),
				contextSize: 64,
				threads: 1,
			},
			{
				signal: controller.signal,
				onProgress: () => {
					stoppedAt ||= performance.now();
					controller.abort(reason);
				},
			},
		);
		await expect(run).rejects.toBe(reason);
		expect(performance.now() - stoppedAt).toBeLessThan(1500);
	});

	test('a signal that is already aborted starts nothing', async () => {
		await expect(runNativeTask({ kind: 'check' }, { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow(
			'no',
		);
	});

	test('quantising that is stopped midway leaves neither an incomplete nor a temporary file', async () => {
		const shop = workshop();
		const input = shop.model('a.gguf', { layers: 40 });
		const controller = new AbortController();
		const seen: NativeProgress[] = [];
		const outputs = [
			{ type: 'IQ4_NL', path: shop.path('first.gguf') },
			{ type: 'IQ3_S', path: shop.path('second.gguf') },
		] as const;
		const run = runNativeTask(
			{ kind: 'quantize', input, outputs: [...outputs], threads: 1 },
			{
				signal: controller.signal,
				onProgress: (progress) => {
					seen.push(progress);
					if (progress.kind === 'quantize' && progress.done > 20) controller.abort(new Error('stopped'));
				},
			},
		);
		await expect(run).rejects.toThrow('stopped');
		expect(seen.length).toBeGreaterThan(20);
		expect(readdirSync(dirname(input)).filter((name) => name.includes('assay-part'))).toEqual([]);
		expect(existsSync(shop.path('second.gguf'))).toBe(false);
	});
});

test('progress comes with every chunk, and heartbeats report time and memory', async () => {
	const shop = workshop();
	const progress: NativeProgress[] = [];
	const beats: NativeHeartbeat[] = [];
	const { result, cpuMs } = await runNativeTask(
		{
			kind: 'perplexity',
			model: shop.model('a.gguf'),
			reference: null,
			text: shop.text('t', prose.repeat(30)),
			contextSize: 64,
			threads: 1,
		},
		{ onProgress: (one) => progress.push(one), onBeat: (beat) => beats.push(beat) },
	);
	expect(progress.map((one) => (one.kind === 'perplexity' ? one.chunk : 0))).toEqual(
		result.chunks.map(({ index }) => index + 1),
	);
	expect(progress.at(-1)).toMatchObject({ perplexity: expect.closeTo(result.perplexity, 8), remainingMs: 0 });
	expect(cpuMs).toBeGreaterThan(0);
	for (const beat of beats) expect(beat.peakResidentBytes).toBeGreaterThanOrEqual(beat.residentBytes);
});
