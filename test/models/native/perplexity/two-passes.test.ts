import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PerplexityResult } from '../../../../models/contract/native/tasks.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { failureOf } from '../../../support/failure.ts';
import { prose, workshop } from '../tiny.ts';

const settings = { kind: 'perplexity', contextSize: 64, chunks: 4, threads: 1 } as const;

function scene() {
	const shop = workshop();
	const [model, reference] = [shop.model('a.gguf'), shop.model('b.gguf', { seed: 2 })];
	const text = shop.text('t', prose);
	const path = shop.path('reference.store');
	const score = async (more: object = {}): Promise<PerplexityResult> =>
		(await runNativeTask<'perplexity'>({ ...settings, model, reference, text, ...more })).result;
	return { shop, model, reference, text, path, score, store: { path, keep: true } };
}

test('two passes give the same results as side by side, except for an estimated divergence', async () => {
	const { score, store } = scene();
	const exact = await score();
	const kept = await score({ store });
	expect(exact.approximation).toBe(null);
	expect(kept.approximation).toEqual({ bytes: statSync(store.path).size, kept: 256, sampled: 32 });
	const plain = ({ reference, perplexity, perplexityError, tokens, model }: PerplexityResult) => {
		const { klDivergence: _, ...rest } = reference ?? {};
		return { perplexity, perplexityError, tokens, model, ...rest };
	};
	expect(plain(kept)).toEqual(plain(exact));
	expect((kept.reference?.klDivergence.mean ?? 0) / (exact.reference?.klDivergence.mean ?? 1)).toBeCloseTo(1, 2);
	expect(kept.chunks.map(({ reference, ...rest }) => [rest, reference?.sameTop])).toEqual(
		exact.chunks.map(({ reference, ...rest }) => [rest, reference?.sameTop]),
	);
});

test('a model has no divergence from itself', async () => {
	const { score, store, model } = scene();
	const { reference } = await score({ reference: model, store });
	expect(reference).toMatchObject({ sameTop: 1, lnRatio: 0, klDivergence: { mean: 0, max: 0, min: 0 } });
});

test('chunks longer than a decode are stored to their end', async () => {
	const { score, store } = scene();
	const long = { contextSize: 700, chunks: 2 };
	const [exact, kept] = [await score(long), await score({ ...long, store })];
	expect(kept.tokens).toBe(2 * 349);
	expect(kept.reference?.perplexity).toBe(exact.reference?.perplexity);
	expect((kept.reference?.klDivergence.mean ?? 0) / (exact.reference?.klDivergence.mean ?? 1)).toBeCloseTo(1, 2);
});

describe('store', () => {
	test('it is reused for the next file, and rebuilt if damaged or from other inputs', async () => {
		const { score, store, path, shop } = scene();
		const first = await score({ store });
		const made = statSync(path).mtimeMs;
		expect(await score({ store })).toMatchObject({ reference: { klDivergence: first.reference?.klDivergence } });
		expect(statSync(path).mtimeMs).toBe(made);

		const whole = readFileSync(path);
		const damaged = Buffer.from(whole);
		damaged[whole.length - 2000]! ^= 0x40;
		writeFileSync(path, damaged);
		const again = await score({ store });
		expect(again.reference?.klDivergence).toEqual(first.reference?.klDivergence);
		expect(readFileSync(path).equals(whole)).toBe(true);
		const other = await score({ store, text: shop.text('other', `Another one. ${prose}`) });
		expect(other.textSha256).not.toBe(first.textSha256);
		expect(readFileSync(path).equals(whole)).toBe(false);
	});

	test('it is removed if not to be kept, and a stopped pass leaves nothing', async () => {
		const { score, path, shop, model, reference } = scene();
		await score({ store: { path, keep: false } });
		expect(existsSync(path)).toBe(false);
		const stop = new AbortController();
		const text = shop.text('long', prose.repeat(40));
		const run = runNativeTask<'perplexity'>(
			{ ...settings, chunks: null, model, reference, text, store: { path, keep: true } },
			{ signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) },
		);
		await expect(run).rejects.toThrow('enough');
		expect(readdirSync(dirname(path)).filter((name) => name.includes('store'))).toEqual([]);
	});

	test('it is not started for unsuitable pairs, short texts or an unsupported rounding', async () => {
		const { score, store, path, shop } = scene();
		const codeOf = async (more: object): Promise<string> => (await failureOf(() => score({ store, ...more }))).code;
		expect(await codeOf({ reference: shop.model('layers.gguf', { layers: 3 }) })).toBe('pair-shape');
		const metadata = { 'tokenizer.ggml.add_bos_token': { type: 'bool', value: 0 } } as const;
		expect(await codeOf({ reference: shop.model('start.gguf', { metadata }) })).toBe('pair-tokenizer');
		expect(await codeOf({ text: shop.text('short', 'the cat') })).toBe('text-too-short');
		expect(await codeOf({ rounding: 'llama-perplexity' })).toBe('store-exact-only');
		expect(existsSync(path)).toBe(false);
	});
});

test('another cache type of the tested model costs a little, F16 against F16 nothing', async () => {
	const { score, model } = scene();
	const against = async (cacheType: 'F16' | 'BF16') => (await score({ reference: model, cacheType })).reference;
	expect((await against('F16'))?.klDivergence.max).toBe(0);
	const rounded = (await against('BF16'))?.klDivergence.mean ?? 0;
	expect(rounded).toBeGreaterThan(0);
	expect(rounded).toBeLessThan(0.01);
});
