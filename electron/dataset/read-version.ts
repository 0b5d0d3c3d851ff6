import type { Sample } from '../contract/dataset/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { get } from '../database/sql.ts';
import { readMember, readMembersAfter } from './store/members.ts';
import { sampleOf } from './store/samples.ts';
import { getVersion, lastVisiblePosition } from './store/versions.ts';

/** Samples read at a time. */
const pageSize = 200;

/**
 * Yields the samples of a version in order, with one page in memory at a time; the reader controls the speed. Throws
 * Failure `version-unknown`.
 */
export function* readSamples(
	database: ReadableDatabase,
	versionId: number,
	{ split = null, limit = Number.MAX_SAFE_INTEGER }: { readonly split?: string | null; readonly limit?: number } = {},
): Generator<Sample, void> {
	const until = lastVisiblePosition(getVersion(database, versionId));
	let left = limit;
	for (let after = -1; left > 0; ) {
		const wanted = Math.min(pageSize, left);
		const page = readMembersAfter(database, { versionId, after, until, limit: wanted, split });
		for (const record of page) yield sampleOf(record);
		if (page.length < wanted) return;
		left -= page.length;
		after = page.at(-1)?.position ?? after;
	}
}

/**
 * Returns the given samples of a version, in the given order. Throws if one is missing: a frozen version never loses
 * samples.
 */
export function readSamplesById(
	database: ReadableDatabase,
	versionId: number,
	ids: readonly number[],
): readonly Sample[] {
	const samples = readSamplesLeft(database, versionId, ids);
	if (samples.length < ids.length) throw new Error(`version ${versionId} lacks ${ids.length - samples.length} samples`);
	return samples;
}

/** Reads those of the samples that are still there: a draft may have changed since they were chosen. */
export function readSamplesLeft(
	database: ReadableDatabase,
	versionId: number,
	ids: readonly number[],
): readonly Sample[] {
	const until = lastVisiblePosition(getVersion(database, versionId));
	return ids.flatMap((sampleId) => {
		const record = readMember(database, { versionId, sampleId, until });
		return record === undefined ? [] : [sampleOf(record)];
	});
}

const otherSplit = `SELECT 1 FROM dataset_version_samples
  WHERE version_id = :versionId AND position <= :until AND split <> :split LIMIT 1`;

/** Returns true if a version has samples outside this split. */
export function hasOtherSplit(database: ReadableDatabase, versionId: number, split: string): boolean {
	const until = lastVisiblePosition(getVersion(database, versionId));
	const place = { versionId, until, split };
	return get(database, otherSplit, place) !== undefined;
}
