import { describe, expect, test } from 'vitest';
import type { PerplexityResult } from '../../../../models/contract/native/tasks.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { failureOf } from '../../../support/failure.ts';
import { prose, workshop } from '../tiny.ts';

const settings = { kind: 'perplexity', contextSize: 64, chunks: 4, threads: 1 } as const;

async function score(task: { model: string; reference: string | null; text: string }): Promise<PerplexityResult> {
	return (await runNativeTask({ ...settings, ...task })).result;
}

describe('two files', () => {
	test('a model has no divergence from itself', async () => {
		const shop = workshop();
		const model = shop.model('a.gguf');
		const result = await score({ model, reference: model, text: shop.text('t', prose) });
		expect(result.tokens).toBe(4 * 31);
		expect(result.reference).toMatchObject({
			perplexity: result.perplexity,
			sameTop: 1,
			lnRatio: 0,
			difference: 0,
			klDivergence: { mean: 0, max: 0, min: 0 },
			deltaP: { mean: 0, rms: 0 },
		});
		expect(result.chunks.map(({ index, tokens }) => [index, tokens])).toEqual([
			[0, 31],
			[1, 31],
			[2, 31],
			[3, 31],
		]);
	});

	test('other weights of the same shape diverge, and chunk means add up to the whole', async () => {
		const shop = workshop();
		const [model, reference] = [shop.model('a.gguf'), shop.model('b.gguf', { seed: 2 })];
		const result = await score({ model, reference, text: shop.text('t', prose) });
		const mean = (pick: (chunk: (typeof result.chunks)[number]) => number): number =>
			result.chunks.reduce((sum, chunk) => sum + pick(chunk), 0) / result.chunks.length;
		expect(result.reference?.klDivergence.mean ?? 0).toBeGreaterThan(0.01);
		expect(mean((chunk) => chunk.reference?.klDivergence ?? 0)).toBeCloseTo(
			result.reference?.klDivergence.mean ?? 0,
			10,
		);
		expect(Math.exp(mean((chunk) => chunk.negativeLog))).toBeCloseTo(result.perplexity, 8);
		expect(result.reference?.klDivergence.errorByChunk ?? 0).toBeGreaterThan(0);
	});

	test('a warning is given only if the reference is the smaller file', async () => {
		const shop = workshop();
		const model = shop.model('a.gguf');
		const small = model.replace('a.gguf', 'a.F16.gguf');
		await runNativeTask({ kind: 'quantize', input: model, outputs: [{ type: 'F16', path: small }], threads: 1 });
		const text = shop.text('t', prose);
		const codes = async (task: { model: string; reference: string }) =>
			(await score({ ...task, text })).warnings.map(({ code }) => code);
		expect(await codes({ model, reference: small })).toEqual(['reference-smaller']);
		expect(await codes({ model: small, reference: model })).toEqual([]);
	});

	test('files with different tokenizers, architectures or shapes are refused with the reason', async () => {
		const shop = workshop();
		const model = shop.model('a.gguf');
		const text = shop.text('t', prose);
		const refusal = async (reference: string): Promise<[string, string]> => {
			const { code, message } = await failureOf(() => score({ model, reference, text }));
			return [code, message];
		};
		const layers = await refusal(shop.model('layers.gguf', { layers: 3 }));
		expect(layers[0]).toBe('pair-shape');
		expect(layers[1]).toContain('2 layers');
		const start = await refusal(
			shop.model('start.gguf', { metadata: { 'tokenizer.ggml.add_bos_token': { type: 'bool', value: 0 } } }),
		);
		expect(start[0]).toBe('pair-tokenizer');
	});
});

describe('texts', () => {
	test('short, binary and empty texts are refused before a chunk is decoded', async () => {
		const shop = workshop();
		const model = shop.model('a.gguf');
		const codeOf = async (content: string | Uint8Array): Promise<string> =>
			(await failureOf(() => score({ model, reference: null, text: shop.text('t', content) }))).code;
		expect(await codeOf('the cat')).toBe('text-too-short');
		expect(await codeOf(Uint8Array.of(1, 0, 2))).toBe('text-binary');
		expect(await codeOf('')).toBe('text-empty');
	});

	test('CRLF changes the numbers and causes a warning', async () => {
		const shop = workshop();
		const model = shop.model('a.gguf');
		const lines = prose.replaceAll(' and ', '\n');
		const unix = await score({ model, reference: null, text: shop.text('unix', lines) });
		const dos = await score({ model, reference: null, text: shop.text('dos', lines.replaceAll('\n', '\r\n')) });
		expect(unix.warnings).toEqual([]);
		expect(dos.warnings).toMatchObject([{ code: 'crlf' }]);
		expect(dos.textTokens).toBeGreaterThan(unix.textTokens);
		expect(dos.textSha256).not.toBe(unix.textSha256);
	});

	test('a long text of one repeated character is scored like any other', async () => {
		const shop = workshop();
		const model = shop.model('a.gguf');
		const result = await score({ model, reference: model, text: shop.text('t', 'a'.repeat(300_000)) });
		expect(result.perplexity).toBeGreaterThanOrEqual(1);
		expect(result.reference?.klDivergence).toMatchObject({ mean: 0, error: 0 });
		expect(
			Object.values(result.reference ?? {}).every((value) => typeof value !== 'number' || Number.isFinite(value)),
		).toBe(true);
	});

	test('a context beyond the trained length causes a warning', async () => {
		const shop = workshop();
		const model = shop.model('a.gguf', { contextLength: 32 });
		const result = await score({ model, reference: null, text: shop.text('t', prose) });
		expect(result.warnings).toMatchObject([{ code: 'beyond-trained-context' }]);
	});

	test('a chunk longer than one decode gives the same tokens and is scored to its end', async () => {
		const shop = workshop();
		const model = shop.model('a.gguf');
		const long = { ...settings, contextSize: 700, chunks: 2, model, reference: null, text: shop.text('t', prose) };
		const { result } = await runNativeTask(long);
		expect([result.tokens, result.contextSize]).toEqual([2 * 349, 700]);
		expect(Number.isFinite(result.perplexity)).toBe(true);
	});
});

test("llama-perplexity’s rounding changes the divergence slightly and the tested model's perplexity not at all", async () => {
	const shop = workshop();
	const task = {
		model: shop.model('a.gguf'),
		reference: shop.model('b.gguf', { seed: 2 }),
		text: shop.text('t', prose),
	};
	const exact = await score(task);
	const { result: coded } = await runNativeTask({ ...settings, ...task, rounding: 'llama-perplexity' });
	expect(coded.perplexity / exact.perplexity).toBeCloseTo(1, 6);
	expect((coded.reference?.klDivergence.mean ?? 0) / (exact.reference?.klDivergence.mean ?? 1)).toBeCloseTo(1, 3);
	expect(coded.reference?.klDivergence.mean).not.toBe(exact.reference?.klDivergence.mean);
});
