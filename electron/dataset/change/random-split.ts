import { createHash } from 'node:crypto';
import type { WritableDatabase } from '../../database/handle.ts';
import { putSplits } from './kinds.ts';
import { type ChangeSpec, type Done, type Draft, nothingDone } from './order.ts';
import { type GroupedMember, selectedGroups } from './selected.ts';
import { sortedInSteps } from './sorted-in-steps.ts';

type RandomSplitSpec = Extract<ChangeSpec, { kind: 'random-split' }>;

/** Samples that stay together: those of a cluster, else one alone. */
interface Unit {
	/** Order within the stratum: as good as random, and the same for the same seed and sample, whatever else is there. */
	readonly order: number;
	/** Places in the order in which members were read. */
	readonly places: number[];
}

interface Gathered {
	readonly strata: ReadonlyMap<string, readonly Unit[]>;
	/** Positions in the version, in the order in which members were read. */
	readonly positions: readonly number[];
}

/** Members whose split is written by one step. */
const writtenAtOnce = 500;

/**
 * Splits at random: units in the order of a hash of seed and id, stratum after stratum, each into the part that lacks
 * most at that point. So every part has its share of all to within one unit, and of every stratum nearly. Written in
 * the order of the version, not of the draw: each page of the database once.
 */
export function* randomSplit(database: WritableDatabase, draft: Draft, spec: RandomSplitSpec): Generator<number, Done> {
	const { strata, positions } = yield* gather(database, draft, spec);
	const parts = spec.parts.map(({ split, share }) => ({ split, share, count: 0 }));
	const partOf = new Uint8Array(positions.length);
	let drawn = 0;
	for (const stratum of [...strata.keys()].sort()) {
		for (const { places } of yield* sortedInSteps(strata.get(stratum) ?? [], hashBits)) {
			drawn += places.length;
			const lacking = ({ share, count }: (typeof parts)[number]) => share * drawn - count;
			const part = parts.reduce((most, each) => (lacking(each) > lacking(most) ? each : most));
			part.count += places.length;
			for (const place of places) partOf[place] = parts.indexOf(part);
		}
		yield 0;
	}
	let changed = 0;
	for (let first = 0; first < positions.length; first += writtenAtOnce) {
		const some = positions.slice(first, first + writtenAtOnce);
		for (const [index, { split }] of parts.entries()) {
			const here = some.filter((_, place) => partOf[first + place] === index);
			changed += putSplits(database, draft, here, split);
		}
		yield first + some.length;
	}
	return { ...nothingDone, changed, splits: parts.map(({ split, count }) => ({ split, count })) };
}

function* gather(database: WritableDatabase, draft: Draft, spec: RandomSplitSpec): Generator<number, Gathered> {
	const strata = new Map<string, Unit[]>();
	const clusters = new Map<string, Unit>();
	const positions: number[] = [];
	for (const member of selectedGroups(database, draft.id, spec.selection, spec.stratify?.by ?? null)) {
		const place = positions.push(member.position) - 1;
		const cluster = spec.keepClusters ? member.cluster : null;
		const known = cluster === null ? undefined : clusters.get(cluster);
		if (known === undefined) {
			const name = cluster === null ? `k${member.key}` : `c${cluster}`;
			const unit = { order: orderOf(spec.seed, name), places: [place] };
			if (cluster !== null) clusters.set(cluster, unit);
			const stratum = stratumOf(member, spec);
			const units = strata.get(stratum);
			if (units === undefined) strata.set(stratum, [unit]);
			else units.push(unit);
		} else known.places.push(place);
		yield 0;
	}
	return { strata, positions };
}

function stratumOf({ group }: GroupedMember, { stratify }: RandomSplitSpec): string {
	if (stratify === null || group === null) return '';
	if (stratify.by === 'target') return group;
	if (stratify.by === 'tags') return JSON.stringify((JSON.parse(group) as string[]).toSorted());
	return (JSON.parse(group) as Record<string, string>)[stratify.name] ?? '';
}

const hashBits = 48;

function orderOf(seed: number, name: string): number {
	return createHash('sha256')
		.update(`${seed}\0${name}`)
		.digest()
		.readUIntBE(0, hashBits / 8);
}
