import type { ImportFormat, Mapping } from '../../contract/dataset/schema.ts';
import { applyMapping, guessMapping } from './column-mapping.ts';
import type { CompanionFiles } from './companion-files.ts';
import { messagesFormat, preferenceFormat, turnsFormat } from './fine-tuning.ts';
import type { FileFacts, Format } from './format.ts';
import { inspectFormat } from './inspect.ts';
import { promptfooFormat } from './promptfoo.ts';
import { taskFormat } from './recognise-task.ts';
import { toolTaskFormat } from './tool-tasks.ts';

/**
 * Chooses how to read a file's rows: by their known format, else by columns. With `mapping`, always by these columns.
 */
export function recogniseFormat(file: FileFacts, facts: CompanionFiles, mapping: Mapping | null): Format {
	if (mapping !== null) return byColumns(file, mapping);
	return (
		taskFormat(file, facts) ??
		toolTaskFormat(file) ??
		promptfooFormat(file) ??
		inspectFormat(file) ??
		messagesFormat(file) ??
		preferenceFormat(file) ??
		turnsFormat(file) ??
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
