import { createHash } from 'node:crypto';
import type { PromptSample } from '../contract/prompt/schema.ts';

type Question = Pick<PromptSample, 'input' | 'choices'>;

/**
 * The one rule by which two texts say the same: lower case, without the accents of letters, quotation marks, repeated
 * spaces, and marks at the end of words. Signs inside a word and operators stay: 1.5 is not 15, and 2 + 2 is not 2 − 2.
 * Vowel signs on letters of other scripts stay as well: they are letters.
 */
export function plainText(text: string): string {
	const plain = text
		.normalize('NFKD')
		.toLowerCase()
		.replaceAll(/[\u0300-\u036F"'“”‘’„«»]+/gu, '')
		.replaceAll(/[.,;:!?…]+(?=\s|$)/g, ' ')
		.replaceAll(/\s+/g, ' ')
		.trim();
	// A text of nothing but marks would be empty without them.
	return plain || text.trim();
}

/** All of a sample's input as one text. */
export function inputText({ input }: Pick<PromptSample, 'input'>): string {
	return typeof input === 'string' ? input : input.map(({ content }) => content).join('\n');
}

/**
 * The content of a question: input and choices, whatever the order of the choices. Different choices make a different
 * question.
 */
export function questionText(question: Question): string {
	return [plainText(inputText(question)), ...(question.choices ?? []).map(plainText).toSorted()].join('\n');
}

/** A hash of a question's content, so that millions fit in memory. */
export function questionKey(question: Question): string {
	return sha256(questionText(question));
}

/** The same, including the expected answer: of two samples with one key, the second adds nothing. */
export function sampleKey({ target, ...question }: Question & Pick<PromptSample, 'target'>): string {
	return sha256(JSON.stringify([questionText(question), target === null ? null : plainText(target)]));
}

function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
