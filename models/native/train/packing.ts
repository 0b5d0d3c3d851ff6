import { Failure } from '../../contract/failure.ts';
import type { TrainingSample } from '../../contract/native/training.ts';
import { said } from '../../contract/said.ts';

/** A sample as the model is given it: `tokens[i]` predicts `targets[i]`, which counts `weights[i]`. */
export type PackedSample = {
	readonly tokens: Int32Array;
	readonly targets: Int32Array;
	readonly weights: Float32Array;
};

function unsuitable(reason: string): Failure {
	return new Failure({
		code: 'training-sample-unsuitable',
		message: said`A sample can't be trained on: ${reason}.`,
		next: [said`Leave it out`, said`Shorten it, or allow more tokens per pass`],
	});
}

/**
 * Prepares a sample: tokens behind the last one that counts are left out. Throws Failure `training-sample-unsuitable` for
 * a sample that is empty, too long, without a token that counts, or not of this vocabulary.
 */
export function prepareSample(sample: TrainingSample, vocabulary: number, longest: number): PackedSample {
	const { tokens, weights } = sample;
	if (tokens.length !== weights.length)
		throw unsuitable(`it has ${tokens.length} tokens and ${weights.length} weights`);
	if (tokens.some((token) => token < 0 || token >= vocabulary))
		throw unsuitable('it has a token that the model does not have');
	if (weights.some((weight) => !(weight >= 0 && weight < Infinity)))
		throw unsuitable('a weight is negative or no number');
	const last = weights.findLastIndex((weight) => weight > 0);
	if (last < 1) throw unsuitable(tokens.length < 2 ? 'it has fewer than two tokens' : 'none of its tokens count');
	if (last > longest) throw unsuitable(`it has ${last} tokens, and a pass takes ${longest}`);
	return {
		tokens: tokens.slice(0, last),
		targets: tokens.slice(1, last + 1),
		weights: weights.slice(1, last + 1),
	};
}

/** Puts groups of samples that stay together into passes of at most `longest` tokens, in their order. */
export function packGroups<Group extends { readonly samples: readonly PackedSample[] }>(
	groups: readonly Group[],
	longest: number,
): Group[][] {
	const passes: Group[][] = [];
	let room = 0;
	for (const group of groups) {
		const length = group.samples.reduce((sum, { tokens }) => sum + tokens.length, 0);
		if (length > longest)
			throw unsuitable(`its two answers have ${length} tokens together, and a pass takes ${longest}`);
		const current = passes.at(-1);
		if (current === undefined || length > room) {
			passes.push([group]);
			room = longest - length;
		} else {
			current.push(group);
			room -= length;
		}
	}
	return passes;
}

/** The arrays of one pass. */
export type PassArrays = {
	readonly tokens: Int32Array;
	/** Each sample starts at 0. */
	readonly positions: Int32Array;
	/** [tokens, tokens]: 0 where a token sees another of its own sample, −∞ elsewhere. */
	readonly mask: Float32Array;
	readonly windowMask: Float32Array | null;
	/** Tokens whose prediction counts, and what they should predict. */
	readonly rows: Int32Array;
	readonly targets: Int32Array;
	readonly weights: Float32Array;
	/** Number of rows of each sample. */
	readonly rowsOfSample: readonly number[];
};

/** Lays samples one after another; none sees another one. */
export function layOut(samples: readonly PackedSample[], window: number | null): PassArrays {
	const count = samples.reduce((sum, { tokens }) => sum + tokens.length, 0);
	const tokens = new Int32Array(count);
	const positions = new Int32Array(count);
	const mask = new Float32Array(count * count).fill(-Infinity);
	const windowMask = window === null ? null : new Float32Array(count * count).fill(-Infinity);
	const scored = samples.map(({ weights }) => weights.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0));
	const total = scored.reduce((sum, rows) => sum + rows, 0);
	const [rows, targets, weights] = [new Int32Array(total), new Int32Array(total), new Float32Array(total)];
	let start = 0;
	let row = 0;
	for (const sample of samples) {
		tokens.set(sample.tokens, start);
		for (let index = 0; index < sample.tokens.length; index += 1) {
			const at = start + index;
			positions[at] = index;
			mask.fill(0, at * count + start, at * count + at + 1);
			if (window !== null) windowMask?.fill(0, at * count + Math.max(start, at - window + 1), at * count + at + 1);
			const weight = sample.weights[index] ?? 0;
			if (weight === 0) continue;
			rows[row] = at;
			targets[row] = sample.targets[index] ?? 0;
			weights[row] = weight;
			row += 1;
		}
		start += sample.tokens.length;
	}
	return { tokens, positions, mask, windowMask, rows, targets, weights, rowsOfSample: scored };
}
