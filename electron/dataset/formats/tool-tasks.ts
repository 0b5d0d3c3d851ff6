import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { RowRecord } from '../read/rows.ts';
import { emptySample, type FileFacts, type Format, type ImportedSample } from './format.ts';
import { asList, asText, asTexts, asTurns, isObject, textOrNull } from './values.ts';

/** BFCL's expected calls by id, as JSON text: 5.0 and 5 are different answers there. */
export type PossibleAnswers = ReadonlyMap<string, string>;

const answersFolder = 'possible_answer';
const mostSize = 20_000_000;

/** Reads the expected calls of a question file, which BFCL keeps in a folder beside it; null: there are none. */
export async function readPossibleAnswers(path: string): Promise<PossibleAnswers | null> {
	const file = join(dirname(path), answersFolder, basename(path));
	const { size } = await stat(file).catch(() => ({ size: Number.POSITIVE_INFINITY }));
	if (size > mostSize) return null;
	return parsePossibleAnswers(await readFile(file, 'utf8').catch(() => ''));
}

/** Parses lines of {id, ground_truth}. null: the text is something else. */
function parsePossibleAnswers(text: string): PossibleAnswers | null {
	const found = new Map<string, string>();
	for (const line of text.split('\n')) {
		if (line.trim() === '') continue;
		try {
			const { id, ground_truth: calls } = JSON.parse(line) as { id?: unknown; ground_truth?: unknown };
			if (id === undefined || !Array.isArray(calls)) return null;
			found.set(String(id), textOfCalls(line) ?? JSON.stringify(calls));
		} catch {
			return null;
		}
	}
	return found.size === 0 ? null : found;
}

/** The text of the last field of a line, with its numbers as they were written; null: it is another field. */
function textOfCalls(line: string): string | null {
	const [, calls] = /"ground_truth"\s*:\s*(\[[\s\S]*\])\s*\}\s*$/.exec(line) ?? [];
	try {
		return calls !== undefined && Array.isArray(JSON.parse(calls)) ? calls : null;
	} catch {
		return null;
	}
}

/** Leaves out answers that were chosen with their questions: they are read with those. */
export function withoutPossibleAnswers<File extends { readonly name: string }>(
	files: readonly File[],
): readonly File[] {
	const others = files.filter(({ name }) => !name.split('/').includes(answersFolder));
	return others.length === 0 ? files : others;
}

/** Whether a row is a question of BFCL: conversations as lists of turns, and functions. */
export function isBfcl(record: RowRecord): boolean {
	const [first] = asList(record.question) ?? [];
	return asTurns(first) !== null && (Array.isArray(record.function) || isObject(record.function));
}

/** BFCL's categories, by the beginning of an id: "live_parallel_multiple_3-1-0". */
const category = /^(?:live_)?(simple|multiple|parallel_multiple|parallel|irrelevance|relevance)/;

/** Reads a question of BFCL, in one language and one turn: the others are scored by programs of BFCL's own. */
export function readBfcl(record: RowRecord, answers: PossibleAnswers | null): Partial<ImportedSample> | string {
	const id = asText(record.id);
	if (/^simple_java/.test(id)) return 'its arguments are Java or JavaScript, which Assay doesn’t compare';
	const asked = asList(record.question) ?? [];
	if (asked.length !== 1) return 'it has several turns, which BFCL scores by running programs of its own';
	const kind = category.exec(id)?.[1] ?? null;
	const own = Array.isArray(record.ground_truth) ? JSON.stringify(record.ground_truth) : (answers?.get(id) ?? null);
	const calls = kind === 'irrelevance' ? [] : kind === 'relevance' ? 'any' : own;
	if (calls === null) return `its answer is missing: put the file of the same name into ${answersFolder}/ beside it`;
	const turns = asTurns(asked[0]) ?? [];
	const [only] = turns;
	return {
		key: id === '' ? null : id,
		input: turns.length === 1 && only !== undefined ? only.content : turns,
		tags: kind === null ? [] : [kind.replaceAll('_', '-'), ...(id.startsWith('live_') ? ['live'] : [])],
		metadata: { tools: Array.isArray(record.function) ? record.function : [record.function], calls },
		split: 'test',
	};
}

/** Fields of a tool task that go into the metadata. */
const taskFields = ['tools', 'calls', 'recordings', 'followUps'];

/** Recognises JSON Lines with tools and expected calls as fields of their own. */
export function toolTaskFormat({ head, container }: FileFacts): Format | null {
	const isTask = (record: RowRecord): boolean =>
		record.input !== undefined && Array.isArray(record.tools) && record.metadata === undefined;
	if (container === 'table' || head.length === 0 || !head.every(isTask)) return null;
	return {
		format: container === 'jsonl' ? 'jsonl' : 'json',
		task: null,
		name: 'tool tasks',
		mapping: null,
		read(record) {
			const input = asTurns(record.input) ?? textOrNull(record.input);
			if (input === null) return 'it has no input';
			const given = taskFields.filter((field) => record[field] !== undefined);
			return [
				{
					...emptySample,
					key: textOrNull(record.id ?? record.key),
					input,
					target: textOrNull(record.target),
					tags: asTexts(record.tags) ?? [],
					cluster: textOrNull(record.cluster),
					split: textOrNull(record.split),
					metadata: Object.fromEntries(given.map((field) => [field, record[field]])),
				},
			];
		},
	};
}
