import type { LikelihoodItem, MeasureRow } from '../../../models/contract/native/tasks.ts';
import { text } from '../prompts.ts';

/** Most tokens that a sample generates; text like that of the prompts seldom ends earlier. */
export const generatedTokens = 32;

/** Makes prompts that share their first 400 tokens and end with 40 of their own. */
export function evalPrompts(samples: number): string[] {
	const shared = text(400, 1);
	return Array.from({ length: samples }, (_, index) => `${shared}\n${text(40, 100 + index)}`);
}

export function evalRows(prompts: readonly string[]): MeasureRow[] {
	return prompts.map((prompt, index) => ({
		prompt: { text: prompt },
		sampling: {
			temperature: 0,
			topK: 40,
			topP: 0.95,
			minP: 0.05,
			repeatPenalty: 1,
			maxTokens: generatedTokens,
			stop: [],
		},
		seed: index,
	}));
}

/** Makes questions with four choices after five examples. */
export function evalItems(questions: number): LikelihoodItem[] {
	const shots = Array.from({ length: 5 }, (_, index) => `Question: ${text(60, index)}\nAnswer: ${text(8, 20 + index)}`);
	return Array.from({ length: questions }, (_, index) => ({
		context: `${shots.join('\n\n')}\n\nQuestion: ${text(30, 50 + index)}\nAnswer:`,
		continuations: Array.from({ length: 4 }, (_choice, choice) => ` ${text(6, 1000 + index * 4 + choice)}`),
	}));
}

/** Lets `slots` callers take the samples in order; resolves when all are answered. */
export async function inSlots(
	slots: number,
	samples: number,
	answer: (sample: number, slot: number) => Promise<void>,
): Promise<void> {
	let next = 0;
	const work = async (slot: number): Promise<void> => {
		for (let sample = next++; sample < samples; sample = next++) await answer(sample, slot);
	};
	await Promise.all(Array.from({ length: slots }, (_, slot) => work(slot)));
}
