import { basename } from 'node:path/posix';
import type { RowRecord } from '../read/rows.ts';
import type { CompanionFiles } from './companion-files.ts';
import type { FileFacts, ImportedSample, RowPlace } from './format.ts';
import { asText, asTexts, asWhole, choiceAt, isObject, letterIndex, textOrNull, variablesOf } from './values.ts';

type TaskSample = Partial<ImportedSample> | string;

const noAnswer = 'its correct choice isn’t among its choices';

/** Creates a sample for a question with one right choice. */
export function choiceSample(
	input: string,
	choices: readonly string[] | null,
	index: number | null,
	more: Partial<ImportedSample> = {},
): TaskSample {
	if (choices === null) return 'it has no choices';
	const right = choiceAt(choices, index);
	if (right === null) return noAnswer;
	const metadata = { ...more.metadata, targetIndex: right.targetIndex };
	return { ...more, input, choices, target: right.target, metadata };
}

/**
 * Reads ARC: llm-foundry's {query, choices, gold}, AllenAI's {question: {stem, choices}, answerKey}, or Hugging Face's
 * form.
 */
export function readArc(record: RowRecord, _place: RowPlace): TaskSample {
	if (record.query !== undefined) {
		const input = asText(record.query).replace(/^Question:\s*/, '');
		return choiceSample(input, asTexts(record.choices), asWhole(record.gold));
	}
	return readKeyed(record);
}

/** Reads {question, choices: {text, label}, answerKey} and {question: {stem, choices: [{text, label}]}, answerKey}. */
function readKeyed(record: RowRecord, more: Partial<ImportedSample> = {}): TaskSample {
	const question = isObject(record.question) ? record.question : null;
	const input = question === null ? asText(record.question) : asText(question.stem);
	const given = question?.choices ?? record.choices;
	const pairs = Array.isArray(given)
		? given.filter(isObject).map(({ text, label }) => ({ text: asText(text), label: asText(label) }))
		: isObject(given)
			? (asTexts(given.text) ?? []).map((text, index) => ({ text, label: (asTexts(given.label) ?? [])[index] ?? '' }))
			: [];
	const index = pairs.findIndex(({ label }) => label === asText(record.answerKey));
	return choiceSample(input, pairs.length === 0 ? null : pairs.map(({ text }) => text), index === -1 ? null : index, {
		...more,
		key: textOrNull(record.id),
	});
}

export function readCommonsenseQa(record: RowRecord, _place: RowPlace): TaskSample {
	const inside = isObject(record.question) ? record.question.question_concept : undefined;
	const concept = textOrNull(record.question_concept ?? inside);
	return readKeyed(record, concept === null ? {} : { variables: { question_concept: concept } });
}

/** llm-foundry's CommonsenseQA lists the choices in the question and has letters as choices. */
export function readFoundryChoices(record: RowRecord, _place: RowPlace): TaskSample {
	const [, question, lines] =
		/^(?:Question:\s*)?([\s\S]*?)\nChoices:\n([\s\S]*?)\nAnswer:\s*$/.exec(asText(record.query)) ?? [];
	if (question === undefined || lines === undefined) return 'its question does not list the choices';
	const choices = lines.split(/\n(?=[A-Z]\. )/).map((line) => line.replace(/^[A-Z]\. /, ''));
	return choiceSample(question, choices, asWhole(record.gold));
}

/**
 * Reads HellaSwag as lm-evaluation-harness prepares it: the activity, then the context with its last part capitalised;
 * traces of WikiHow's markup are removed from both.
 */
export function readHellaSwag(record: RowRecord, _place: RowPlace): TaskSample {
	const b = asText(record.ctx_b);
	const context = `${asText(record.ctx_a)} ${b.slice(0, 1).toUpperCase()}${b.slice(1).toLowerCase()}`;
	const endings = asTexts(record.endings)?.map(plainWikiHow) ?? null;
	const label = textOrNull(record.label);
	const activity = asText(record.activity_label);
	return choiceSample(plainWikiHow(`${activity}: ${context}`), endings, asWhole(label), {
		key: textOrNull(record.ind),
		// Rows of one video or article are not independent.
		cluster: textOrNull(record.source_id),
		variables: variablesOf(record, ['endings', 'label', 'ind', 'source_id', 'split']),
		split: null,
	});
}

function plainWikiHow(text: string): string {
	return text
		.trim()
		.replaceAll(' [title]', '. ')
		.replaceAll(/\[.*?\]/g, '')
		.replaceAll('  ', ' ');
}

export function readPiqa(record: RowRecord, { row }: RowPlace, { labels }: CompanionFiles): TaskSample {
	const label = asWhole(record.label) ?? labels?.[row - 1] ?? null;
	if (label === null) {
		return 'the file has no correct answers: select valid-labels.lst from the same folder, too';
	}
	return choiceSample(asText(record.goal), [asText(record.sol1), asText(record.sol2)], label, { split: 'test' });
}

/** Reads a sentence with `_` as the placeholder for the two options. */
export function readWinogrande(record: RowRecord, _place: RowPlace): TaskSample {
	if (record.sentence !== undefined) {
		const index = asWhole(record.answer);
		return choiceSample(
			asText(record.sentence),
			[asText(record.option1), asText(record.option2)],
			index === null ? null : index - 1,
			{ key: textOrNull(record.qID) },
		);
	}
	const [one = '', other = ''] = asTexts(record.context_options) ?? [];
	let common = 0;
	while (common < one.length && one[common] === other[common]) common += 1;
	// The options may begin with the same letters: cut at word boundaries.
	const start = one.lastIndexOf(' ', common - 1) + 1;
	const sentence = `${one.slice(0, start)}_ ${asText(record.continuation).trimStart()}`;
	return choiceSample(
		sentence,
		[one.slice(start), other.slice(start)],
		asWhole(record.gold) ?? letterIndex(record.gold),
	);
}

const columns = ['choice0', 'choice1', 'choice2', 'choice3'];
const letters = ['A', 'B', 'C', 'D'];
/** Hendrycks' own files have no header. */
const unnamed = [1, 2, 3, 4, 5, 6].map((number) => `column ${number}`);

/**
 * Accepts Hugging Face's CSV (question, choice0…, answer), letters as columns, {question, subject, choices, answer}, or
 * no header.
 */
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
			// As in MMLU's prompts.
			variables: { subject: subject.replaceAll('_', ' ') },
			metadata: { subject },
		},
	);
}
