import { setImmediate } from 'node:timers/promises';
import type { FeedbackExport, FeedbackExportFormat, FeedbackFilter } from '../../contract/feedback.ts';
import type { ReadableDatabase } from '../../database/handle.ts';
import type { Reader } from '../../database/reader/reader.ts';
import { type AnswerRow, readExportPage } from '../report.ts';
import { readFeedback } from '../store.ts';
import { csvHead, csvRow } from './csv.ts';
import { preferenceLines, sftLines } from './lines.ts';

/** Answers looked at for one page. */
const rowsPerPage = 200;

/** A page ends after the answer with which it grows beyond this, in characters: prompt paths can be long. */
const pageCharacters = 2_000_000;

/** Work between two breaths of the event loop, ms: half of what a frame of the window has. */
const sliceMs = 8;

const fileNames: Record<FeedbackExportFormat, string> = {
	sft: 'assay-feedback-sft.jsonl',
	preference: 'assay-feedback-preference.jsonl',
	csv: 'assay-feedback.csv',
};

/**
 * One page of what was said, as training data or as a table. Feedback given between two pages is in the pages to come;
 * no answer comes twice.
 */
export async function exportFeedback(
	database: ReadableDatabase,
	reader: Reader,
	{ filter, format, after }: { filter: FeedbackFilter; format: FeedbackExportFormat; after: number | null },
	signal?: AbortSignal,
): Promise<FeedbackExport> {
	const { rows, upTo, last } = await readExportPage(reader, filter, after ?? 0, rowsPerPage, signal);
	let text = format === 'csv' && after === null ? csvHead : '';
	let lines = 0;
	let leftOut = 0;
	let next = last ? null : upTo;
	let begun = performance.now();
	for (const [index, row] of rows.entries()) {
		const found = linesOf(database, row, format);
		lines += found.length;
		if (found.length === 0) leftOut += 1;
		text += found.join('');
		if (text.length > pageCharacters && index < rows.length - 1) {
			next = row.messageId;
			break;
		}
		if (performance.now() - begun > sliceMs) {
			await setImmediate();
			signal?.throwIfAborted();
			begun = performance.now();
		}
	}
	return { fileName: fileNames[format], text, lines, leftOut, next };
}

function linesOf(database: ReadableDatabase, row: AnswerRow, format: FeedbackExportFormat): string[] {
	const said = readFeedback(database, row.messageId);
	if (format === 'csv') return [csvRow(row, said)];
	const lines = format === 'sft' ? sftLines : preferenceLines;
	return lines(database, { ...said, answer: row.answer }).map((line) => `${JSON.stringify(line)}\n`);
}
