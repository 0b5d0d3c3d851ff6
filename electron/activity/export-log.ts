import type { ActivityEntry, ActivityFilter } from '../contract/activity/schema.ts';
import type { Reader } from '../database/reader.ts';
import { csvLine } from '../text/csv.ts';
import { type EntryRow, entriesAfter, entryOf, filterParameters } from './log-entries.ts';

/** Entries per page. */
const pageSize = 1_000;

const head = [
	...['id', 'at', 'kind', 'subject', 'result', 'outcome', 'message', 'purpose', 'bytes'],
	...['prompt_tokens', 'cached_tokens', 'completion_tokens', 'ttft_ms', 'prompt_ms', 'generation_ms', 'details'],
];

/** Exports one page of the log as CSV or as part of one JSON array; the pages' texts joined make the whole file. */
export async function exportEntries(
	reader: Reader,
	{ filter, format, after }: { filter: ActivityFilter; format: 'csv' | 'json'; after: number | null },
	signal?: AbortSignal,
): Promise<{ fileName: string; text: string; entries: number; next: number | null }> {
	const parameters = { ...filterParameters(filter), after: after ?? 0, limit: pageSize };
	const rows = await reader.all<EntryRow>(entriesAfter, parameters, signal);
	const next = rows.length < pageSize ? null : (rows.at(-1)?.id ?? null);
	const entries = rows.map(entryOf);
	const text = format === 'csv' ? csvPage(entries, after === null) : jsonPage(entries, after === null, next === null);
	return { fileName: `assay-activity.${format}`, text, entries: rows.length, next };
}

function jsonPage(entries: readonly ActivityEntry[], first: boolean, last: boolean): string {
	const begin = first ? '[\n' : entries.length > 0 ? ',\n' : '';
	const lines = entries.map((entry) => JSON.stringify({ ...entry, at: new Date(entry.at).toISOString() }));
	return `${begin}${lines.join(',\n')}${last ? '\n]\n' : ''}`;
}

function csvPage(entries: readonly ActivityEntry[], first: boolean): string {
	return `${first ? csvLine(head) : ''}${entries.map(csvRow).join('')}`;
}

function csvRow({ id, at, kind, subject, result, outcome, message, facts, figures }: ActivityEntry): string {
	const { purpose = '', bytes = '', ...details } = facts;
	const numbers = figures
		? [figures.promptTokens, figures.cachedTokens, figures.completionTokens]
				.concat([figures.ttftMs, figures.promptMs, figures.generationMs].map((ms) => Math.round(ms * 10) / 10))
				.map(String)
		: Array.from({ length: 6 }, () => '');
	return csvLine([
		...[String(id), new Date(at).toISOString(), kind, subject, result, outcome, message ?? ''],
		...[String(purpose), String(bytes), ...numbers],
		Object.keys(details).length === 0 ? '' : JSON.stringify(details),
	]);
}
