import { Failure } from '../../models/contract/failure.ts';
import type { Turn } from '../../models/contract/generation.ts';
import { said } from '../../models/contract/said.ts';
import { techniqueFormat } from '../contract/answer-format-name.ts';
import type { Technique } from '../contract/evaluation/technique.ts';
import type { PromptContent, PromptRequest, PromptSample } from '../contract/prompt/schema.ts';
import { answerGrammar } from './answer-format.ts';
import { choicesOf, goldChoices, letteredLines, letterOf } from './choices.ts';
import { type CompiledPrompt, compilePrompt, lastUserText, valuesOf } from './compile-prompt.ts';
import { leakGuard } from './leak-guard.ts';
import { fillTemplate, parseTemplate, type Template, variablesOf } from './template.ts';

export interface BuildInput {
	readonly version: PromptContent;
	readonly technique: Technique;
	/** As returned by `drawExamples`: the same for every sample, so that they are a shared prefix. */
	readonly examples: readonly PromptSample[];
}

/**
 * Creates a function that builds the request for a sample; parses the prompt once. Throws Failure `template-invalid`,
 * `template-recurses`, `leak`, `example-missing`, `schema-invalid`, `schema-unsupported`; for a sample
 * `variable-missing`, `prompt-too-long`, `choices-missing`, `blank-missing`, `leak`.
 */
export function createBuilder({ version, technique, examples }: BuildInput): (sample: PromptSample) => PromptRequest {
	const prompt = compilePrompt(version);
	const writer = createExampleWriter(prompt, technique, examples);
	const assertNoLeak = leakGuard(examples, prompt.texts);
	const grammar = answerGrammar(techniqueFormat(technique)) ?? null;
	return (sample) => {
		assertNoLeak(sample);
		return technique.kind === 'choice-likelihood'
			? { kind: 'likelihood', items: likelihoodItems(prompt, technique, writer, sample) }
			: generation(prompt, technique, writer, sample, grammar);
	};
}

/** How a prompt is applied to messages that a person writes. */
export interface MessageWriter {
	/** The examples, as turns before the first message. */
	readonly turns: readonly Turn[];
	/** A message as the model gets it. */
	write(text: string): string;
}

/**
 * Creates a writer that gives a model each message as a run gives it a sample's input. Throws Failure `template-invalid`,
 * `template-recurses`, `leak`, `example-missing`; `write` throws `variable-missing`, `prompt-too-long`.
 */
export function createMessageWriter({ version, technique, examples }: BuildInput): MessageWriter {
	const prompt = compilePrompt(version);
	const { turns, textsBefore, slotText } = createExampleWriter(prompt, technique, examples);
	return {
		turns,
		write(input) {
			const sample = { input, target: null, choices: null, variables: {}, metadata: {} };
			return [...textsBefore, writeQuestion(prompt, technique, sample, slotText)].join('\n\n');
		},
	};
}

/** The system prompt with its examples; null: it differs from sample to sample. Throws what `createMessageWriter` throws. */
export function fixedSystemPrompt({ version, technique, examples }: BuildInput): string | null {
	const prompt = compilePrompt(version);
	if (variablesOf(prompt.system).some((name) => name !== 'examples')) return null;
	const { slotText } = createExampleWriter(prompt, technique, examples);
	return fillTemplate(prompt.system, (name) => (name === 'examples' ? slotText : undefined));
}

/** Builds the request for one sample; for many, `createBuilder` parses the prompt only once. */
export function buildRequests(input: BuildInput & { readonly sample: PromptSample }): PromptRequest {
	return createBuilder(input)(input.sample);
}

function generation(
	prompt: CompiledPrompt,
	technique: Exclude<Technique, { kind: 'choice-likelihood' }>,
	writer: ExampleWriter,
	sample: PromptSample,
	grammar: string | null,
): PromptRequest {
	const choices = technique.kind === 'choice-letter' ? choicesOf(sample) : null;
	const system = fillTemplate(prompt.system, valuesOf(sample, { examples: writer.slotText }));
	const question = writeQuestion(prompt, technique, sample, writer.slotText);
	const before = earlierTurns(sample, system);
	const written = [...writer.textsBefore, question].join('\n\n');
	return {
		kind: 'generate',
		turns: [...before.system, ...writer.turns, ...before.turns, { role: 'user', content: written }],
		text: [...[...before.system, ...before.turns].map(({ content }) => content), ...writer.texts, question].join(
			'\n\n',
		),
		votes: technique.kind === 'self-consistency' ? technique.k : 1,
		temperature: technique.kind === 'self-consistency' ? technique.temperature : null,
		grammar:
			choices !== null && technique.kind === 'choice-letter' && technique.forced
				? letterGrammar(choices.length)
				: grammar,
	};
}

/** The prompt's own system turn, otherwise the sample's; then the sample's turns before its last one. */
function earlierTurns({ input }: PromptSample, system: string): { system: Turn[]; turns: Turn[] } {
	const own = typeof input === 'string' ? [] : input.slice(0, -1);
	const given = own.filter(({ role }) => role === 'system');
	return {
		system: system === '' ? given : [{ role: 'system', content: system }],
		turns: own.filter(({ role }) => role !== 'system'),
	};
}

/** GBNF: one letter, with or without a leading space. */
function letterGrammar(count: number): string {
	const letters = Array.from({ length: count }, (_, index) => `"${letterOf(index)}"`);
	return `root ::= " "? (${letters.join(' | ')})`;
}

type Likelihood = Extract<Technique, { kind: 'choice-likelihood' }>;

/**
 * Builds contexts and continuations as lm-evaluation-harness does (docs/formulas.md#multiple-choice): system prompt,
 * examples and question, separated by empty lines; the delimiter is part of the continuation.
 */
function likelihoodItems(
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

/** Examples, written once for all samples, in the places where the prompt wants them. */
interface ExampleWriter {
	/** For `{{examples}}`; '' if the prompt has no such slot. */
	readonly slotText: string;
	/** As turns before the question; empty if they are written as text. */
	readonly turns: readonly Turn[];
	/** Texts before the question, in the same user turn. */
	readonly textsBefore: readonly string[];
	/** Plain texts before the question, for base models and likelihoods. */
	readonly texts: readonly string[];
}

/** Throws Failure `example-missing`, `variable-missing`. */
function createExampleWriter(
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

/** For a sentence with a blank: up to and including the right choice. */
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
			message: said`The target of an example is not one of its choices.`,
			next: [said`Correct the target of that sample: the text of a choice, or its letter`, said`Draw other examples`],
		});
	}
	return showsLetters(technique) ? letterOf(gold) : (example.choices?.[gold] ?? '');
}

function exampleMissing(): Failure {
	return new Failure({
		code: 'example-missing',
		message: said`The prompt has a place for {{examples}} but no example format.`,
		next: [
			said`Fill in the example format, for instance: Question: {{input}} Answer: {{target}}`,
			said`Remove {{examples}} from the prompt`,
		],
	});
}

/** The user's turn: the filled template, the choices if the technique needs them, and the technique's instruction. */
function writeQuestion(
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

/** Whether the model sees choices with letters. */
function showsLetters(technique: Technique): boolean {
	return technique.kind === 'choice-letter' || (technique.kind === 'choice-likelihood' && technique.form === 'letters');
}

/** Splits a sentence with a blank into its beginnings, one per choice, and the rest. Throws Failure `blank-missing`. */
function sentenceParts(sample: PromptSample): { beginnings: readonly string[]; rest: string } {
	const choices = choicesOf(sample);
	const sentence = lastUserText(sample);
	const blank = sentence.indexOf('_');
	const rest = sentence.slice(blank + 1).trim();
	if (rest === '') {
		throw new Failure({
			code: 'blank-missing',
			message: said`The sentence ends with its blank, so no text after it can tell the choices apart.`,
			next: [said`Write the sentence with _ where the choice goes`, said`Compare the choices as texts instead`],
		});
	}
	const before = sentence.slice(0, Math.max(0, blank));
	return { beginnings: choices.map((choice) => before + choice), rest };
}
