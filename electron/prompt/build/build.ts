import type { Turn } from '../../../models/contract/generation.ts';
import type { Technique } from '../../contract/evaluation/technique.ts';
import type { PromptContent, PromptRequest, PromptSample } from '../../contract/prompt/prompt.ts';
import { fillTemplate } from '../template.ts';
import { choicesOf, letterOf } from './choices.ts';
import { type CompiledPrompt, compilePrompt, valuesOf } from './compile.ts';
import { createExampleWriter, type ExampleWriter } from './example-text.ts';
import { leakGuard } from './leak.ts';
import { likelihoodItems } from './likelihood-items.ts';
import { writeQuestion } from './question.ts';

export interface BuildInput {
	readonly version: PromptContent;
	readonly technique: Technique;
	/** As `drawExamples` gave them: the same for every sample, so that they are a shared prefix. */
	readonly examples: readonly PromptSample[];
}

/**
 * Makes of samples what the model is asked; reads the prompt once. Throws Failure `template-invalid`,
 * `template-recurses`, `leak`, `example-missing`; for a sample `variable-missing`, `prompt-too-long`, `choices-missing`,
 * `blank-missing`, `leak`.
 */
export function createBuilder({ version, technique, examples }: BuildInput): (sample: PromptSample) => PromptRequest {
	const prompt = compilePrompt(version);
	const writer = createExampleWriter(prompt, technique, examples);
	const assertNoLeak = leakGuard(examples, prompt.texts);
	return (sample) => {
		assertNoLeak(sample);
		return technique.kind === 'choice-likelihood'
			? { kind: 'likelihood', items: likelihoodItems(prompt, technique, writer, sample) }
			: generation(prompt, technique, writer, sample);
	};
}

/** One sample; for many, `createBuilder` reads the prompt only once. */
export function buildRequests(input: BuildInput & { readonly sample: PromptSample }): PromptRequest {
	return createBuilder(input)(input.sample);
}

function generation(
	prompt: CompiledPrompt,
	technique: Exclude<Technique, { kind: 'choice-likelihood' }>,
	writer: ExampleWriter,
	sample: PromptSample,
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
			choices !== null && technique.kind === 'choice-letter' && technique.forced ? letterGrammar(choices.length) : null,
	};
}

/** The prompt's own system turn, or else the sample's; then the sample's turns before its last one. */
function earlierTurns({ input }: PromptSample, system: string): { system: Turn[]; turns: Turn[] } {
	const own = typeof input === 'string' ? [] : input.slice(0, -1);
	const given = own.filter(({ role }) => role === 'system');
	return {
		system: system === '' ? given : [{ role: 'system', content: system }],
		turns: own.filter(({ role }) => role !== 'system'),
	};
}

/** GBNF: one letter, with a space before it or not. */
function letterGrammar(count: number): string {
	const letters = Array.from({ length: count }, (_, index) => `"${letterOf(index)}"`);
	return `root ::= " "? (${letters.join(' | ')})`;
}
