import readXlsxFile from 'read-excel-file/node';
import { detectHead } from '../../../dataset/read/table.ts';
import { DocumentBuilder } from '../document-builder.ts';
import type { ParsedDocument } from '../parsed-document.ts';

/** Rows that are examined for a header. */
const examined = 20;

/** Reads a workbook: a sheet is a section, its first row the header if it looks like one. */
export async function readXlsx(name: string, bytes: Uint8Array): Promise<ParsedDocument> {
	const builder = new DocumentBuilder(name);
	const sheets = await readXlsxFile(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
	for (const { sheet, data } of sheets) {
		const rows = data
			.map((row) => row.map(cellText))
			.filter((row) => row.some((cell) => cell !== ''))
			.map((row) => row.slice(0, row.findLastIndex((cell) => cell !== '') + 1));
		if (rows.length === 0) continue;
		builder.add('heading', sheet, { level: 1 });
		const hasHeader = rows.length > 1 && rows[0]!.length > 1 && detectHead(rows.slice(0, examined));
		for (const [index, row] of rows.entries()) {
			builder.add(index === 0 && hasHeader ? 'table-header' : 'table-row', row.join(' | '));
		}
	}
	return builder.finish('xlsx', null);
}

function cellText(cell: unknown): string {
	if (cell === null || cell === undefined) return '';
	// A day has no time.
	if (cell instanceof Date)
		return cell
			.toISOString()
			.replace(/T00:00:00\.000Z$/, '')
			.replace(/\.000Z$/, 'Z');
	return String(cell).replaceAll(/\s+/g, ' ').trim();
}
