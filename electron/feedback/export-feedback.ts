import { setImmediate } from 'node:timers/promises';
import type {
	FeedbackExport,
	FeedbackExportFormat,
	FeedbackFilter,
	MessageFeedback,
} from '../contract/feedback/schema.ts';
import type { ReadableDatabase } from '../database/database.ts';
import type { Reader } from '../database/reader.ts';
import { csvLine } from '../text/csv.ts';
import { type AnswerRow, readExportPage } from './report.ts';
import { readFeedback } from './store.ts';
import { preferenceLines, sftLines } from './training-lines.ts';

/** Answers examined per page. */
const rowsPerPage = 200;

/**
 * Size after which a page ends, in characters, because prompt paths can be long. The answer that exceeds it is still
 * included.
 */
const pageCharacters = 2_000_000;

/** Work between two runs of the event loop, ms: half a frame of the window. */
const sliceMs = 8;

const fileNames: Record<FeedbackExportFormat, string> = {
	sft: 'assay-feedback-sft.jsonl',
	preference: 'assay-feedback-preference.jsonl',
	csv: 'assay-feedback.csv',
};

/**
 * Exports one page of feedback, as training data or as a table. Feedback given between two pages appears in later
 * pages; no answer appears twice.
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
	let startedAt = performance.now();
	for (const [index, row] of rows.entries()) {
		const found = linesOf(database, row, format);
		lines += found.length;
		if (found.length === 0) leftOut += 1;
		text += found.join('');
		if (text.length > pageCharacters && index < rows.length - 1) {
			next = row.messageId;
			break;
		}
		if (performance.now() - startedAt > sliceMs) {
			await setImmediate();
			signal?.throwIfAborted();
			startedAt = performance.now();
		}
	}
	return { fileName: fileNames[format], text, lines, leftOut, next };
}

function linesOf(database: ReadableDatabase, row: AnswerRow, format: FeedbackExportFormat): string[] {
	const feedback = readFeedback(database, row.messageId);
	if (format === 'csv') return [csvRow(row, feedback)];
	const lines = format === 'sft' ? sftLines : preferenceLines;
	return lines(database, { ...feedback, answer: row.answer }).map((line) => `${JSON.stringify(line)}\n`);
}

const csvHead = csvLine([
	'message',
	'conversation',
	'title',
	'at',
	'model',
	'quantization',
	'rating',
	'tags',
	'comment',
	'prompt',
	'answer',
	'correction',
]);

/** Formats one answer as a row. `at` is ISO 8601 in UTC; tags are separated by semicolons. */
function csvRow(row: AnswerRow, feedback: MessageFeedback): string {
	return csvLine([
		String(row.messageId),
		String(row.conversationId),
		row.conversationTitle,
		new Date(row.at).toISOString(),
		row.modelName,
		row.quantization,
		feedback.rating ?? '',
		feedback.tags.join('; '),
		feedback.comment ?? '',
		row.prompt,
		row.answer,
		feedback.correction ?? '',
	]);
}
