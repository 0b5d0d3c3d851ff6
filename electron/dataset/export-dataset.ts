import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Turn } from '../../models/contract/generation.ts';
import type { DatasetExportFormat, Sample, SampleFilter } from '../contract/dataset/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import { all, get } from '../database/sql.ts';
import { csvLine } from '../text/csv.ts';
import { promptfooTest } from './formats/promptfoo.ts';
import { filterParameters, sampleCondition } from './list/sample-filter.ts';
import type { MemberRecord } from './store/members.ts';
import { sampleColumns, sampleOf } from './store/samples.ts';
import { getVersion, lastVisiblePosition, type VersionRow } from './store/versions.ts';
import type { TaskContext } from './worker/task-context.ts';

export interface ExportResult {
	readonly fileName: string;
	readonly sizeBytes: number;
	readonly samples: number;
	readonly leftOut: number;
}

const fileEndings: Readonly<Record<DatasetExportFormat, string>> = {
	jsonl: '.jsonl',
	messages: '-messages.jsonl',
	preference: '-preference.jsonl',
	csv: '.csv',
	promptfoo: '-promptfoo.yaml',
	inspect: '-inspect.jsonl',
};

const readAtOnce = 200;

const nextRecords = `SELECT ${sampleColumns}, m.position, m.split FROM dataset_version_samples m
  JOIN samples s ON s.id = m.sample_id
  WHERE m.version_id = :versionId AND m.position > :after AND m.position <= :until AND ${sampleCondition}
  ORDER BY m.position LIMIT :limit`;

/** Variable names that occur in the first thousand samples of a version. */
const variableNames = `SELECT DISTINCT j.key AS name FROM (
    SELECT sample_id FROM dataset_version_samples WHERE version_id = :versionId AND position <= :until
    ORDER BY position LIMIT 1000) m
  JOIN samples s ON s.id = m.sample_id, json_each(s.variables) j`;

/** Writes the samples of a version that match a filter to a file in the folder. */
export async function exportDataset(
	context: TaskContext,
	{
		versionId,
		filter,
		format,
		folder,
	}: {
		readonly versionId: number;
		readonly filter: SampleFilter;
		readonly format: DatasetExportFormat;
		readonly folder: string;
	},
): Promise<ExportResult> {
	const { database } = context;
	const version = getVersion(database, versionId);
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const fileName = `${plainName(database, version)}${fileEndings[format]}`;
	const path = join(folder, fileName);
	const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
	const variables = format === 'csv' ? variablesIn(database, version) : [];
	const textOf = lineWriter(format, variables);
	let samples = 0;
	let leftOut = 0;
	try {
		if (format === 'csv') file.write(csvHead(variables));
		for (let after = -1, last = readAtOnce; last === readAtOnce; ) {
			await context.pause();
			const page = all<MemberRecord>(database, nextRecords, {
				versionId,
				after,
				until: lastVisiblePosition(version),
				limit: readAtOnce,
				...filterParameters(filter),
			});
			for (const record of page) {
				const text = textOf(sampleOf(record));
				if (text === null) leftOut += 1;
				else {
					samples += 1;
					if (!file.write(text)) await once(file, 'drain');
				}
			}
			context.progress(samples + leftOut, version.samples);
			last = page.length;
			after = page.at(-1)?.position ?? after;
		}
	} finally {
		file.end();
		await finished(file);
	}
	return { fileName, sizeBytes: (await stat(path)).size, samples, leftOut };
}

function lineWriter(format: DatasetExportFormat, variables: readonly string[]): (sample: Sample) => string | null {
	switch (format) {
		case 'jsonl':
			return wholeLine;
		case 'messages':
			return messagesLine;
		case 'preference':
			return preferenceLine;
		case 'csv':
			return (sample) => csvRow(sample, variables);
		case 'promptfoo':
			return promptfooTest;
		case 'inspect':
			return inspectLine;
	}
}

function variablesIn(database: ReadableDatabase, version: VersionRow): string[] {
	const taken = ['id', 'input', 'target', 'choices', 'split', 'tags', 'cluster'];
	return all<{ name: string }>(database, variableNames, { versionId: version.id, until: lastVisiblePosition(version) })
		.map(({ name }) => name)
		.filter((name) => !taken.includes(name));
}

/** Returns the dataset's name and version as a portable file name. */
function plainName(database: ReadableDatabase, { datasetId, number }: VersionRow): string {
	const name = get<{ name: string }>(database, 'SELECT name FROM datasets WHERE id = :datasetId', { datasetId })?.name;
	const plain = (name ?? '')
		.normalize('NFC')
		.replaceAll(/[^\p{L}\p{N}.-]+/gu, '-')
		.replaceAll(/^[-.]+|[-.]+$/g, '')
		.slice(0, 80);
	return `${plain === '' ? 'dataset' : plain}-v${number}`;
}

const fields = ['id', 'input', 'target', 'choices', 'split', 'tags', 'cluster'] as const;

/** Returns the header: fields of a sample, then the samples' variables. */
function csvHead(variables: readonly string[]): string {
	return csvLine([...fields, ...variables], { keepNumbers: true });
}

/** Returns one sample as a row. Turns and choices are JSON; tags are separated by semicolons. */
function csvRow(sample: Sample, variables: readonly string[]): string {
	const { key, input, target, choices, split, tags, cluster } = sample;
	return csvLine(
		[
			key,
			typeof input === 'string' ? input : JSON.stringify(input),
			target ?? '',
			choices === null ? '' : JSON.stringify(choices),
			split,
			tags.join('; '),
			cluster ?? '',
			...variables.map((name) => sample.variables[name] ?? ''),
		],
		{ keepNumbers: true },
	);
}

/** Returns a line, or null if the format cannot express the sample. */
export type LineOf = (sample: Sample) => string | null;

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

function turnsOf({ input }: Sample): readonly Turn[] {
	return typeof input === 'string' ? [{ role: 'user', content: input }] : input;
}

/** Writes the whole sample, in Inspect's fields where they exist, so that both Inspect and Assay can read it. */
const wholeLine: LineOf = ({ key, input, target, choices, variables, metadata, tags, cluster, split }) =>
	line({
		id: key,
		input,
		...(target === null ? {} : { target }),
		...(choices === null ? {} : { choices }),
		split,
		...(tags.length === 0 ? {} : { tags }),
		...(cluster === null ? {} : { cluster }),
		variables,
		metadata,
	});

/** Writes turns that end with the answer, for fine-tuning. */
const messagesLine: LineOf = (sample) =>
	sample.target === null
		? null
		: line({ messages: [...turnsOf(sample), { role: 'assistant', content: sample.target }] });

/**
 * Writes pairs of a better and a worse answer for samples that have both; the worse one is the answer that was
 * corrected.
 */
const preferenceLine: LineOf = (sample) => {
	const { rejected } = sample.metadata;
	if (sample.target === null || typeof rejected !== 'string') return null;
	return line({
		prompt: turnsOf(sample),
		chosen: [{ role: 'assistant', content: sample.target }],
		rejected: [{ role: 'assistant', content: rejected }],
	});
};

/**
 * Writes a sample of Inspect AI: with choices, its target is a letter. Anything without a field of its own goes into
 * the metadata.
 */
const inspectLine: LineOf = ({ key, input, target, choices, metadata, tags, split, variables }) => {
	const index = choices === null || target === null ? -1 : targetIndexOf(choices, target, metadata);
	return line({
		id: key,
		input,
		target: index === -1 ? (target ?? '') : letterOf(index),
		...(choices === null ? {} : { choices }),
		metadata: { ...variables, ...metadata, split, ...(tags.length === 0 ? {} : { tags }) },
	});
};

function targetIndexOf(choices: readonly string[], target: string, metadata: Sample['metadata']): number {
	const { targetIndex } = metadata;
	if (typeof targetIndex === 'number' && choices[targetIndex] === target) return targetIndex;
	return choices.indexOf(target);
}

function letterOf(index: number): string {
	return String.fromCharCode(65 + index);
}
