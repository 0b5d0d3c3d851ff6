import { Failure } from '../../../models/contract/failure.ts';
import type { PromptSample } from '../../contract/prompt/prompt.ts';
import { choicesOf } from './choices.ts';
import { lastUserText } from './compile.ts';

/** A sentence with a blank: its beginning with each choice in place, and the rest. Throws Failure `blank-missing`. */
export function sentenceParts(sample: PromptSample): { beginnings: readonly string[]; rest: string } {
	const choices = choicesOf(sample);
	const sentence = lastUserText(sample);
	const blank = sentence.indexOf('_');
	const rest = sentence.slice(blank + 1).trim();
	if (rest === '') {
		throw new Failure({
			code: 'blank-missing',
			message:
				'The sentence says nothing behind its blank, so there is nothing whose likelihood could tell the choices apart.',
			next: ['Write the sentence with _ where the choice belongs', 'Compare the choices as texts instead'],
		});
	}
	const before = sentence.slice(0, Math.max(0, blank));
	return { beginnings: choices.map((choice) => before + choice), rest };
}
