import { rowFields } from './json.ts';
import { type RowRecord, recordOf } from './rows.ts';

/** The rows of a document that was parsed whole: the list it is, a list in it, or itself. */
export function rowsOfDocument(value: unknown): {
	readonly rows: readonly unknown[];
	readonly field: string | null;
	readonly document: RowRecord | null;
} {
	if (Array.isArray(value)) return { rows: value, field: null, document: null };
	if (typeof value !== 'object' || value === null) return { rows: [value], field: null, document: null };
	const document = recordOf(value);
	for (const field of [...rowFields, 'results']) {
		const list = document[field];
		if (Array.isArray(list) && list.length > 0) return { rows: list, field, document };
	}
	// promptfoo's outputs from version 2 on: {results: {results: […]}}.
	const results = document.results;
	if (typeof results === 'object' && results !== null && 'results' in results && Array.isArray(results.results)) {
		return { rows: results.results, field: 'results', document };
	}
	return { rows: [document], field: null, document };
}
