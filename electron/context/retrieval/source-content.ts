import { basename } from 'node:path';
import type { SampleContent } from '../../contract/dataset/schema.ts';
import { readThread } from '../../conversation/store/thread.ts';
import { get } from '../../database/sql.ts';
import { readSamples } from '../../dataset/read-version.ts';
import { contentOf, type SampleRecord, sampleColumns } from '../../dataset/store/samples.ts';
import { latestVersions } from '../../dataset/store/versions.ts';
import { readText } from './chunk-store.ts';
import type { RetrievalContext } from './context.ts';
import type { DocumentRow, SourceRow } from './store.ts';

/** Content to read: a file, or bytes whose name says what they are. */
export type SourceContent =
	| { readonly name: string; readonly path: string }
	| { readonly name: string; readonly bytes: Uint8Array };

/** Returns what a document is to be read from; null: only the text that was read before is left. */
export async function contentOfSource(
	{ database }: Pick<RetrievalContext, 'database'>,
	source: SourceRow,
	document: DocumentRow,
): Promise<SourceContent | null> {
	switch (source.kind) {
		case 'file':
		case 'folder': {
			const path = document.path ?? source.path ?? '';
			return { name: basename(path), path };
		}
		case 'upload':
			return null;
		case 'text': {
			const text = readText(database, document.id);
			return text === null ? null : { name: `${document.title}.md`, bytes: Buffer.from(text.text) };
		}
		case 'conversation': {
			if (source.conversationId === null) return null;
			const { messages } = readThread(database, source.conversationId, () => undefined);
			const parts = messages
				.filter(({ content, status }) => content.trim() !== '' && status !== 'streaming')
				.map(({ role, content }) => `## ${role === 'user' ? 'User' : 'Assistant'}\n\n${content}`);
			return { name: `${document.title}.md`, bytes: Buffer.from(parts.join('\n\n')) };
		}
		case 'dataset': {
			const text = document.sampleId === null ? '' : sampleText(database, document.sampleId, source.column ?? 'input');
			return { name: `${document.title}.txt`, bytes: Buffer.from(text) };
		}
	}
}

function sampleText(database: RetrievalContext['database'], sampleId: number, column: string): string {
	const sql = `SELECT ${sampleColumns} FROM samples s WHERE s.id = :sampleId`;
	const record = get<SampleRecord>(database, sql, { sampleId });
	return record === undefined ? '' : columnText(contentOf(record), column);
}

/** Returns a sample's text in a column: `input`, `target`, or one of its variables or metadata. */
function columnText({ input, target, variables, metadata }: SampleContent, column: string): string {
	if (column === 'input') return typeof input === 'string' ? input : input.map(({ content }) => content).join('\n\n');
	if (column === 'target') return target ?? '';
	const value = variables[column] ?? metadata[column];
	if (value === undefined || value === null) return '';
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Yields the samples of a dataset's latest version that have a text in this column, in order. */
export function* samplesWithColumn(
	{ database }: Pick<RetrievalContext, 'database'>,
	datasetId: number,
	column: string,
): Generator<{ readonly id: number; readonly key: string }, void> {
	const version = latestVersions(database).find((one) => one.datasetId === datasetId);
	if (version === undefined) return;
	for (const sample of readSamples(database, version.id)) if (columnText(sample, column).trim() !== '') yield sample;
}
