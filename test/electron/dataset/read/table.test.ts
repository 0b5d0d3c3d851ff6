import { describe, expect, test } from 'vitest';
import { cellsOf, detectDelimiter } from '../../../../electron/dataset/read/table.ts';

/** Number of rows and cells of a table that arrives in two pieces. */
async function sizeOf(text: string): Promise<{ rows: number; cells: number }> {
	const bytes = Buffer.from(text);
	const half = Math.floor(bytes.length / 2);
	async function* chunks() {
		yield { chunk: bytes.subarray(0, half), bytesRead: half };
		yield { chunk: bytes.subarray(half), bytesRead: bytes.length };
	}
	let rows = 0;
	let all = 0;
	for await (const { cells } of cellsOf(chunks(), { delimiter: ',', quotes: 'standard' }, 'sizes.csv')) {
		rows += cells.length;
		all += cells.reduce((sum, row) => sum + row.length, 0);
	}
	return { rows, cells: all };
}

/** 1,000 cells; 300 such rows have more cells, and more commas within cells, than one row may have. */
const wide = `${'"1,2",'.repeat(999)}1`;

describe('a table of more cells than a row may have is read', () => {
	test.for([
		['a quotation mark in the middle of a cell', '5" pipe,2', '\n'],
		['one after a doubled one', '"5"" pipe",7" pipe', '\n'],
		['line ends of old programs', 'a,b', '\r'],
		['line ends of Windows', '"a\r",b', '\r\n'],
	] as const)('%s', async ([, head, end]) => {
		const text = [head, ...new Array<string>(300).fill(wide)].join(end);
		expect(await sizeOf(text)).toEqual({ rows: 301, cells: 300_002 });
	});
});

test.for(['\n', '\r\n', '\r'])('a row that is too wide is named by its number: %j', async (end) => {
	const text = ['a,b', '"c\nd,",e', '1,'.repeat(200_001), 'f,g'].join(end);
	await expect(sizeOf(text)).rejects.toThrow('Row 3 of sizes.csv has more than 200,000 columns');
});

describe('the delimiter is detected', () => {
	test('with a quotation mark in the middle of a cell', () => {
		const rows = ['size, in inches\tname', '5" pipe\tone', '6 pipe\ttwo, long, thin', '7 pipe\tthree'];
		expect(detectDelimiter(`${rows.join('\n')}\n`)).toBe('\t');
	});

	test('not within quotation marks', () => {
		expect(detectDelimiter('1,"a;b;c"\n2,"d;e;f"\n3,"g ""h;i"";j"\n')).toBe(',');
	});
});
