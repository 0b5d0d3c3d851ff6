import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../models/engine.ts';
import { base64Of } from '../../../models/vectors.ts';
import { warnIfMeaningless } from '../../../models/worker/check-vectors.ts';

type Vectors = Pick<Engine, 'embed' | 'rank'>;

function engineOf(vectors: readonly (readonly number[])[], scores: readonly number[] = []): Vectors {
	return {
		embed: async () => ({
			vectors: vectors.map((vector) => base64Of(Float32Array.from(vector))),
			dimensions: 2,
			tokens: vectors.map(() => 1),
		}),
		rank: async () => ({ scores: [...scores], tokens: scores.map(() => 1) }),
	};
}

async function warnings(engine: Vectors, kind: 'embedding' | 'reranker' = 'embedding'): Promise<string[]> {
	const lines: string[] = [];
	await warnIfMeaningless(engine, kind, '/models/x.gguf', (_level, line) => lines.push(line));
	return lines;
}

describe('a model whose vectors mean nothing', () => {
	test('is named in the log when it is loaded', async () => {
		const warned = expect.stringMatching(/x\.gguf.*converted wrongly/);
		const [alike, unlike] = [
			[1, 0],
			[0, 1],
		];
		expect(await warnings(engineOf([alike, alike, unlike]))).toEqual([]);
		expect(await warnings(engineOf([alike, unlike, alike]))).toEqual([warned]);
		expect(await warnings(engineOf([alike, alike, alike]))).toEqual([warned]);
		expect(await warnings(engineOf([[Number.NaN, 0], alike, unlike]))).toEqual([warned]);
		expect(await warnings(engineOf([], [0.9, 0.1]), 'reranker')).toEqual([]);
		expect(await warnings(engineOf([], [0.4, 0.4]), 'reranker')).toEqual([warned]);
	});

	test('can still be used if it could not be tried', async () => {
		const engine = engineOf([]);
		const broken = { ...engine, embed: () => Promise.reject(new Error('no room')) };
		expect(await warnings(broken)).toEqual([expect.stringContaining('no room')]);
	});
});
