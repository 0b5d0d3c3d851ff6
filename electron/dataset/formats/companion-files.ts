import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asTexts } from './values.ts';

/** Reference answers by the id of the question, one for each turn. */
type References = ReadonlyMap<string, readonly string[]>;

/** Where MT-Bench keeps them: 30 answers of GPT-4 to what has a right answer (math, reasoning, coding). */
const referenceFolder = 'reference_answer';
const referenceName = /^(gpt-4|reference_answer)[\w.-]*\.jsonl$/i;
const mostSize = 20_000_000;

/** Files of the benchmark that hold no questions. */
const noQuestions = /(^|\/)(reference_answer\/[^/]*|gpt-4[\w.-]*\.jsonl|judge_prompts\.jsonl)$/i;

/** The lines of an answer file of MT-Bench: {question_id, choices[{turns}]}. null: the text is none. */
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

/** Of a file of questions: in the folder that MT-Bench has for them, or chosen together with it. */
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

/** Answers and judge prompts that were chosen with the questions are no questions. */
export function withoutReferences<File extends { readonly name: string }>(files: readonly File[]): readonly File[] {
	if (!files.some(({ name }) => basename(name) === 'question.jsonl')) return files;
	return files.filter(({ name }) => !noQuestions.test(name));
}

/** What BIG-Bench Hard puts before each question: what the task is, and examples that are worked out. */
interface WorkedExamples {
	readonly description: string;
	readonly examples: readonly { readonly question: string; readonly answer: string; readonly target: string }[];
}

const stem = (name: string): string => basename(name).replace(/\.[a-z]+$/i, '');

/** A prompt of the suite's folder cot-prompts; the canary above its line stays in the file. null: the text is none. */
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

/** Of a file of questions: beside it under the same name, or in the folder cot-prompts where the suite keeps them. */
export async function readWorkedExamples(path: string): Promise<WorkedExamples | null> {
	const name = `${stem(path)}.txt`;
	for (const place of [join(dirname(path), name), join(dirname(path), '..', 'cot-prompts', name)]) {
		try {
			const found = parseWorkedExamples(await readFile(place, 'utf8'));
			if (found !== null) return found;
		} catch {
			// Not there.
		}
	}
	return null;
}

/** Texts that were chosen with the questions they belong to: they are read with those. */
export function withoutWorkedExamples<File extends { readonly name: string }>(files: readonly File[]): readonly File[] {
	const questions = new Set(files.filter(({ name }) => /\.json$/i.test(name)).map(({ name }) => stem(name)));
	return files.filter(({ name }) => !/\.txt$/i.test(name) || !questions.has(stem(name)));
}

/** What a reader of a test set needs beside the row. */
export interface CompanionFiles {
	/** Of the right answers, where they stand in a file of their own. */
	readonly labels: readonly number[] | null;
	/** Examples that reason, where they stand in a file of their own. */
	readonly worked: WorkedExamples | null;
	/** Reference answers, where they stand in a file of their own. */
	readonly references: References | null;
}
