import { expect, test } from 'vitest';
import { optimizerSettingsSchema } from '../../../../models/contract/native/training.ts';
import { learningRateOf } from '../../../../models/native/train/schedule.ts';

test.each(['constant', 'linear', 'cosine'] as const)(
	'the learning rate rises to all of it at the last warm-up step, and never above (%s)',
	(schedule) => {
		const settings = optimizerSettingsSchema.parse({ learningRate: 0.5, schedule, warmupSteps: 4, totalSteps: 10 });
		const rates = Array.from({ length: 10 }, (_, at) => learningRateOf(settings, at + 1));
		expect(rates.slice(0, 5)).toEqual([0.125, 0.25, 0.375, 0.5, 0.5]);
		expect(rates.slice(4)).toEqual(rates.slice(4).toSorted((a, b) => b - a));
		expect(Math.min(...rates)).toBeGreaterThan(0);
	},
);
