import type { SampleContent, SampleSource } from '../../contract/dataset/sample.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/handle.ts';
import { numberedKey } from '../change/kinds.ts';
import { endOf, putMember, recordOf } from '../store/members.ts';
import {
	contentHash,
	contentOf,
	findKey,
	findSame,
	freeKey,
	insertSample,
	type SampleText,
	textOf,
} from '../store/samples.ts';
import { lastPosition } from '../store/versions.ts';

/** A sample that is to be written. */
export interface Arrival {
	readonly content: SampleContent;
	readonly key: string | null;
	readonly split: string;
	readonly source: SampleSource;
}

/** Where samples arrive. */
export interface Into {
	readonly mode: 'new' | 'append' | 'replace';
	readonly datasetId: number;
	readonly versionId: number;
	/** Of 'replace': the version of which samples that stay the same are taken. */
	readonly baseId: number | null;
	/** Nobody sees positions from here on. */
	readonly firstPosition: number;
	readonly now: number;
	/** No sample of the version has an id of its own so far: made numbers can't meet one. */
	numbered: boolean;
}

export interface Counts {
	added: number;
	duplicates: number;
	renamed: number;
}

/** Writes samples one by one; the counts grow with them. */
export function* insertArrivals(
	database: WritableDatabase,
	into: Into,
	batch: readonly Arrival[],
	counts: Counts,
	skipDuplicates: boolean,
): Generator<void, void> {
	const { datasetId, versionId, now } = into;
	let position = Math.max(into.firstPosition, endOf(database, versionId));
	for (const arrival of batch) {
		const key = keyFor(database, into, arrival.key, position, counts);
		const text = textOf(arrival.content, key, arrival.source);
		const sha256 = contentHash(text);
		if (skipDuplicates && findSame(database, { datasetId, versionId, sha256 }) !== undefined) {
			counts.duplicates += 1;
			continue;
		}
		if (arrival.key !== null && key !== arrival.key) counts.renamed += 1;
		const sampleId = sameAsBefore(database, into, text) ?? insertSample(database, datasetId, text, { now, sha256 });
		putMember(database, versionId, { position, sampleId, split: arrival.split });
		counts.added += 1;
		position += 1;
		yield;
	}
}

function keyFor(
	database: WritableDatabase,
	into: Into,
	key: string | null,
	position: number,
	{ added }: Counts,
): string {
	if (key !== null) {
		into.numbered = false;
		return freeKey(database, into.datasetId, into.versionId, key);
	}
	if (into.numbered && into.mode !== 'append') return String(added + 1);
	return numberedKey(database, into.datasetId, into.versionId, position + 1);
}

/** The sample of the earlier version that has this id and says the same in everything. */
function sameAsBefore(database: ReadableDatabase, { datasetId, baseId }: Into, text: SampleText): number | null {
	if (baseId === null) return null;
	const found = findKey(database, { datasetId, versionId: baseId, key: text.key });
	if (found === undefined) return null;
	const record = recordOf(database, { versionId: baseId, sampleId: found.id, until: lastPosition });
	if (record === undefined) return null;
	const before = textOf(contentOf(record), record.key, JSON.parse(text.source));
	return JSON.stringify(before) === JSON.stringify(text) ? found.id : null;
}
