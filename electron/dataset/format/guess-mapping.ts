import type { Mapping } from '../../contract/dataset/import.ts';
import type { RowRecord } from '../read/rows.ts';
import { asText, asTexts, asWhole, letterIndex } from './values.ts';

/** What columns are usually called, the likeliest first. */
const names = {
	input: [
		...['input', 'question', 'prompt', 'query', 'instruction', 'problem', 'text', 'sentence', 'message', 'user'],
		...['request', 'source', 'content', 'document', 'context', 'review', 'title'],
	],
	target: [
		...['target', 'answer', 'output', 'expected', 'expected_output', 'reference', 'ideal', 'response', 'completion'],
		...['label', 'gold', 'solution', 'correct_answer', 'ground_truth', 'correct', 'class', 'sentiment', 'translation'],
	],
	choices: ['choices', 'options', 'endings', 'answers', 'candidates'],
	key: ['id', 'key', 'uid', 'uuid', 'sample_id', 'question_id', 'task_id'],
	split: ['split', 'set', 'partition', 'fold'],
	tags: ['tags', 'tag', 'category', 'topic', 'subject'],
	cluster: ['cluster', 'group', 'passage_id', 'document_id', 'context_id', 'conversation_id'],
};

/** Columns that hold one choice each. */
const choiceColumn = /^(?:choice|option|ending|answer)[ _-]?(?:[0-9]{1,2}|[a-j])$|^[a-j]$/i;

/** Whether a column is called like a question. */
export function namesQuestion(columns: readonly string[]): boolean {
	return columns.some((column) => names.input.includes(column.trim().toLowerCase()));
}

/** What the columns of rows seem to say. */
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
	// Alpaca's form: what to do, and with what.
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

/** The column with the longest texts is the likeliest question. */
function longest(columns: readonly string[], head: readonly RowRecord[]): string | null {
	const length = (column: string): number => head.reduce((sum, record) => sum + asText(record[column]).length, 0);
	return columns.reduce<string | null>(
		(best, column) => (best === null || length(column) > length(best) ? column : best),
		null,
	);
}

/** A column in which values repeat is no id. */
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
