import { expect, test } from 'vitest';
import { planPresets } from '../../../electron/comparison/presets.ts';
import type { ComparisonPlan } from '../../../electron/contract/comparison/schema.ts';

const texts = ['code', 'dialogue', 'prose'].map((category) => ({
	category,
	path: `/texts/${category}.txt`,
	sizeBytes: 16_000,
}));
const files = { referenceId: 1, candidateIds: [2], quantize: [] };

/** `pace` seconds for each chunk of each text. */
const presetsAt = (pace: number) =>
	planPresets(files, texts, async ({ texts: read, chunks }: ComparisonPlan) => ({
		seconds: pace * read.length * (chunks ?? 20),
		learned: true,
		words: '',
	}));

test('quick takes the most that fits into two minutes on this computer', async () => {
	const chunksAt = async (pace: number) => (await presetsAt(pace))[0]?.plan.chunks;
	expect(await Promise.all([5, 12, 25].map(chunksAt))).toEqual([8, 4, 2]);
});

test('where not even the least fits, the estimate says how long that takes', async () => {
	const [quick] = await presetsAt(100);
	expect(quick).toMatchObject({ plan: { texts: ['/texts/code.txt'], chunks: 2 }, estimate: { seconds: 200 } });
});

test('normal reads a part of all texts, and thorough all of them', async () => {
	const [, normal, thorough] = await presetsAt(1);
	expect(normal).toMatchObject({ name: 'normal', plan: { chunks: 4, repetitions: 5, felt: true } });
	expect(normal?.plan.texts).toHaveLength(3);
	expect(thorough).toMatchObject({ name: 'thorough', plan: { chunks: null, repetitions: 10 } });
});
