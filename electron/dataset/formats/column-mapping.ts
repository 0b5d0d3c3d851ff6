import type { Mapping } from '../../contract/dataset/schema.ts';
import type { RowRecord } from '../read/rows.ts';
import { emptySample, type ImportedSample } from './format.ts';
import {
	asText,
	asTexts,
	asTurns,
	asWhole,
	choiceAt,
	isObject,
	letterIndex,
	textOrNull,
	variablesOf,
} from './values.ts';

/** Usual column names, the most likely first. */
const names = {
	input: [
		...['input', 'question', 'prompt', 'query', 'instruction', 'problem', 'text', 'sentence', 'message', 'user'],
		...['request', 'utterance', 'source', 'content', 'body', 'ticket', 'email', 'comment', 'post', 'tweet', 'review'],
		...['description', 'article', 'passage', 'abstract', 'document', 'context', 'title', 'subject'],
	],
	target: [
		...['target', 'answer', 'output', 'expected', 'expected_output', 'reference', 'ideal', 'response', 'completion'],
		...['label', 'gold', 'solution', 'correct_answer', 'ground_truth', 'correct', 'class', 'sentiment', 'translation'],
		// Often only a tag, so every other name comes first.
		...['summary', 'intent', 'verdict', 'category', 'topic'],
	],
	choices: ['choices', 'options', 'endings', 'answers', 'candidates'],
	key: ['id', 'key', 'uid', 'uuid', 'sample_id', 'question_id', 'task_id'],
	split: ['split', 'set', 'partition', 'fold'],
	tags: ['tags', 'tag', 'category', 'topic', 'subject'],
	cluster: ['cluster', 'group', 'passage_id', 'document_id', 'context_id', 'conversation_id'],
};

/** Columns that hold one choice each. */
const choiceColumn = /^(?:choice|option|ending|answer)[ _-]?(?:[0-9]{1,2}|[a-j])$|^[a-j]$/i;

/** Returns true if a column has a usual name for a question. */
export function namesQuestion(columns: readonly string[]): boolean {
	return columns.some((column) => names.input.includes(column.trim().toLowerCase()));
}

/** Guesses the meaning of the columns. */
export function guessMapping(columns: readonly string[], head: readonly RowRecord[]): Mapping {
	const find = (wanted: readonly string[]): string | null => {
		for (const name of wanted) {
			const column = columns.find((each) => each.trim().toLowerCase().replaceAll(/[ -]/g, '_') === name);
			if (column !== undefined) return column;
		}
		return null;
	};
	const choices = choicesOf(columns, head, find(names.choices));
	const target = find(names.target);
	const free = columns.filter((column) => column !== target && !choices.includes(column));
	// Alpaca's format: an instruction and its input.
	const alpaca = columns.includes('instruction') && columns.includes('input') && target !== null;
	const input = alpaca ? '{{instruction}}\n\n{{input}}' : (find(names.input) ?? longest(free, head) ?? '');
	const rest = (column: string | null): string | null => (column === input || column === target ? null : column);
	return {
		input,
		target,
		choices,
		choiceSeparator: '',
		targetIs: target === null || choices.length === 0 ? 'text' : targetForm(target, choices, head),
		key: rest(unique(find(names.key), head)),
		split: rest(find(names.split)),
		tags: [rest(find(names.tags))].filter((column) => column !== null),
		cluster: rest(find(names.cluster)),
		metadata: [],
	};
}

function choicesOf(columns: readonly string[], head: readonly RowRecord[], named: string | null): string[] {
	if (named !== null && head.some((record) => asTexts(record[named]) !== null)) return [named];
	const single = columns.filter((column) => choiceColumn.test(column.trim()));
	return single.length >= 2 ? single : [];
}

/** The column with the longest texts is most likely the question. */
function longest(columns: readonly string[], head: readonly RowRecord[]): string | null {
	const length = (column: string): number => head.reduce((sum, record) => sum + asText(record[column]).length, 0);
	return columns.reduce<string | null>(
		(best, column) => (best === null || length(column) > length(best) ? column : best),
		null,
	);
}

/** A column with repeated values cannot be the id. */
function unique(column: string | null, head: readonly RowRecord[]): string | null {
	if (column === null) return null;
	const values = head.map((record) => asText(record[column]));
	return new Set(values).size === values.length && !values.includes('') ? column : null;
}

function targetForm(target: string, choices: readonly string[], head: readonly RowRecord[]): Mapping['targetIs'] {
	const rows = head.map((record) => {
		const [only] = choices;
		const list = choices.length === 1 && only !== undefined ? asTexts(record[only]) : null;
		return { value: record[target], choices: list ?? choices.map((column) => asText(record[column])) };
	});
	if (rows.every(({ value, choices: texts }) => texts.includes(asText(value)))) return 'text';
	const numbers = rows.map(({ value }) => asWhole(value));
	if (numbers.every((number) => number !== null)) {
		const fromOne = rows.some(({ choices: texts }, row) => numbers[row] === texts.length);
		const zero = numbers.includes(0);
		return fromOne && !zero ? 'index-from-1' : 'index-from-0';
	}
	return rows.every(({ value }) => letterIndex(value) !== null) ? 'letter' : 'text';
}

/** Returns the value of a column in a row; `a.b` is field b of the object in a. */
export function valueAt(record: RowRecord, column: string): unknown {
	if (column in record) return record[column];
	let value: unknown = record;
	for (const part of column.split('.')) {
		if (!(isObject(value) || value === record)) return undefined;
		const holder = value as Record<string, unknown>;
		if (!Object.hasOwn(holder, part)) return undefined;
		value = holder[part];
	}
	return value;
}

/** Converts a row to samples according to the mapping; returns a text with the reason if it cannot. */
export function applyMapping(record: RowRecord, mapping: Mapping): readonly ImportedSample[] | string {
	const template = mapping.input.includes('{{');
	const asked = template ? fill(mapping.input, record) : valueAt(record, mapping.input);
	const input = (template ? null : asTurns(asked)) ?? asText(asked);
	if (input === '') return `“${mapping.input}” is empty`;
	const choices = choicesIn(record, mapping);
	const raw = mapping.target === null ? null : textOrNull(valueAt(record, mapping.target));
	const right = rightChoice(raw, choices, mapping);
	if (right === undefined) return `“${mapping.target ?? ''}” (${(raw ?? '').slice(0, 40)}) isn’t among its choices`;
	// Includes the target's own column: as a variable it would let a prompt show the model the answer.
	const elsewhere = [
		...[mapping.key, mapping.target, mapping.split, mapping.cluster].filter((column) => column !== null),
		...[...mapping.tags, ...mapping.metadata],
		// {{input}} refers to the input anyway.
		...(mapping.input === 'input' ? [mapping.input] : []),
	];
	return [
		{
			...emptySample,
			key: mapping.key === null ? null : textOrNull(valueAt(record, mapping.key)),
			input,
			target: right?.target ?? raw,
			choices,
			variables: variablesOf(record, elsewhere),
			metadata: {
				...Object.fromEntries(mapping.metadata.map((column) => [column, valueAt(record, column) ?? null])),
				...(right === null ? {} : { targetIndex: right.targetIndex }),
			},
			tags: mapping.tags.flatMap((column) => tagsIn(valueAt(record, column))),
			cluster: mapping.cluster === null ? null : textOrNull(valueAt(record, mapping.cluster)),
			split: mapping.split === null ? null : textOrNull(valueAt(record, mapping.split)),
		},
	];
}

/** Replaces names in {{braces}} with the value of their column, or with nothing if there is none. */
function fill(template: string, record: RowRecord): string {
	return template.replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, name: string) => asText(valueAt(record, name))).trim();
}

function choicesIn(record: RowRecord, { choices, choiceSeparator }: Mapping): readonly string[] | null {
	const [only] = choices;
	if (only === undefined) return null;
	const value = valueAt(record, only);
	if (choices.length > 1) {
		const texts = choices.map((column) => asText(valueAt(record, column)));
		// Questions may have fewer choices than the table has columns.
		while (texts.length > 0 && texts.at(-1) === '') texts.pop();
		return texts.length === 0 ? null : texts;
	}
	if (isObject(value)) return asTexts(value.text);
	const list = asTexts(value);
	if (list !== null || choiceSeparator === '') return list;
	return asText(value)
		.split(choiceSeparator)
		.map((part) => part.trim());
}

/** null: no choices, or no value; undefined: the value matches none of them. */
function rightChoice(raw: string | null, choices: readonly string[] | null, { targetIs }: Mapping) {
	if (choices === null || raw === null) return null;
	if (targetIs === 'text') {
		const index = choices.indexOf(raw);
		return index === -1 ? null : { target: raw, targetIndex: index };
	}
	const number = asWhole(raw);
	const index =
		targetIs === 'letter' ? letterIndex(raw) : number === null ? null : number - (targetIs === 'index-from-1' ? 1 : 0);
	return choiceAt(choices, index) ?? undefined;
}

function tagsIn(value: unknown): string[] {
	const list = asTexts(value) ?? asText(value).split(/[,;]/);
	return list.map((tag) => tag.trim().slice(0, 60)).filter((tag) => tag !== '');
}
