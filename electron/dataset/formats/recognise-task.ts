import type { TaskId } from '../../contract/dataset/known-tasks.ts';
import type { RowRecord } from '../read/rows.ts';
import type { CompanionFiles } from './companion-files.ts';
import {
	emptySample,
	type FileFacts,
	type Format,
	type ImportedSample,
	type ReadRow,
	type RowPlace,
} from './format.ts';
import {
	hasSubjectColumns,
	readArc,
	readCommonsenseQa,
	readFoundryChoices,
	readHellaSwag,
	readMmlu,
	readPiqa,
	readWinogrande,
} from './multiple-choice-tasks.ts';
import { isBfcl, readBfcl } from './tool-tasks.ts';
import { asList } from './values.ts';
import { readBbh, readGsm8k, readHumanEval, readIfEval, readMtBench, readTruthfulQa } from './written-answer-tasks.ts';

type ReadTask = (
	record: RowRecord,
	place: RowPlace,
	facts: CompanionFiles,
) => Partial<ImportedSample> | readonly Partial<ImportedSample>[] | string;

interface TaskForm {
	readonly task: TaskId;
	/** Returns true if rows with these fields belong to this set. */
	readonly is: (record: RowRecord, file: FileFacts) => boolean;
	readonly read: ReadTask;
}

const has = (record: RowRecord, ...fields: readonly string[]): boolean =>
	fields.every((field) => record[field] !== undefined);

const isText = (value: unknown): boolean => typeof value === 'string';

const query = (record: RowRecord): string => (typeof record.query === 'string' ? record.query : '');

/** Recognised by the fields of their published forms; the first that fits all of the first rows is used. */
const forms: readonly TaskForm[] = [
	{ task: 'ifeval', is: (record) => has(record, 'prompt', 'instruction_id_list', 'kwargs'), read: readIfEval },
	{
		task: 'humaneval',
		is: (record) => has(record, 'task_id', 'prompt', 'entry_point', 'canonical_solution', 'test'),
		read: readHumanEval,
	},
	{
		task: 'gsm8k',
		is: (record) => has(record, 'question', 'answer') && /####\s*-?[\d.,]+\s*$/.test(String(record.answer)),
		read: readGsm8k,
	},
	{ task: 'bfcl', is: isBfcl, read: (record, _place, { calls }) => readBfcl(record, calls) },
	{ task: 'hellaswag', is: (record) => has(record, 'ctx', 'endings', 'activity_label'), read: readHellaSwag },
	{ task: 'piqa', is: (record) => has(record, 'goal', 'sol1', 'sol2'), read: readPiqa },
	{
		task: 'winogrande',
		is: (record) =>
			has(record, 'context_options', 'continuation', 'gold') || has(record, 'sentence', 'option1', 'option2'),
		read: readWinogrande,
	},
	{
		task: 'commonsense_qa',
		is: (record, { name }) =>
			has(record, 'query', 'choices', 'gold') && /common_?sense/i.test(name) && /\nChoices:\n/.test(query(record)),
		read: readFoundryChoices,
	},
	{
		task: 'commonsense_qa',
		is: (record) =>
			has(record, 'answerKey', 'question') &&
			(has(record, 'question_concept') || /"question_concept"/.test(JSON.stringify(record.question))),
		read: readCommonsenseQa,
	},
	...(['arc_easy', 'arc_challenge', 'arc'] as const).map((task) => ({
		task,
		is: (record: RowRecord, { name }: FileFacts) =>
			((has(record, 'query', 'choices', 'gold') && /arc/i.test(name)) || has(record, 'answerKey', 'question')) &&
			(task === 'arc' || new RegExp(task.slice(4), 'i').test(name)),
		read: readArc,
	})),
	{
		task: 'truthfulqa',
		is: (record) => has(record, 'Question', 'Best Answer', 'Incorrect Answers'),
		read: readTruthfulQa,
	},
	{ task: 'mmlu', is: hasSubjectColumns, read: readMmlu },
	{
		task: 'mt_bench',
		// Arena-Hard has the same fields, with objects as turns.
		is: (record) => has(record, 'question_id', 'category') && asList(record.turns)?.every(isText) === true,
		read: readMtBench,
	},
	{
		task: 'bbh',
		is: (record, { field, columns }) =>
			field === 'examples' && has(record, 'input', 'target') && columns.every((name) => /^(input|target)$/.test(name)),
		read: readBbh,
	},
];

/** Recognises a published test set by its form; null: unknown. */
export function taskFormat(file: FileFacts, facts: CompanionFiles): Format | null {
	const form = forms.find(({ is }) => file.head.length > 0 && file.head.every((record) => is(record, file)));
	if (form === undefined) return null;
	const read: ReadRow = (record, place) => {
		const read = form.read(record, place, facts);
		if (typeof read === 'string') return read;
		const samples: ImportedSample[] = [];
		for (const one of [read].flat()) {
			const { input } = one;
			if (input === undefined || input === '') return 'it has no question';
			const metadata = { task: form.task, ...one.metadata };
			samples.push({ ...emptySample, split: splitOfName(place.file), ...one, input, metadata });
		}
		return samples;
	};
	return { format: 'task', task: form.task, name: null, mapping: null, read };
}

/** Folders and names of published files: dev/ contains MMLU's few-shot examples. */
export function splitOfName(name: string): string | null {
	const word = /(?:^|[/_.-])(train|test|dev|val|valid|validation|examples?)(?=[/_.-]|$)/i
		.exec(name)?.[1]
		?.toLowerCase();
	if (word === undefined) return null;
	if (word === 'dev' || word.startsWith('example')) return 'examples';
	return word === 'train' ? 'train' : 'test';
}
