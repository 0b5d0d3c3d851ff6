import { Failure } from '../../../models/contract/failure.ts';
import type { Turn } from '../../../models/contract/generation.ts';
import type { Technique } from '../../contract/evaluation/technique.ts';
import type { PromptSample } from '../../contract/prompt/prompt.ts';
import { fillTemplate, parseTemplate, type Template } from '../template.ts';
import { goldChoices, letterOf } from './choices.ts';
import { type CompiledPrompt, valuesOf } from './compile.ts';
import { showsLetters, writeQuestion } from './question.ts';
import { sentenceParts } from './sentence.ts';

/** Examples, written once for all samples, where the prompt wants them. */
export interface ExampleWriter {
	/** For `{{examples}}`; '' where the prompt has no such place. */
	readonly slotText: string;
	/** As turns before the question; empty where they are written as text. */
	readonly turns: readonly Turn[];
	/** Before the question in the user's own turn. */
	readonly textsBefore: readonly string[];
	/** Before the question in plain text, for base models and likelihoods. */
	readonly texts: readonly string[];
}

/** Throws Failure `example-missing`, `variable-missing`. */
export function createExampleWriter(
	prompt: CompiledPrompt,
	technique: Technique,
	examples: readonly PromptSample[],
): ExampleWriter {
	const none = { slotText: '', turns: [], textsBefore: [], texts: [] };
	if (examples.length === 0) return none;
	const answer = parseTemplate('answer' in technique ? technique.answer : '{{target}}');
	const { example: form } = prompt;
	if (form !== null) {
		const texts = examples.map((example) => fillTemplate(form, valuesOf(example, { withTarget: true })));
		return prompt.slot ? { ...none, slotText: texts.join('\n\n') } : { ...none, textsBefore: texts, texts };
	}
	if (prompt.slot) throw exampleMissing();
	const pairs = examples.map((example) => ({
		question: writeQuestion(prompt, technique, example, '', questionInput(technique, example)),
		answer: answerOf(technique, answer, example),
	}));
	const delimiter = technique.kind === 'choice-likelihood' ? technique.delimiter : ' ';
	return {
		...none,
		turns: pairs.flatMap((pair): Turn[] => [
			{ role: 'user', content: pair.question },
			{ role: 'assistant', content: pair.answer },
		]),
		texts: pairs.map((pair) => `${pair.question}${delimiter}${pair.answer}`),
	};
}

/** Of a sentence with a blank: up to and including the right choice. */
function questionInput(technique: Technique, example: PromptSample): string | undefined {
	if (technique.kind !== 'choice-likelihood' || technique.form !== 'blank') return undefined;
	return sentenceParts(example).beginnings[goldChoices(example)[0] ?? 0];
}

function answerOf(technique: Technique, answer: Template, example: PromptSample): string {
	if (technique.kind === 'choice-likelihood' && technique.form === 'blank') return sentenceParts(example).rest;
	if (technique.kind !== 'choice-likelihood' && technique.kind !== 'choice-letter') {
		return fillTemplate(answer, valuesOf(example, { withTarget: true }));
	}
	const [gold] = goldChoices(example);
	if (gold === undefined) {
		throw new Failure({
			code: 'target-not-a-choice',
			message: 'The target of an example is none of its choices.',
			next: ['Correct the target of that row: the text of a choice, or its letter', 'Draw other examples'],
		});
	}
	return showsLetters(technique) ? letterOf(gold) : (example.choices?.[gold] ?? '');
}

function exampleMissing(): Failure {
	return new Failure({
		code: 'example-missing',
		message: 'The prompt has a place for {{examples}} and does not say how one example is written.',
		next: [
			'Fill in the example, for instance: Question: {{input}} Answer: {{target}}',
			'Take {{examples}} out of the prompt',
		],
	});
}
