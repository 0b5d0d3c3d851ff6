import type { MessageFeedback } from '../../contract/feedback.ts';
import type { AnswerRow } from '../report.ts';

export const csvHead = csvLine([
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

/** One answer as a row. `at` is ISO 8601 in UTC, tags are separated by semicolons. */
export function csvRow(row: AnswerRow, said: MessageFeedback): string {
	return csvLine([
		String(row.messageId),
		String(row.conversationId),
		row.conversationTitle,
		new Date(row.at).toISOString(),
		row.modelName,
		row.quantization,
		said.rating ?? '',
		said.tags.join('; '),
		said.comment ?? '',
		row.prompt,
		row.answer,
		said.correction ?? '',
	]);
}

function csvLine(cells: readonly string[]): string {
	return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * A cell by RFC 4180. CSV is for spreadsheets, and a spreadsheet runs what begins like a formula: an apostrophe before
 * it keeps a model's words text (OWASP, "CSV injection"). JSON Lines carries them unchanged.
 */
function csvCell(text: string): string {
	const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
