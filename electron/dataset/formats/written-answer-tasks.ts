import { basename } from 'node:path/posix';
import type { RowRecord } from '../read/rows.ts';
import type { CompanionFiles } from './companion-files.ts';
import type { ImportedSample, RowPlace } from './format.ts';
import { choiceSample } from './multiple-choice-tasks.ts';
import { asList, asText, asTexts, textOrNull, variablesOf } from './values.ts';

type TaskSample = Partial<ImportedSample> | string;

/** The number after `####` becomes the target; the column `answer` keeps the reasoning before it. */
export function readGsm8k(record: RowRecord): TaskSample {
	const answer = asText(record.answer);
	const target = /####\s*(-?[\d.,]+)\s*$/.exec(answer)?.[1]?.replaceAll(',', '') ?? null;
	if (target === null) return 'its answer does not end with #### and a number';
	return { input: asText(record.question), target, variables: variablesOf(record) };
}

/**
 * The file name is the task within the suite. The canary is not imported. The first row also yields the examples, whose
 * `answer` is the worked solution.
 */
export function readBbh(
	record: RowRecord,
	{ file, row }: RowPlace,
	{ worked }: CompanionFiles,
): readonly Partial<ImportedSample>[] {
	const name = basename(file).replace(/\.json$/i, '');
	const more = { tags: [name.slice(0, 60)], metadata: { subtask: name } };
	const description = worked === null || worked.description === '' ? {} : { description: worked.description };
	const examples = row === 1 ? (worked?.examples ?? []) : [];
	return [
		...examples.map(({ question, answer, target }) => ({
			...more,
			input: question,
			target,
			split: 'examples',
			variables: { ...description, answer },
		})),
		{
			...more,
			input: asText(record.input),
			target: textOrNull(record.target),
			split: 'test',
			variables: description,
		},
	];
}

/** Puts the checkers' arguments into the metadata, without empty ones. */
export function readIfEval(record: RowRecord): TaskSample {
	const kwargs = asList(record.kwargs)?.map((each) =>
		Object.fromEntries(Object.entries((each ?? {}) as object).filter(([, value]) => value !== null)),
	);
	const instructions = asTexts(record.instruction_id_list);
	if (instructions === null || kwargs?.length !== instructions.length) return 'it has no list of instructions';
	return {
		key: textOrNull(record.key),
		input: asText(record.prompt),
		tags: [...new Set(instructions.map((id) => id.split(':')[0] ?? id))].slice(0, 8),
		metadata: { instruction_id_list: instructions, kwargs },
	};
}

/**
 * The best answer among the false ones, as in mc1. Its position depends on the question: always first, it would be
 * guessable. The official mc_task targets are another file.
 */
export function readTruthfulQa(record: RowRecord, { row }: RowPlace): TaskSample {
	const parted = (value: unknown): string[] =>
		asText(value)
			.split(';')
			.map((part) => part.trim())
			.filter((part) => part !== '');
	const best = asText(record['Best Answer']).trim();
	const wrong = parted(record['Incorrect Answers']);
	if (best === '' || wrong.length === 0) return 'it lacks a true or a false answer';
	const at = (row * 7) % (wrong.length + 1);
	const category = asText(record.Category);
	return choiceSample(asText(record.Question), [...wrong.slice(0, at), best, ...wrong.slice(at)], at, {
		tags: category === '' ? [] : [category.slice(0, 60)],
		variables: variablesOf(record, ['Question', 'Best Answer', 'Correct Answers', 'Incorrect Answers']),
		metadata: { correct: parted(record['Correct Answers']) },
	});
}

/** Programs are never executed; the tests are included for other tools. */
export function readHumanEval(record: RowRecord): TaskSample {
	return {
		key: textOrNull(record.task_id),
		input: asText(record.prompt),
		target: textOrNull(record.canonical_solution),
		metadata: { entry_point: asText(record.entry_point), test: asText(record.test) },
	};
}

/**
 * Reads the first of two turns: the second follows an answer that does not exist yet, and becomes the column `turn_2`
 * (its reference answer `reference_2`).
 */
export function readMtBench(record: RowRecord, _: RowPlace, { references }: CompanionFiles): TaskSample {
	const turns = asTexts(record.turns);
	if (turns === null) return 'it has no turns';
	// The questions' own references are short notes for people: the published judge is shown answers for 30 questions,
	// or none.
	const own = asTexts(record.reference);
	const reference = references === null ? own : (references.get(asText(record.question_id)) ?? null);
	const second = turns[1] === undefined ? {} : { turn_2: turns[1] };
	return {
		key: textOrNull(record.question_id),
		input: turns[0] ?? '',
		target: reference?.[0] || null,
		variables: { ...second, ...(reference?.[1] ? { reference_2: reference[1] } : {}) },
		tags: [asText(record.category)].filter((tag) => tag !== ''),
		metadata: { turns, ...(own === null ? {} : { reference: own }) },
		split: 'test',
	};
}
