import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sample } from '../contract/dataset/sample.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/handle.ts';
import { freeze } from '../dataset/change/freeze.ts';
import { getLiveDataset } from '../dataset/store/datasets.ts';
import { recordOf, recordsAfter } from '../dataset/store/members.ts';
import { sampleOf } from '../dataset/store/samples.ts';
import { getVersion, lastSeen } from '../dataset/store/versions.ts';

/** Samples read at a time. */
const page = 200;

/** Every sample of a version in order, a page in memory at a time. Throws Failure `version-unknown`. */
export function* readVersion(database: ReadableDatabase, versionId: number): Iterable<Sample> {
	const until = lastSeen(getVersion(database, versionId));
	let after = -1;
	for (;;) {
		const records = recordsAfter(database, { versionId, after, until, limit: page });
		for (const record of records) yield sampleOf(record);
		const last = records.at(-1);
		if (last === undefined || records.length < page) return;
		after = last.position;
	}
}

/** These samples of a version, in the order asked for. Throws where one is not there: a frozen version loses none. */
export function samplesById(database: ReadableDatabase, versionId: number, ids: readonly number[]): readonly Sample[] {
	const until = lastSeen(getVersion(database, versionId));
	return ids.map((sampleId) => {
		const record = recordOf(database, { versionId, sampleId, until });
		if (record === undefined) throw new Error(`version ${versionId} has no sample ${sampleId}`);
		return sampleOf(record);
	});
}

/** The version that is tested; a draft is frozen first, and never changes from then on. */
export async function frozenVersion(
	{ database, clock }: { readonly database: WritableDatabase; readonly clock: () => number },
	datasetId: number,
	versionId: number | null,
): Promise<{ readonly id: number; readonly sha256: string }> {
	const { latest } = getLiveDataset(database, datasetId);
	const version = getVersion(database, versionId ?? latest.id);
	if (version.sha256 !== null) return { id: version.id, sha256: version.sha256 };
	for (const _ of freeze(database, version.id, '', clock())) await nextTurn();
	const { sha256 } = getVersion(database, version.id);
	if (sha256 === null) throw new Error(`version ${version.id} was not frozen`);
	return { id: version.id, sha256 };
}
