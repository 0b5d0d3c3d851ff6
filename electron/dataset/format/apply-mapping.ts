import type { Mapping } from '../../contract/dataset/import.ts';
import type { RowRecord } from '../read/rows.ts';
import { emptySample, type ImportedSample } from './incoming.ts';
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

/** What a column says in a row; `a.b` is the field b of the object in a. */
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

/** A row as a sample, as the mapping says. A text says why it is none. */
export function applyMapping(record: RowRecord, mapping: Mapping): readonly ImportedSample[] | string {
	const template = mapping.input.includes('{{');
	const asked = template ? fill(mapping.input, record) : valueAt(record, mapping.input);
	const input = (template ? null : asTurns(asked)) ?? asText(asked);
	if (input === '') return `“${mapping.input}” is empty`;
	const choices = choicesIn(record, mapping);
	const raw = mapping.target === null ? null : textOrNull(valueAt(record, mapping.target));
	const right = rightChoice(raw, choices, mapping);
	if (right === undefined) return `“${mapping.target ?? ''}” (${(raw ?? '').slice(0, 40)}) is none of its choices`;
	// The target's own column, too: as a variable it would let a prompt show the model the answer.
	const elsewhere = [
		...[mapping.key, mapping.target, mapping.split, mapping.cluster].filter((column) => column !== null),
		...[...mapping.tags, ...mapping.metadata],
		// {{input}} is the input anyway.
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

/** Names in {{braces}} become what stands in their columns; without a column, nothing. */
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

/** null: there are no choices, or nothing is said; undefined: what is said is none of them. */
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
