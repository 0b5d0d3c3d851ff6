import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { phrase } from '../../../models/contract/message-syntax.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { all, transaction } from '../../database/sql.ts';
import { freezeVersion } from '../change/freeze-version.ts';
import { emptySample } from '../formats/format.ts';
import { asText, asTexts, asTurns, isObject, textOrNull, variablesOf } from '../formats/values.ts';
import { recordOf } from '../read/rows.ts';
import { freeName, insertDataset } from '../store/datasets.ts';
import { putMember } from '../store/members.ts';
import { insertSample, textOf } from '../store/samples.ts';
import { insertHiddenVersion, showVersion } from '../store/versions.ts';
import { runToEnd } from '../worker/task-context.ts';
import { cleanSample } from './clean-sample.ts';

interface Starter {
	readonly id: string;
	readonly name: string;
	readonly description: string;
}

/** The starter datasets, in display order. A dataset that the user deleted for good does not come back. */
export const starters: readonly Starter[] = [
	{
		id: 'arithmetic',
		name: phrase('Arithmetic'),
		description: phrase('Sums, percentages and short word problems. Score with: numeric.'),
	},
	{
		id: 'extraction',
		name: phrase('Extraction to JSON'),
		description: phrase('Extracts fields from short messages into a JSON object. Score with: JSON fields.'),
	},
	{
		id: 'orders',
		name: phrase('Orders to JSON'),
		description: phrase(
			'Turns order messages into JSON records. Made for fine-tuning: the held-out messages are worded differently from the training ones. Score with: JSON fields.',
		),
	},
	{
		id: 'classification',
		name: phrase('Classification'),
		description: phrase(
			'Sentiment, topic and intent of short texts, with the labels as choices. Score with: choice or letter.',
		),
	},
	{
		id: 'instructions',
		name: phrase('Instruction following'),
		description: phrase(
			'Instructions that can be checked by a program, such as a word count. Score with: IFEval or regex.',
		),
	},
	{
		id: 'facts',
		name: phrase('Short facts'),
		description: phrase('Questions with one short answer, from geography to chemistry. Score with: includes.'),
	},
	{
		id: 'tools',
		name: phrase('Tool calls'),
		description: phrase(
			'Requests with the tools to call: one, several, one after the other, or none. Ask with: Tools. Score with: tool calls.',
		),
	},
	{
		id: 'documents',
		name: phrase('Questions about documents'),
		description: phrase(
			'Questions about twelve bundled documents, with the passages that answer them; some can’t be answered. Score with: includes and sources found.',
		),
	},
	{
		id: 'conversations',
		name: phrase('Long conversations'),
		description: phrase(
			'Conversations of 35 to 59 messages that end with a question about something said near their beginning. Ask with a small context. Score with: includes.',
		),
	},
];

/** Adds the sets that were never installed. Returns their ids. */
export function installStarters(database: WritableDatabase, folder: string, now: number): readonly number[] {
	const here = new Set(
		all<{ id: string }>(database, 'SELECT starter_id AS id FROM datasets WHERE starter_id IS NOT NULL').map(
			({ id }) => id,
		),
	);
	const missing = starters.filter(({ id }) => !here.has(id));
	return missing.map((starter) =>
		install(database, starter, readFileSync(join(folder, `${starter.id}.jsonl`), 'utf8'), now),
	);
}

function install(database: WritableDatabase, starter: Starter, text: string, now: number): number {
	return transaction(database, () => {
		const name = freeName(database, starter.name);
		const datasetId = insertDataset(database, { name, description: starter.description, now, starterId: starter.id });
		const versionId = insertHiddenVersion(database, datasetId, now);
		let position = 0;
		for (const line of text.split('\n')) {
			if (line.trim() === '') continue;
			const record = recordOf(JSON.parse(line));
			const sample = cleanSample(
				{
					...emptySample,
					input: asTurns(record.input) ?? asText(record.input),
					target: textOrNull(record.target),
					choices: asTexts(record.choices),
					variables: isObject(record.variables) ? variablesOf(recordOf(record.variables)) : {},
					metadata: isObject(record.metadata) ? record.metadata : {},
					tags: asTexts(record.tags) ?? [],
					split: textOrNull(record.split),
				},
				[],
			);
			if (typeof sample === 'string') throw new Error(`${starter.id}: ${sample}`);
			const sampleId = insertSample(
				database,
				datasetId,
				textOf(sample.content, asText(record.id), { kind: 'starter' }),
				{ now },
			);
			putMember(database, versionId, { position, sampleId, split: sample.split ?? 'test' });
			position += 1;
		}
		showVersion(database, versionId, position);
		runToEnd(freezeVersion(database, versionId, 'Comes with Assay', now));
		return datasetId;
	});
}
