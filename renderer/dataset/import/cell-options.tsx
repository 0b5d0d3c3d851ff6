import type { TableOptions } from '../../../electron/contract/dataset/import.ts';
import { Select } from '../../design/field/select.tsx';

const delimiters = [
	{ value: ',', words: 'Comma' },
	{ value: ';', words: 'Semicolon' },
	{ value: '\t', words: 'Tab' },
	{ value: '|', words: 'Bar' },
] as const;

const encodings = [
	{ value: 'utf-8', words: 'UTF-8' },
	{ value: 'windows-1252', words: 'Windows-1252' },
	{ value: 'utf-16le', words: 'UTF-16 LE' },
	{ value: 'utf-16be', words: 'UTF-16 BE' },
] as const;

/** How a table is cut into cells; what the file says itself stands chosen. */
export function CellOptions({ table, onChange }: { table: TableOptions; onChange: (table: TableOptions) => void }) {
	const delimiter = table.delimiter ?? ',';
	const known = delimiters.some(({ value }) => value === delimiter);
	return (
		<fieldset className="flex flex-wrap items-center gap-x-4 gap-y-2 text-xs text-ink-2">
			<legend className="sr-only">Cells</legend>
			<span className="flex items-center gap-1.5">
				<span aria-hidden>Cells end with</span>
				<Select<string>
					label="Cells end with"
					value={delimiter}
					options={known ? delimiters : [...delimiters, { value: delimiter, words: delimiter }]}
					onChange={(value) => onChange({ ...table, delimiter: value })}
				/>
			</span>
			<span className="flex items-center gap-1.5">
				<span aria-hidden>First row</span>
				<Select
					label="First row"
					value={table.head === false ? 'data' : 'names'}
					options={[
						{ value: 'names', words: 'names the columns' },
						{ value: 'data', words: 'is a sample' },
					]}
					onChange={(value) => onChange({ ...table, head: value === 'names' })}
				/>
			</span>
			<span className="flex items-center gap-1.5">
				<span aria-hidden>Encoding</span>
				<Select
					label="Encoding"
					value={table.encoding ?? 'utf-8'}
					options={encodings}
					onChange={(encoding) => onChange({ ...table, encoding })}
				/>
			</span>
		</fieldset>
	);
}
