import { createHash } from 'node:crypto';
import type { WritableDatabase } from '../../database/handle.ts';
import type { MemberRecord } from '../store/members.ts';
import { putSplit } from './kinds.ts';
import { type ChangeSpec, type Done, type Draft, nothingDone } from './order.ts';
import { selectedRecords } from './selected.ts';

type RandomSplitSpec = Extract<ChangeSpec, { kind: 'random-split' }>;

/** Samples that stay together: those of a cluster, else one alone. */
interface Unit {
	readonly stratum: string;
	/** Order within the stratum: as good as random, and the same for the same seed and sample, whatever else is there. */
	readonly order: number;
	readonly members: Pick<MemberRecord, 'position' | 'id' | 'split'>[];
}

/**
 * Splits at random: units in the order of a hash of seed and id, stratum after stratum, each into the part that lacks
 * most at that point. So every part has its share of all to within one unit, and of every stratum nearly.
 */
export function* randomSplit(database: WritableDatabase, draft: Draft, spec: RandomSplitSpec): Generator<number, Done> {
	const units = new Map<string, Unit>();
	let seen = 0;
	for (const record of selectedRecords(database, draft.id, spec.selection)) {
		const together = spec.keepClusters && record.cluster !== null;
		const name = together ? `c${record.cluster}` : `k${record.key}`;
		const member = { position: record.position, id: record.id, split: record.split };
		const unit = units.get(name);
		if (unit === undefined) {
			units.set(name, { stratum: stratumOf(record, spec), order: orderOf(spec.seed, name), members: [member] });
		} else unit.members.push(member);
		seen += 1;
		yield seen;
	}
	const sorted = [...units.values()].sort(
		(one, other) => compare(one.stratum, other.stratum) || one.order - other.order,
	);
	const parts = spec.parts.map(({ split, share }) => ({ split, share, count: 0 }));
	let placed = 0;
	let changed = 0;
	for (const { members } of sorted) {
		placed += members.length;
		const lacking = (part: { share: number; count: number }) => part.share * placed - part.count;
		const part = parts.reduce((most, each) => (lacking(each) > lacking(most) ? each : most));
		part.count += members.length;
		for (const { position, id, split } of members) {
			if (putSplit(database, draft, { position, sampleId: id, split }, part.split)) changed += 1;
			yield placed;
		}
	}
	return { ...nothingDone, changed, splits: parts.map(({ split, count }) => ({ split, count })) };
}

function stratumOf(record: MemberRecord, { stratify }: RandomSplitSpec): string {
	if (stratify === null) return '';
	if (stratify.by === 'target') return record.target ?? '';
	if (stratify.by === 'tags') return JSON.stringify((JSON.parse(record.tags) as string[]).toSorted());
	return (JSON.parse(record.variables) as Record<string, string>)[stratify.name] ?? '';
}

/** 48 bits of SHA-256. */
function orderOf(seed: number, name: string): number {
	return createHash('sha256').update(`${seed}\0${name}`).digest().readUIntBE(0, 6);
}

function compare(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}
