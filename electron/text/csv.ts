const formulaStart = /^[=+\-@\t\r]/;
const plainNumber = /^[+-]?\d[\d.,]*$/;

/**
 * Formats a cell by RFC 4180. Spreadsheets execute text that begins like a formula, and the words of models, hosts and
 * file names are untrusted, so an apostrophe keeps them text (OWASP, "CSV injection"). With `keepNumbers`, a text that
 * is a number stays as it is, because no spreadsheet executes a number.
 */
export function csvCell(text: string, { keepNumbers = false }: { readonly keepNumbers?: boolean } = {}): string {
	const isFormula = formulaStart.test(text) && !(keepNumbers && plainNumber.test(text));
	const safe = isFormula ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvLine(cells: readonly string[], options?: { readonly keepNumbers?: boolean }): string {
	return `${cells.map((cell) => csvCell(cell, options)).join(',')}\r\n`;
}
