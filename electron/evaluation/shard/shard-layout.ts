import { createHash } from 'node:crypto';
import type { Manifest } from '../../contract/evaluation/manifest.ts';

/** One answer to generate: a sample in an epoch. */
export interface Unit {
	/** Position of the sample in the run. */
	readonly position: number;
	readonly epoch: number;
}

/** The inputs that determine how a run is cut into shards. */
export interface ShardLayout {
	readonly samples: number;
	readonly epochs: number;
	readonly shardSize: number;
}

export function shardLayoutOf(manifest: Manifest): ShardLayout {
	return { samples: manifest.dataset.samples, epochs: manifest.epochs, shardSize: manifest.shardSize };
}

export function unitCount({ samples, epochs }: ShardLayout): number {
	return samples * epochs;
}

export function shardCount(cut: ShardLayout): number {
	return Math.ceil(unitCount(cut) / cut.shardSize);
}

/** Answers of one shard in order: all samples once, then all of them again for the next epoch. */
export function unitsOf(cut: ShardLayout, shard: number): readonly Unit[] {
	const first = shard * cut.shardSize;
	const count = Math.max(0, Math.min(cut.shardSize, unitCount(cut) - first));
	return Array.from({ length: count }, (_, index) => ({
		position: (first + index) % cut.samples,
		epoch: Math.floor((first + index) / cut.samples),
	}));
}

/**
 * Seed of one answer, 32 bits. Depends on the run's seed and on what is answered, not on time or batch, so a sample has
 * the same seed with every shard size and in a dataset that has grown.
 */
export function seedOf(runSeed: number, key: string, epoch: number, vote: number): number {
	return createHash('sha256')
		.update(JSON.stringify([runSeed, key, epoch, vote]))
		.digest()
		.readUInt32LE(0);
}
