import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PossibleAnswers } from './tool-tasks.ts';
import { asTexts } from './values.ts';

/** Reference answers by question id, one per turn. */
type References = ReadonlyMap<string, readonly string[]>;

/**
 * Folder in which MT-Bench keeps them: 30 answers of GPT-4 to questions that have a right answer (math, reasoning,
 * coding).
 */
const referenceFolder = 'reference_answer';
const referenceName = /^(gpt-4|reference_answer)[\w.-]*\.jsonl$/i;
const mostSize = 20_000_000;

/** Files of the benchmark without questions. */
const noQuestions = /(^|\/)(reference_answer\/[^/]*|gpt-4[\w.-]*\.jsonl|judge_prompts\.jsonl)$/i;

/** Parses an answer file of MT-Bench, with lines {question_id, choices[{turns}]}. null: the text is something else. */
export function parseReferences(text: string): References | null {
	const found = new Map<string, readonly string[]>();
	for (const line of text.split('\n')) {
		if (line.trim() === '') continue;
		try {
			const { question_id: id, choices } = JSON.parse(line) as {
				question_id?: unknown;
				choices?: { turns?: unknown }[];
			};
			const turns = asTexts(choices?.[0]?.turns);
			if (id === undefined || turns === null) return null;
			found.set(String(id), turns);
		} catch {
			return null;
		}
	}
	return found.size === 0 ? null : found;
}

/** Reads the references of a question file: from MT-Bench's folder for them, or from a file chosen together with it. */
export async function readReferences(path: string): Promise<References | null> {
	const here = dirname(path);
	for (const [place, fits] of [
		[join(here, referenceFolder), (name: string) => name.endsWith('.jsonl')],
		[here, (name: string) => referenceName.test(name)],
	] as const) {
		const names = await readdir(place).catch(() => []);
		for (const name of names.filter(fits).toSorted()) {
			const file = join(place, name);
			const { size } = await stat(file).catch(() => ({ size: Number.POSITIVE_INFINITY }));
			if (size > mostSize) continue;
			const found = parseReferences(await readFile(file, 'utf8').catch(() => ''));
			if (found !== null) return found;
		}
	}
	return null;
}

/** Leaves out answers and judge prompts that were chosen with the questions. */
export function withoutReferences<File extends { readonly name: string }>(files: readonly File[]): readonly File[] {
	if (!files.some(({ name }) => basename(name) === 'question.jsonl')) return files;
	return files.filter(({ name }) => !noQuestions.test(name));
}

/** The text that BIG-Bench Hard puts before each question: the task and worked examples. */
interface WorkedExamples {
	readonly description: string;
	readonly examples: readonly { readonly question: string; readonly answer: string; readonly target: string }[];
}

const stem = (name: string): string => basename(name).replace(/\.[a-z]+$/i, '');

/**
 * Parses a prompt from the suite's folder cot-prompts, without the canary above its line. null: the text is something
 * else.
 */
export function parseWorkedExamples(text: string): WorkedExamples | null {
	const prompt = text.replaceAll('\r\n', '\n').replace(/^[\s\S]*?\n-{3,}\n/, '');
	const [description = '', ...parts] = prompt.split(/\n+Q: /);
	const examples = parts.flatMap((part) => {
		const [, question, answer] = /^([\s\S]+?)\nA: Let's think step by step\.\n([\s\S]+)$/.exec(part.trim()) ?? [];
		const target = /the answer is (.+?)\.?\s*$/i.exec(answer ?? '')?.[1];
		return question === undefined || answer === undefined || target === undefined ? [] : [{ question, answer, target }];
	});
	return examples.length === 0 || examples.length < parts.length ? null : { description: description.trim(), examples };
}

/**
 * Reads the worked examples of a question file: from the same folder under the same name, or from the suite's folder
 * cot-prompts.
 */
export async function readWorkedExamples(path: string): Promise<WorkedExamples | null> {
	const name = `${stem(path)}.txt`;
	for (const place of [join(dirname(path), name), join(dirname(path), '..', 'cot-prompts', name)]) {
		try {
			const found = parseWorkedExamples(await readFile(place, 'utf8'));
			if (found !== null) return found;
		} catch {
			// The file does not exist.
		}
	}
	return null;
}

/** Leaves out texts chosen together with their questions: they are read with those. */
export function withoutWorkedExamples<File extends { readonly name: string }>(files: readonly File[]): readonly File[] {
	const questions = new Set(files.filter(({ name }) => /\.json$/i.test(name)).map(({ name }) => stem(name)));
	return files.filter(({ name }) => !/\.txt$/i.test(name) || !questions.has(stem(name)));
}

/** Additional files that the reader of a test set needs. */
export interface CompanionFiles {
	/** Right answers, if they are in a separate file. */
	readonly labels: readonly number[] | null;
	/** Worked examples, if they are in a separate file. */
	readonly worked: WorkedExamples | null;
	/** Reference answers, if they are in a separate file. */
	readonly references: References | null;
	/** Expected calls of tools, if they are in a separate file. */
	readonly calls: PossibleAnswers | null;
}
