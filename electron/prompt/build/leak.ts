import { createHash } from 'node:crypto';
import { Failure } from '../../../models/contract/failure.ts';
import type { PromptSample } from '../../contract/prompt/prompt.ts';

/** Texts shorter than this say too little to prove that a prompt holds a tested question, characters. */
const tellingLength = 40;

/** Text without what a copy may differ in: case, form of characters, white space, punctuation. */
export function plainContent(text: string): string {
	return text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[\p{P}\p{S}\s]+/gu, ' ')
		.trim();
}

/** All of a sample's input as one text. */
export function inputText(sample: Pick<PromptSample, 'input'>): string {
	return typeof sample.input === 'string' ? sample.input : sample.input.map(({ content }) => content).join('\n');
}

/**
 * What a question is, whatever its id, case, spacing, punctuation or order of choices: two samples with the same key
 * ask the same. A hash, so that millions fit in memory.
 */
export function contentKey(sample: Pick<PromptSample, 'input' | 'choices'>): string {
	const text = inputText(sample);
	// A question of symbols alone would be nothing without them.
	const plain = plainContent(text) || text.trim();
	const choices = (sample.choices ?? []).map(plainContent).toSorted();
	return createHash('sha256')
		.update(JSON.stringify([plain, choices]))
		.digest('base64');
}

/** Throws Failure `leak` where an example is the tested question, or the prompt's own text holds it. */
export function assertNoLeak(
	sample: PromptSample,
	examples: readonly PromptSample[],
	ownTexts: readonly string[],
): void {
	if (examples.length > 0) {
		const key = contentKey(sample);
		if (examples.some((example) => contentKey(example) === key)) {
			throw leak('One of the examples is the tested question itself.', 'Draw the examples from another split');
		}
	}
	const question = plainContent(inputText(sample));
	if (question.length >= tellingLength && ownTexts.some((text) => plainContent(text).includes(question))) {
		throw leak('The text of the prompt holds the tested question.', 'Take it out of the prompt or of the dataset');
	}
}

/** A score would say what the prompt gives away, not what the model knows. */
export function leak(message: string, next: string): Failure {
	return new Failure({ code: 'leak', message, next: [next] });
}
