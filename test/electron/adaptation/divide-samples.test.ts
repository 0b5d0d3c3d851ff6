import { describe, expect, test } from 'vitest';
import { type DivideOptions, divideSamples } from '../../../electron/adaptation/divide-samples.ts';
import type { GatheredSample } from '../../../electron/adaptation/gather-samples.ts';

const words = ['apple', 'harbour', 'mountain', 'violin', 'kettle', 'lantern', 'pepper', 'window', 'thunder', 'sailor'];

/** A question of its own words for each number. */
function sample(number: number, facts: Partial<GatheredSample> = {}): GatheredSample {
	const question = Array.from({ length: 8 }, (_, at) => `${words[(number * (at + 3)) % 10]}${number * 7 + at}`).join(
		' ',
	);
	return {
		...{ key: `s${number}`, sampleId: number, split: 'test', cluster: null, question, hash: `${number}` },
		content: { turns: [{ role: 'user', content: question }], answer: 'yes', rejected: null },
		...facts,
	};
}

const usual: DivideOptions = { holdOut: 0.2, validation: 0.1, seed: 0, split: null };
const divide = (samples: readonly GatheredSample[], options: Partial<DivideOptions> = {}) =>
	divideSamples(samples, { ...usual, ...options }, async () => {});
const keys = (samples: readonly GatheredSample[]) => samples.map(({ key }) => key);

describe('samples of a training are divided', () => {
	test('into the shares asked for, the same for the same seed', async () => {
		const samples = Array.from({ length: 50 }, (_, number) => sample(number));
		const one = await divide(samples);
		expect([one.heldOut.length, one.validation.length, one.train.length]).toEqual([10, 4, 36]);
		expect(await divide(samples.toReversed())).toMatchObject({ ownSplits: false });
		expect(keys((await divide(samples.toReversed())).heldOut).toSorted()).toEqual(keys(one.heldOut).toSorted());
		expect(keys((await divide(samples, { seed: 1 })).heldOut)).not.toEqual(keys(one.heldOut));
	});

	test('so that a conversation and near duplicates stay together', async () => {
		const near = (number: number, end: string) => sample(number, { question: `${sample(77).question} ${end}` });
		const samples = [
			...Array.from({ length: 20 }, (_, number) => sample(number)),
			...[20, 21, 22].map((number) => sample(number, { cluster: 'conversation 4' })),
			near(23, 'a'),
			near(24, 'b'),
		];
		for (const seed of [0, 1, 2, 3, 4, 5]) {
			const { train, validation, heldOut } = await divide(samples, { seed, holdOut: 0.4, validation: 0.3 });
			for (const together of [
				['s20', 's21', 's22'],
				['s23', 's24'],
			]) {
				const places = [train, validation, heldOut].map((part) => keys(part).filter((key) => together.includes(key)));
				expect(places.filter(({ length }) => length > 0)).toHaveLength(1);
			}
		}
	});

	test('without exact duplicates', async () => {
		const { duplicates, train, validation, heldOut } = await divide([
			...Array.from({ length: 10 }, (_, number) => sample(number)),
			sample(3, { key: 'again' }),
		]);
		expect(keys(duplicates)).toEqual(['again']);
		expect(train.length + validation.length + heldOut.length).toBe(10);
	});

	test('as the dataset does, and what is nearly a held-out sample is left out of training', async () => {
		const samples = [
			...Array.from({ length: 30 }, (_, number) => sample(number, { split: 'train' })),
			...[40, 41].map((number) => sample(number, { split: 'test' })),
			sample(50, { split: 'train', question: `${sample(40).question} please` }),
			sample(60, { split: 'examples' }),
		];
		const { train, validation, heldOut, tooNear, ownSplits } = await divide(samples);
		expect(ownSplits).toBe(true);
		expect(keys(heldOut)).toEqual(['s40', 's41']);
		expect(keys(tooNear)).toEqual(['s50']);
		expect([validation.length, train.length]).toEqual([3, 27]);
	});

	test('so that nothing of the split “test” is trained on, whatever split or part of it was chosen', async () => {
		const part = (split: string | null) => Array.from({ length: 12 }, (_, number) => sample(number, { split }));
		const apart = [
			sample(40),
			sample(41, { question: `${sample(3).question} please`, hash: 'near' }),
			sample(42, { question: sample(4).question, hash: '4' }),
		];
		for (const split of ['mine', null]) {
			const { train, validation, heldOut, tooNear, duplicates } = await divide(part(split), { split, apart });
			expect(keys(heldOut)).toEqual(['s40', 's41', 's42']);
			expect([keys(tooNear), keys(duplicates)]).toEqual([['s3'], ['s4']]);
			expect([...keys(train), ...keys(validation)].toSorted()).not.toContain('s3');
			expect(train.length + validation.length).toBe(10);
		}
		// A sample that stands before its copy in “test”.
		const copied = await divide([...part('train'), sample(50, { hash: '0' })]);
		expect([keys(copied.duplicates), keys(copied.heldOut)]).toEqual([['s0'], ['s50']]);
	});

	test('few samples, or copies of one, still leave something to train on', async () => {
		expect((await divide([sample(1)])).train).toHaveLength(1);
		const five = Array.from({ length: 5 }, (_, number) => sample(number));
		expect(await divide(five)).toMatchObject({ heldOut: [{}], validation: [{}], train: [{}, {}, {}] });
		const copies = five.map(({ key }) => sample(1, { key, hash: key }));
		expect((await divide(copies)).train).toHaveLength(5);
		expect((await divide([])).train).toEqual([]);
	});
});
