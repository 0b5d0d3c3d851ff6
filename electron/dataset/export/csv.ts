import type { Sample } from '../../contract/dataset/sample.ts';

const fields = ['id', 'input', 'target', 'choices', 'split', 'tags', 'cluster'] as const;

/** The head: fields of a sample, then the variables that the samples have. */
export function csvHead(variables: readonly string[]): string {
	return csvLine([...fields, ...variables]);
}

/** One sample. Turns and choices are JSON, tags separated by semicolons. */
export function csvRow(sample: Sample, variables: readonly string[]): string {
	const { key, input, target, choices, split, tags, cluster } = sample;
	return csvLine([
		key,
		typeof input === 'string' ? input : JSON.stringify(input),
		target ?? '',
		choices === null ? '' : JSON.stringify(choices),
		split,
		tags.join('; '),
		cluster ?? '',
		...variables.map((name) => sample.variables[name] ?? ''),
	]);
}

function csvLine(cells: readonly string[]): string {
	return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * A cell by RFC 4180. A spreadsheet runs what begins like a formula: an apostrophe before it keeps it text (OWASP, "CSV
 * injection"), except before a number, which no spreadsheet runs. JSON Lines carries everything unchanged.
 */
function csvCell(text: string): string {
	const formula = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d[\d.,]*$/.test(text);
	const safe = formula ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
