import type { ImportFormat, Mapping } from '../../contract/dataset/schema.ts';
import { applyMapping, guessMapping } from './column-mapping.ts';
import type { CompanionFiles } from './companion-files.ts';
import { messagesFormat, preferenceFormat } from './fine-tuning.ts';
import type { FileFacts, Format } from './format.ts';
import { inspectFormat } from './inspect.ts';
import { promptfooFormat } from './promptfoo.ts';
import { taskFormat } from './recognise-task.ts';

/** How a file's rows are read: as the form they have, else by columns. `mapping`: by these columns, whatever form it has. */
export function recogniseFormat(file: FileFacts, facts: CompanionFiles, mapping: Mapping | null): Format {
	if (mapping !== null) return byColumns(file, mapping);
	return (
		taskFormat(file, facts) ??
		promptfooFormat(file) ??
		inspectFormat(file) ??
		messagesFormat(file) ??
		preferenceFormat(file) ??
		byColumns(file, guessMapping(file.columns, file.head))
	);
}

function byColumns(file: FileFacts, mapping: Mapping): Format {
	return {
		format: writtenIn(file),
		task: null,
		name: null,
		mapping,
		read: (record) => applyMapping(record, mapping),
	};
}

function writtenIn({ container, name }: FileFacts): ImportFormat {
	if (container === 'jsonl') return 'jsonl';
	if (container !== 'table') return 'json';
	return /\.(tsv|tab)(\.gz)?$/i.test(name) ? 'tsv' : 'csv';
}
