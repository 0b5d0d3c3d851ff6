import { Failure } from '../../../models/contract/failure.ts';
import type { Mapping, TableOptions } from '../../contract/dataset/import.ts';
import type { SourceFile } from '../../conversation/exchange/read/find-files.ts';
import type { SourceRow } from '../read/rows.ts';
import { type CleanSample, cleanSample } from './content.ts';
import { type OpenedSource, openSource } from './open-source.ts';
import type { ImportProblems } from './problems.ts';

/** A file, and how its rows are read. */
export interface FileOfSamples {
	readonly file: SourceFile;
	readonly source: OpenedSource;
}

/** What a file may be that holds no samples, or none that can be read. */
const skippableFailures = ['import-unreadable', 'table-unreadable'];

/**
 * Opens one file after the other. Of several, one that holds no samples is passed over and told of. Throws its Failure
 * where there is no other.
 */
export async function* openSources(
	files: readonly SourceFile[],
	{ mapping, table }: { readonly mapping: Mapping | null; readonly table: TableOptions | null },
	problems: ImportProblems,
): AsyncGenerator<FileOfSamples> {
	let opened = 0;
	let failure: Failure | null = null;
	for (const file of files) {
		let source: OpenedSource;
		try {
			source = await openSource(file, mapping, table);
		} catch (error) {
			if (!(error instanceof Failure) || !skippableFailures.includes(error.code)) throw error;
			failure ??= error;
			problems.passOver(file.name, error.message);
			continue;
		}
		opened += 1;
		yield { file, source };
	}
	if (opened === 0 && failure !== null) throw failure;
}

/** The samples of a row, safe to store; what is none, and what could not be read whole, is told of. */
export function* readRowSamples(
	{ file, source }: FileOfSamples,
	row: SourceRow,
	tags: readonly string[],
	problems: ImportProblems,
): Generator<CleanSample, void> {
	const where = `${file.name}, row ${row.row}`;
	const found = 'problem' in row ? row.problem : source.format.read(row.record, { file: file.name, row: row.row });
	if (typeof found === 'string') return problems.skip(where, found);
	for (const incoming of found) {
		const sample = cleanSample(incoming, tags);
		if (typeof sample === 'string') {
			problems.skip(where, sample);
			continue;
		}
		if (hasReplacement(sample.content)) problems.replaced(where);
		yield sample;
	}
}

function hasReplacement({ input, target }: CleanSample['content']): boolean {
	const asked = typeof input === 'string' ? input : input.map(({ content }) => content).join('');
	return asked.includes('\uFFFD') || (target ?? '').includes('\uFFFD');
}
