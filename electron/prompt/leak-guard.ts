import { Failure } from '../../models/contract/failure.ts';
import type { PromptSample } from '../contract/prompt/schema.ts';
import { inputText, questionKey } from './same-question.ts';

/** Shorter texts are too weak a proof that a prompt contains a tested question, characters. */
const tellingLength = 40;

/** Removes what may differ in a copy: case, form of characters, white space, punctuation. */
export function plainContent(text: string): string {
	return text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[\p{P}\p{S}\s]+/gu, ' ')
		.trim();
}

/** Throws Failure `leak` for a sample that is one of the examples or is contained in the prompt's own text. */
export function leakGuard(
	examples: readonly PromptSample[],
	ownTexts: readonly string[],
): (sample: PromptSample) => void {
	const shown = new Set(examples.map(questionKey));
	const texts = ownTexts.map(plainContent);
	return (sample) => {
		if (shown.size > 0 && shown.has(questionKey(sample))) {
			throw leakFailure('One of the examples is the tested question itself.', 'Draw the examples from another split');
		}
		const question = plainContent(inputText(sample));
		if (question.length >= tellingLength && texts.some((text) => text.includes(question))) {
			throw leakFailure('The prompt contains the tested question.', 'Remove it from the prompt or the dataset');
		}
	};
}

/** The score would measure what the prompt gives away, not what the model knows. */
export function leakFailure(message: string, next: string): Failure {
	return new Failure({ code: 'leak', message, next: [next] });
}
