import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asTexts } from '../format/values.ts';

/** Reference answers by the id of the question, one for each turn. */
export type References = ReadonlyMap<string, readonly string[]>;

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
