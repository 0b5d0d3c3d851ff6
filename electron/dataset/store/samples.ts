import { hash } from 'node:crypto';
import type { Turn } from '../../../models/contract/generation.ts';
import type { Sample, SampleContent, SampleSource } from '../../contract/dataset/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { get, run } from '../../database/sql.ts';

/** A row of `samples` as SQLite stores it: JSON text for the contract's values. */
export interface SampleRecord {
	readonly id: number;
	readonly key: string;
	readonly input: string;
	readonly form: 'text' | 'turns';
	readonly target: string | null;
	readonly choices: string | null;
	readonly variables: string;
	readonly metadata: string;
	readonly tags: string;
	readonly cluster: string | null;
	readonly source: string;
	readonly createdAt: number;
}

/** Columns of `samples s`. */
export const sampleColumns = `s.id, s.key, s.input, s.form, s.target, s.choices, s.variables, s.metadata, s.tags,
  s.cluster, s.source, s.created_at AS createdAt`;

/** The stored fields of a sample, except for its id and creation time. */
export type SampleText = Omit<SampleRecord, 'id' | 'createdAt'>;

export function textOf(content: SampleContent, key: string, source: SampleSource): SampleText {
	const turns = typeof content.input !== 'string';
	return {
		key,
		input: typeof content.input === 'string' ? content.input : JSON.stringify(content.input),
		form: turns ? 'turns' : 'text',
		target: content.target,
		choices: content.choices === null ? null : JSON.stringify(content.choices),
		variables: JSON.stringify(content.variables),
		metadata: JSON.stringify(content.metadata),
		tags: JSON.stringify([...new Set(content.tags)]),
		cluster: content.cluster,
		source: JSON.stringify(source),
	};
}

export function contentOf(record: Omit<SampleRecord, 'id' | 'key' | 'source' | 'createdAt'>): SampleContent {
	return {
		input: record.form === 'turns' ? (JSON.parse(record.input) as Turn[]) : record.input,
		target: record.target,
		choices: record.choices === null ? null : (JSON.parse(record.choices) as string[]),
		variables: JSON.parse(record.variables) as Record<string, string>,
		metadata: JSON.parse(record.metadata) as Record<string, unknown>,
		tags: JSON.parse(record.tags) as string[],
		cluster: record.cluster,
	};
}

export function sampleOf(record: SampleRecord & { readonly position: number; readonly split: string }): Sample {
	const { id, key, position, split, createdAt } = record;
	return {
		id,
		key,
		...contentOf(record),
		split,
		position,
		source: JSON.parse(record.source) as SampleSource,
		createdAt,
	};
}

/** SHA-256 (hex) of the question and the expected answer: samples with the same hash are duplicates. */
export function contentHash({
	form,
	input,
	target,
	choices,
}: Pick<SampleText, 'form' | 'input' | 'target' | 'choices'>) {
	return hash('sha256', JSON.stringify([form, input, target, choices]));
}

const insertSql = `INSERT INTO samples (dataset_id, key, input, form, target, choices, variables, metadata, tags, cluster,
    message_id, source, sha256, created_at)
  VALUES (:datasetId, :key, :input, :form, :target, :choices, :variables, :metadata, :tags, :cluster, :messageId,
    :source, :sha256, :now)`;

export function insertSample(
	database: WritableDatabase,
	datasetId: number,
	text: SampleText,
	{
		now,
		messageId = null,
		sha256 = contentHash(text),
	}: {
		readonly now: number;
		readonly messageId?: number | null;
		readonly sha256?: string;
	},
): number {
	return run(database, insertSql, { datasetId, ...text, messageId, sha256, now }).id;
}

export function messageOf(database: ReadableDatabase, sampleId: number): number | null {
	const row = get<{ messageId: number | null }>(
		database,
		'SELECT message_id AS messageId FROM samples WHERE id = :sampleId',
		{ sampleId },
	);
	return row?.messageId ?? null;
}

const byKey = `SELECT s.id, s.sha256, m.position, m.split FROM samples s CROSS JOIN dataset_version_samples m
  ON m.sample_id = s.id AND m.version_id = :versionId
  WHERE s.dataset_id = :datasetId AND s.key = :key LIMIT 1`;

/** Finds the sample of a version with this key, including hidden positions. */
export function findKey(
	database: ReadableDatabase,
	place: { readonly datasetId: number; readonly versionId: number; readonly key: string },
): { readonly id: number; readonly sha256: string; readonly position: number; readonly split: string } | undefined {
	return get(database, byKey, place);
}

/** Returns the key, with a number appended if the version has it already. */
export function freeKey(database: ReadableDatabase, datasetId: number, versionId: number, key: string): string {
	if (findKey(database, { datasetId, versionId, key }) === undefined) return key;
	for (let number = 2; ; number += 1) {
		const next = `${key}#${number}`;
		if (findKey(database, { datasetId, versionId, key: next }) === undefined) return next;
	}
}
