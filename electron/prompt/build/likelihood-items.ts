import type { Technique } from '../../contract/evaluation/technique.ts';
import type { PromptSample } from '../../contract/prompt/prompt.ts';
import { fillTemplate } from '../template.ts';
import { choicesOf, letterOf } from './choices.ts';
import { type CompiledPrompt, valuesOf } from './compile.ts';
import type { ExampleWriter } from './example-text.ts';
import { writeQuestion } from './question.ts';
import { sentenceParts } from './sentence.ts';

type Likelihood = Extract<Technique, { kind: 'choice-likelihood' }>;

/**
 * Contexts and continuations in the form of lm-evaluation-harness (docs/formulas.md#multiple-choice): system prompt,
 * examples and question with an empty line between them; the delimiter is part of the continuation.
 */
export function likelihoodItems(
	prompt: CompiledPrompt,
	technique: Likelihood,
	writer: ExampleWriter,
	sample: PromptSample,
): { context: string; continuations: string[] }[] {
	const system = fillTemplate(prompt.system, valuesOf(sample, { examples: writer.slotText }));
	const contextOf = (input?: string): string =>
		[
			...(system === '' ? [] : [system]),
			...writer.texts,
			writeQuestion(prompt, technique, sample, writer.slotText, input),
		].join('\n\n');
	if (technique.form === 'blank') {
		const { beginnings, rest } = sentenceParts(sample);
		const continuations = [technique.delimiter + rest];
		return beginnings.map((beginning) => ({ context: contextOf(beginning), continuations }));
	}
	const choices = choicesOf(sample);
	const written = technique.form === 'letters' ? choices.map((_, index) => letterOf(index)) : choices;
	const continuations = written.map((choice) => technique.delimiter + choice);
	const item = { context: contextOf(), continuations };
	return technique.unconditional ? [item, { context: '', continuations }] : [item];
}
