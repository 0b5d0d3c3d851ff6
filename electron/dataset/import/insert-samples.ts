import { hash } from 'node:crypto';
import type { SampleContent, SampleSource } from '../../contract/dataset/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { sampleKey } from '../../prompt/same-question.ts';
import { numberedKey } from '../change/change-samples.ts';
import { NumberMap } from '../number-map.ts';
import { nextPosition, putMember, readMember } from '../store/members.ts';
import { contentHash, contentOf, findKey, freeKey, insertSample, type SampleText, textOf } from '../store/samples.ts';
import { lastPosition } from '../store/versions.ts';

/** A sample to insert. */
export interface SampleToInsert {
	readonly content: SampleContent;
	readonly key: string | null;
	readonly split: string;
	readonly source: SampleSource;
}

/** Version and dataset that samples are imported into. */
export interface ImportTarget {
	readonly mode: 'new' | 'append' | 'replace';
	readonly datasetId: number;
	readonly versionId: number;
	/** 'replace': the version whose unchanged samples are reused. */
	readonly baseId: number | null;
	/** Positions from here on are hidden. */
	readonly firstPosition: number;
	readonly now: number;
	/** true while no sample of the version has an id of its own: generated numbers cannot collide. */
	numbered: boolean;
	/** Ids in the version. */
	readonly keys: SeenHashes;
	/** Question and expected answer of the version's samples; null if duplicates are kept. */
	readonly contents: SeenHashes | null;
}

export interface InsertCounts {
	added: number;
	duplicates: number;
	renamed: number;
}

/** Inserts samples one by one and updates the counts. */
export function* insertSamples(
	database: WritableDatabase,
	into: ImportTarget,
	batch: readonly SampleToInsert[],
	counts: InsertCounts,
): Generator<void, void> {
	const { datasetId, versionId, now } = into;
	let position = Math.max(into.firstPosition, nextPosition(database, versionId));
	for (const arrival of batch) {
		const content = textOf(arrival.content, '', arrival.source);
		const sha256 = contentHash(content);
		// The chance that two contents share the 48 bits is one in 280,000,000,000,000.
		if (into.contents?.add(sampleKey(arrival.content)) === false) {
			counts.duplicates += 1;
			continue;
		}
		const key = keyFor(database, into, arrival.key, position, counts);
		const text = { ...content, key };
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
	into: ImportTarget,
	key: string | null,
	position: number,
	{ added }: InsertCounts,
): string {
	if (key === null && into.numbered && into.mode !== 'append') return String(added + 1);
	into.numbered = false;
	if (key === null) return rememberKey(into, numberedKey(database, into.datasetId, into.versionId, position + 1));
	// The number may equal a generated one.
	const known = into.mode === 'append' || /^\d+$/.test(key) || into.keys.has(hash('sha256', key)) === 'maybe';
	return rememberKey(into, known ? freeKey(database, into.datasetId, into.versionId, key) : key);
}

function rememberKey({ keys }: ImportTarget, key: string): string {
	keys.add(hash('sha256', key));
	return key;
}

/** Returns the sample of the earlier version with this id and identical content. */
function sameAsBefore(
	database: ReadableDatabase,
	{ datasetId, baseId }: ImportTarget,
	text: SampleText,
): number | null {
	if (baseId === null) return null;
	const found = findKey(database, { datasetId, versionId: baseId, key: text.key });
	if (found === undefined) return null;
	const record = readMember(database, { versionId: baseId, sampleId: found.id, until: lastPosition });
	if (record === undefined) return null;
	const before = textOf(contentOf(record), record.key, JSON.parse(text.source));
	return JSON.stringify(before) === JSON.stringify(text) ? found.id : null;
}

/** Represents a text by 48 bits of its hash, so that a million take 25 MB regardless of their length. */
export class SeenHashes {
	readonly #numbers = new NumberMap();

	/** `hex`: the beginning of a hash. 'maybe', because two texts may share the 48 bits. */
	has(hex: string): 'no' | 'maybe' {
		return this.#numbers.get(numberOf(hex)) === undefined ? 'no' : 'maybe';
	}

	/** Returns false if it is already there. */
	add(hex: string): boolean {
		const number = numberOf(hex);
		if (this.#numbers.get(number) !== undefined) return false;
		this.#numbers.set(number, 1);
		return true;
	}
}

function numberOf(hex: string): number {
	return Number.parseInt(hex.slice(0, 12), 16);
}
