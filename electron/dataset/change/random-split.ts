import { createHash } from 'node:crypto';
import type { WritableDatabase } from '../../database/database.ts';
import { NumberMap } from '../number-map.ts';
import { type ChangeSpec, type DraftRef, noChanges, type SampleChanges, setSplits } from './change-samples.ts';
import { type GroupedMember, selectedGroups } from './selected-samples.ts';

type RandomSplitSpec = Extract<ChangeSpec, { kind: 'random-split' }>;

/**
 * Members to split, stored in columns: millions of objects would take ten times the memory. A unit stays together: the
 * samples of a cluster, or a single sample.
 */
interface Gathered {
	/** Positions in the version, in reading order. */
	readonly positions: number[];
	/** Unit of each position. */
	readonly units: number[];
	/**
	 * Sort key of each unit within its stratum: pseudo-random, and the same for the same seed and sample regardless of
	 * other samples.
	 */
	readonly orders: number[];
	/** Number of samples in each unit. */
	readonly sizes: number[];
	/** Stratum of each unit; `names` lists the strata. */
	readonly strata: number[];
	readonly names: readonly string[];
}

/** Members whose split is written per step. */
const writtenAtOnce = 500;

/**
 * Splits at random: orders units by a hash of seed and id, stratum by stratum, and assigns each to the part that lacks
 * most at that point. Every part thus gets its share of the total to within one unit, and nearly its share of every
 * stratum. Writes in version order, not in draw order, so that each database page is written once.
 */
export function* randomSplit(
	database: WritableDatabase,
	draft: DraftRef,
	spec: RandomSplitSpec,
): Generator<number, SampleChanges> {
	const gathered = yield* gather(database, draft, spec);
	const { positions, units, sizes } = gathered;
	const parts = spec.parts.map(({ split, share }) => ({ split, share, count: 0 }));
	const partOf = new Uint8Array(sizes.length);
	let drawn = 0;
	for (const [at, unit] of (yield* drawOrder(gathered)).entries()) {
		const size = sizes[unit] ?? 0;
		drawn += size;
		const lacking = ({ share, count }: (typeof parts)[number]) => share * drawn - count;
		const part = parts.reduce((most, each) => (lacking(each) > lacking(most) ? each : most));
		part.count += size;
		partOf[unit] = parts.indexOf(part);
		if (at % writtenAtOnce === 0) yield 0;
	}
	let changed = 0;
	for (let first = 0; first < positions.length; first += writtenAtOnce) {
		const some = positions.slice(first, first + writtenAtOnce);
		for (const [index, { split }] of parts.entries()) {
			const here = some.filter((_, place) => partOf[units[first + place] ?? 0] === index);
			changed += setSplits(database, draft, here, split);
		}
		yield first + some.length;
	}
	return { ...noChanges, changed, splits: parts.map(({ split, count }) => ({ split, count })) };
}

function* gather(database: WritableDatabase, draft: DraftRef, spec: RandomSplitSpec): Generator<number, Gathered> {
	const { seed, selection, stratify, keepClusters } = spec;
	const known = { strata: new Map<string, number>(), clusters: new NumberMap() };
	const positions: number[] = [];
	const units: number[] = [];
	const orders: number[] = [];
	const sizes: number[] = [];
	const strata: number[] = [];
	for (const member of selectedGroups(database, draft.id, selection, stratify?.by ?? null)) {
		const cluster = keepClusters ? member.cluster : null;
		const order = orderOf(seed, cluster === null ? `k${member.key}` : `c${cluster}`);
		let unit = cluster === null ? undefined : known.clusters.get(order);
		if (unit === undefined) {
			unit = orders.push(order) - 1;
			if (cluster !== null) known.clusters.set(order, unit);
			const name = stratumOf(member, spec);
			const stratum = known.strata.get(name) ?? known.strata.size;
			known.strata.set(name, stratum);
			strata.push(stratum);
			sizes.push(0);
		}
		sizes[unit] = (sizes[unit] ?? 0) + 1;
		positions.push(member.position);
		units.push(unit);
		yield 0;
	}
	return { positions, units, orders, sizes, strata, names: [...known.strata.keys()] };
}

/** Orders units by the name of their stratum, then by their sort key. */
function* drawOrder({ orders, strata, names }: Gathered): Generator<number, Uint32Array> {
	let units: Uint32Array = Uint32Array.from(orders, (_, unit) => unit);
	for (let shift = 1; shift < 2 ** hashBits; shift *= 2 ** digitBits) {
		units = yield* sortByDigit(
			units,
			2 ** digitBits,
			(unit) => Math.floor((orders[unit] ?? 0) / shift) % 2 ** digitBits,
		);
	}
	const ranks = new Uint32Array(names.length);
	const sorted = names.map((name, stratum) => ({ name, stratum })).sort((a, b) => (a.name < b.name ? -1 : 1));
	for (const [rank, { stratum }] of sorted.entries()) ranks[stratum] = rank;
	return yield* sortByDigit(units, names.length, (unit) => ranks[strata[unit] ?? 0] ?? 0);
}

function stratumOf({ group }: GroupedMember, { stratify }: RandomSplitSpec): string {
	if (stratify === null || group === null) return '';
	if (stratify.by === 'target') return group;
	if (stratify.by === 'tags') return JSON.stringify((JSON.parse(group) as string[]).toSorted());
	return (JSON.parse(group) as Record<string, string>)[stratify.name] ?? '';
}

const hashBits = 48;

/** Bits of the hash per sorting pass. */
const digitBits = 16;

function orderOf(seed: number, name: string): number {
	return createHash('sha256')
		.update(`${seed}\0${name}`)
		.digest()
		.readUIntBE(0, hashBits / 8);
}

/** Items between two yields. */
const atOnce = 4_096;

/**
 * Sorts items stably by a digit from 0 to `digits` − 1: one pass of a radix sort, in small steps so that other work is
 * not blocked.
 */
export function* sortByDigit(
	items: Uint32Array,
	digits: number,
	digitOf: (item: number) => number,
): Generator<number, Uint32Array> {
	const starts = new Uint32Array(digits + 1);
	for (const [at, item] of items.entries()) {
		const next = digitOf(item) + 1;
		starts[next] = (starts[next] ?? 0) + 1;
		if (at % atOnce === 0) yield 0;
	}
	for (let digit = 1; digit <= digits; digit += 1) starts[digit] = (starts[digit] ?? 0) + (starts[digit - 1] ?? 0);
	const sorted = new Uint32Array(items.length);
	for (const [at, item] of items.entries()) {
		const digit = digitOf(item);
		const place = starts[digit] ?? 0;
		sorted[place] = item;
		starts[digit] = place + 1;
		if (at % atOnce === 0) yield 0;
	}
	return sorted;
}
