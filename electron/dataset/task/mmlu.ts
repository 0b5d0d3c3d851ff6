import { basename } from 'node:path/posix';
import type { FileFacts, ImportedSample, RowPlace } from '../format/incoming.ts';
import { asText, asTexts, asWhole, letterIndex } from '../format/values.ts';
import type { RowRecord } from '../read/rows.ts';
import { choiceSample } from './choices.ts';

const columns = ['choice0', 'choice1', 'choice2', 'choice3'];
const letters = ['A', 'B', 'C', 'D'];
/** Hendrycks' own files have no head. */
const unnamed = [1, 2, 3, 4, 5, 6].map((number) => `column ${number}`);

/** Hugging Face's CSV (question, choice0…, answer), letters as columns, {question, subject, choices, answer}, or no head. */
export function hasSubjectColumns(record: RowRecord, { name, container }: FileFacts): boolean {
	const answer = record.answer ?? record.target;
	if (record.question !== undefined && answer !== undefined) {
		if (columns.every((column) => record[column] !== undefined)) return true;
		if (letters.every((letter) => record[letter] !== undefined)) return true;
		return record.subject !== undefined && asTexts(record.choices)?.length === 4;
	}
	return (
		container === 'table' &&
		/_(?:test|dev|val)\.csv$/i.test(name) &&
		unnamed.every((column) => record[column] !== undefined) &&
		/^[A-D]$/.test(asText(record['column 6']))
	);
}

export function readMmlu(record: RowRecord, { file }: RowPlace): Partial<ImportedSample> | string {
	const list = asTexts(record.choices);
	const from = record.question === undefined ? unnamed.slice(1, 5) : record.choice0 === undefined ? letters : columns;
	const choices = list ?? from.map((column) => asText(record[column]));
	const answer = record.answer ?? record.target ?? record['column 6'];
	const subject = asText(record.subject) || basename(file).replace(/(?:_(?:test|dev|val))?\.[a-z]+(?:\.gz)?$/i, '');
	return choiceSample(
		asText(record.question ?? record['column 1']).trim(),
		choices,
		asWhole(answer) ?? letterIndex(answer),
		{
			tags: [subject.slice(0, 60)],
			// As the prompts of MMLU name it.
			variables: { subject: subject.replaceAll('_', ' ') },
			metadata: { subject },
		},
	);
}
