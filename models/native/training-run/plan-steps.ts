import type { PassSize } from '../../contract/native/training.ts';
import type { TrainingSettings } from '../../contract/native/training-run.ts';
import { packGroups, tilesOf } from '../train/packing.ts';
import type { EncodedSample } from './encode-samples.ts';

/** The steps of a run. */
export interface StepPlan {
	readonly steps: number;
	/** Samples per step. */
	readonly batch: number;
	/** Steps between two validations. */
	readonly validateEvery: number;
	readonly warmupSteps: number;
	/** Indices of the training samples of a step, counted from 1. Depends on the seed and the step alone. */
	batchOf(step: number): readonly number[];
}

/** Validations of a run, unless their interval is configured. */
const usualValidations = 10;

/** Plans the steps over `samples` training samples. Passes follow each other without a gap, each in its own order. */
export function planSteps(settings: TrainingSettings, samples: number): StepPlan {
	const batch = Math.max(1, Math.min(settings.samplesPerStep, samples));
	const wanted = Math.max(1, Math.ceil((settings.epochs * samples) / batch));
	const steps = settings.maxSteps === null ? wanted : Math.min(wanted, settings.maxSteps);
	const orders = new Map<number, Uint32Array>();
	const orderOf = (epoch: number): Uint32Array => {
		const known = orders.get(epoch);
		if (known !== undefined) return known;
		const order = shuffled(samples, settings.seed, epoch);
		// A step touches two passes at most.
		for (const old of orders.keys()) if (old < epoch - 1) orders.delete(old);
		orders.set(epoch, order);
		return order;
	};
	return {
		steps,
		batch,
		validateEvery: settings.validateEvery ?? Math.max(1, Math.round(steps / usualValidations)),
		warmupSteps: Math.min(steps - 1, Math.round(settings.warmup * steps)),
		batchOf(step) {
			return Array.from({ length: batch }, (_, index) => {
				const at = (step - 1) * batch + index;
				return orderOf(Math.floor(at / samples))[at % samples] ?? 0;
			});
		},
	};
}

/** Fisher and Yates, with a generator (splitmix32) that starts from seed and pass. */
function shuffled(length: number, seed: number, epoch: number): Uint32Array {
	let state = (seed ^ Math.imul(epoch + 1, 0x9e37_79b1)) >>> 0;
	const next = (): number => {
		state = (state + 0x9e37_79b9) >>> 0;
		let mixed = state ^ (state >>> 16);
		mixed = Math.imul(mixed, 0x21f0_aaad);
		mixed ^= mixed >>> 15;
		mixed = Math.imul(mixed, 0x735a_2d97);
		return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
	};
	const order = Uint32Array.from({ length }, (_, index) => index);
	for (let last = length - 1; last > 0; last -= 1) {
		const other = Math.floor(next() * (last + 1));
		[order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
	}
	return order;
}

/** Steps whose passes are looked at for memory: later ones are of the same samples. */
const stepsMeasured = 10_000;

/**
 * Returns the passes that take most memory, packed as the trainer packs them into `room` tokens: those with the most
 * tokens, with the most that count, with the longest samples, and with the most tiles of attention.
 */
export function largestPasses(plan: StepPlan, samples: readonly EncodedSample[], room: number): PassSize[] {
	const groups = samples.map(({ content, scored }) => {
		const all = 'chosen' in content ? [content.chosen, content.rejected] : [content];
		return {
			// As in the trainer, nothing is computed behind the last token that counts.
			samples: all.map(({ weights }) => ({ tokens: { length: weights.findLastIndex((weight) => weight > 0) } })),
			scored,
		};
	});
	const largest: { pass: PassSize; by: readonly number[] }[] = [];
	for (let step = 1; step <= Math.min(plan.steps, stepsMeasured); step += 1) {
		const batch = plan.batchOf(step).flatMap((index) => groups[index] ?? []);
		for (const packed of packGroups(batch, room)) {
			const lengths = packed.flatMap((group) => group.samples.map(({ tokens }) => tokens.length));
			const pass = { lengths, rows: packed.reduce((sum, { scored }) => sum + scored, 0) };
			const sum = (of: (length: number) => number): number => lengths.reduce((all, length) => all + of(length), 0);
			const by = [sum((length) => length), pass.rows, sum((length) => length ** 2), tilesOf(lengths).length];
			for (const [at, size] of by.entries()) if (size > (largest[at]?.by[at] ?? 0)) largest[at] = { pass, by };
		}
	}
	return [...new Set(largest.map(({ pass }) => pass))];
}
