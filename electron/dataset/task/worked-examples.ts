import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What BIG-Bench Hard puts before each question: what the task is, and examples that are worked out. */
export interface WorkedExamples {
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
