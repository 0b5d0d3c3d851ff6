import type { Technique } from '../../contract/evaluation/technique.ts';
import type { PromptSample } from '../../contract/prompt/prompt.ts';
import { fillTemplate } from '../template.ts';
import { choicesOf, letteredLines } from './choices.ts';
import { type CompiledPrompt, valuesOf } from './compile.ts';

/** The user's turn: the filled template, choices where the technique needs them shown, and the technique's instruction. */
export function writeQuestion(
	prompt: CompiledPrompt,
	technique: Technique,
	sample: PromptSample,
	slotText: string,
	input?: string,
): string {
	const text = fillTemplate(
		prompt.template,
		valuesOf(sample, { examples: slotText, ...(input === undefined ? {} : { input }) }),
	);
	const lettered = showsLetters(technique) && !prompt.showsChoices ? `\n${letteredLines(choicesOf(sample))}` : '';
	const instruction = 'instruction' in technique ? technique.instruction.trim() : '';
	return instruction === '' ? text + lettered : `${text}${lettered}\n\n${instruction}`;
}

/** Whether the model is shown choices with letters. */
export function showsLetters(technique: Technique): boolean {
	return technique.kind === 'choice-letter' || (technique.kind === 'choice-likelihood' && technique.form === 'letters');
}
