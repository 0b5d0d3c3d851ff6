import { createHash } from 'node:crypto';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { TrainingConfig } from '../contract/adaptation/schema.ts';
import { NearDuplicates } from '../dataset/check/near-duplicates.ts';
import { beginningOf } from '../dataset/check/shingles.ts';
import { type GatheredSample, heldOutSplit } from './gather-samples.ts';

/** Similarity from which two questions count as one. */
export const nearThreshold = 0.8;

/** Samples by their part of a run. */
export interface DividedSamples {
	readonly train: readonly GatheredSample[];
	readonly validation: readonly GatheredSample[];
	/** Never trained on: base and adapter are compared on them. */
	readonly heldOut: readonly GatheredSample[];
	/** Later ones of samples with the same question and answer. */
	readonly duplicates: readonly GatheredSample[];
	/** Training samples left out because they are nearly a held-out one. */
	readonly tooNear: readonly GatheredSample[];
	/** Whether the dataset itself keeps the parts apart. */
	readonly ownSplits: boolean;
}

export interface DivideOptions {
	/** Shares of 1. */
	readonly holdOut: number;
	readonly validation: number;
	readonly seed: number;
	/** The split to train on, if it was chosen; null: “train”, or all that are not kept for something else. */
	readonly split: string | null;
	/** Every sample of the split “test”, also those that are no part of what was chosen. Default: those among the samples. */
	readonly apart?: readonly GatheredSample[];
}

/** Names of splits by their purpose, as published sets have them. */
const validationSplits: ReadonlySet<string> = new Set(['validation', 'valid', 'val', 'dev']);

/**
 * Divides samples so that no part shares a conversation, a cluster or a near duplicate with another. Keeps the dataset's
 * own splits if one was chosen, or if it has “train” or anything else to train on next to “test”; otherwise takes whole
 * groups in an order that depends on the seed and the group alone, so that a dataset that grows keeps its parts.
 * `pause`: lets other work run.
 */
export async function divideSamples(
	samples: readonly GatheredSample[],
	{ holdOut, validation, seed, split, apart = samples.filter(isHeldOut) }: DivideOptions,
	pause: () => Promise<void>,
): Promise<DividedSamples> {
	const hasTrain = samples.some((sample) => sample.split === 'train');
	const isTrained = (sample: GatheredSample): boolean =>
		!isHeldOut(sample) &&
		(split !== null || hasTrain
			? sample.split === (split ?? 'train')
			: !validationSplits.has(sample.split ?? '') && sample.split !== 'examples');
	const ownSplits = split !== null || hasTrain || (apart.length > 0 && samples.some(isTrained));
	const heldOut = ownSplits ? apart : [];
	const hashes = new Set(heldOut.map(({ hash }) => hash));
	const unique: GatheredSample[] = [];
	const duplicates: GatheredSample[] = [];
	for (const sample of samples) {
		if (ownSplits && isHeldOut(sample)) continue;
		(hashes.has(sample.hash) ? duplicates : unique).push(note(sample, hashes));
	}
	const groups = await groupsOf([...heldOut, ...unique], pause);
	if (!ownSplits) {
		const total = unique.length;
		const order = [...groups].map(([, members]) => members).toSorted(byOrder(seed));
		const held: GatheredSample[] = [];
		const validated: GatheredSample[] = [];
		const train: GatheredSample[] = [];
		const toHold = share(holdOut, total);
		const toValidate = share(validation, total - toHold);
		for (const [at, members] of order.entries()) {
			// The last group always trains.
			const isLast = at === order.length - 1;
			if (held.length < toHold && !isLast) held.push(...members);
			else if (validated.length < toValidate && !isLast) validated.push(...members);
			else train.push(...members);
		}
		return { train, validation: validated, heldOut: held, duplicates, tooNear: [], ownSplits };
	}
	const isValidation = (sample: GatheredSample) => split === null && validationSplits.has(sample.split ?? '');
	const own = unique.filter(isValidation);
	const tooNear: GatheredSample[] = [];
	const pool: (readonly GatheredSample[])[] = [];
	const validated: GatheredSample[] = [];
	for (const members of groups.values()) {
		const trained = members.filter(isTrained);
		const apart = members.some((member) => isHeldOut(member));
		if (apart) tooNear.push(...trained);
		else if (members.some(isValidation)) {
			tooNear.push(...trained);
			validated.push(...members.filter(isValidation));
		} else if (trained.length > 0) pool.push(trained);
	}
	const train: GatheredSample[] = [];
	const toValidate = own.length > 0 ? 0 : share(validation, pool.flat().length);
	for (const members of pool.toSorted(byOrder(seed))) {
		if (validated.length < toValidate && pool.length > 1) validated.push(...members);
		else train.push(...members);
	}
	return { train, validation: validated, heldOut, duplicates, tooNear, ownSplits };
}

function isHeldOut({ split }: GatheredSample): boolean {
	return split === heldOutSplit;
}

/** Throws Failure `training-test-split` if a split to compare on was chosen to train on. */
export function refuseTestSplit({ data }: Pick<TrainingConfig, 'data'>): void {
	if (data.kind !== 'dataset' || data.split !== heldOutSplit) return;
	throw new Failure({
		code: 'training-test-split',
		message: said`The split “${heldOutSplit}” is kept to compare base and adapter on, so it can’t be trained on.`,
		next: [said`Choose another split, or none`, said`Copy the samples into a dataset of their own`],
	});
}

function note(sample: GatheredSample, hashes: Set<string>): GatheredSample {
	hashes.add(sample.hash);
	return sample;
}

/** At least one if any are wanted and there are enough to spare. */
function share(part: number, of: number): number {
	if (part === 0 || of < 4) return 0;
	return Math.max(1, Math.round(part * of));
}

function byOrder(seed: number) {
	const orderOf = (members: readonly GatheredSample[]): string => {
		const name = members.map(({ key }) => key).toSorted()[0] ?? '';
		return createHash('sha256').update(`${seed}\0${name}`).digest('hex');
	};
	const known = new Map<readonly GatheredSample[], string>();
	const order = (members: readonly GatheredSample[]): string => {
		const found = known.get(members) ?? orderOf(members);
		known.set(members, found);
		return found;
	};
	return (one: readonly GatheredSample[], other: readonly GatheredSample[]) => (order(one) < order(other) ? -1 : 1);
}

/** Joins samples that share a cluster or are near duplicates. */
async function groupsOf(
	samples: readonly GatheredSample[],
	pause: () => Promise<void>,
): Promise<ReadonlyMap<number, readonly GatheredSample[]>> {
	const parent = samples.map((_, index) => index);
	const rootOf = (index: number): number => {
		let at = index;
		while (parent[at] !== at) {
			parent[at] = parent[parent[at] ?? at] ?? at;
			at = parent[at] ?? at;
		}
		return at;
	};
	const join = (one: number, other: number): void => {
		parent[rootOf(other)] = rootOf(one);
	};
	const clusters = new Map<string, number>();
	const near = new NearDuplicates(nearThreshold, samples.length);
	for (const [index, { cluster, question }] of samples.entries()) {
		if (cluster !== null) {
			const first = clusters.get(cluster);
			if (first === undefined) clusters.set(cluster, index);
			else join(first, index);
		}
		near.add(index, beginningOf(question));
		if (index % 200 === 0) await pause();
	}
	const { pairs } = await near.pairs({ pause }, (index) => beginningOf(samples[index]?.question ?? ''));
	for (const { first, second } of pairs) join(first, second);
	const groups = new Map<number, GatheredSample[]>();
	for (const [index, sample] of samples.entries()) {
		const root = rootOf(index);
		const members = groups.get(root) ?? [];
		members.push(sample);
		groups.set(root, members);
	}
	return groups;
}
