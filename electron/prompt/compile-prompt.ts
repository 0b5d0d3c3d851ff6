import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { PromptContent, PromptSample } from '../contract/prompt/schema.ts';
import { letteredLines } from './choices.ts';
import { leakFailure } from './leak-guard.ts';
import { fillTemplate, parseTemplate, type Template, variablesOf } from './template.ts';

/** Names with the same meaning for every sample; they hide a column of that name. */
const own = { input: 'input', choices: 'choices', examples: 'examples', target: 'target' } as const;

/** A version, parsed and checked once for many samples. */
export interface CompiledPrompt {
	readonly system: Template;
	readonly template: Template;
	/** null: an example is written like the question, followed by its answer. */
	readonly example: Template | null;
	/** Whether the system prompt or the template has a slot for examples. */
	readonly slot: boolean;
	/** Whether the template itself shows the choices. */
	readonly showsChoices: boolean;
	/** Names that a sample must have. */
	readonly variables: readonly string[];
	/** The templates' own texts, for the leak guard. */
	readonly texts: readonly string[];
}

/** Throws Failure `prompt-empty`, `template-invalid`, `template-recurses`, `leak`. */
export function compilePrompt(content: PromptContent): CompiledPrompt {
	if (content.template === '') {
		throw new Failure({
			code: 'prompt-empty',
			message: said`The prompt has no text yet.`,
			next: [said`Write it under Prompts, for instance: {{input}}`],
		});
	}
	const system = parseTemplate(content.system);
	const template = parseTemplate(content.template);
	const example = content.example.trim() === '' ? null : parseTemplate(content.example);
	const used = [...new Set([...variablesOf(system), ...variablesOf(template)])];
	if (used.includes(own.target)) {
		throw leakFailure(
			'The prompt shows {{target}}, the expected answer, to the model.',
			'Use {{target}} only in the example, where it is the answer of another sample',
		);
	}
	if (example !== null && variablesOf(example).includes(own.examples)) {
		throw new Failure({
			code: 'template-recurses',
			message: said`The example contains {{examples}}, so it would contain itself.`,
			next: [said`Remove {{examples}} from the example`, said`Put it into the prompt, where the examples should go`],
		});
	}
	return {
		system,
		template,
		example,
		slot: used.includes(own.examples),
		showsChoices: used.includes(own.choices),
		variables: used.filter((name) => name !== own.examples),
		texts: [system, template, example ?? []].map((parts) =>
			parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n'),
		),
	};
}

/** Every variable name in a version's texts, in order of first use. Throws Failure `template-invalid`. */
export function variableNamesIn({ system, template, example }: PromptContent): string[] {
	return [...new Set([system, template, example].flatMap((text) => variablesOf(parseTemplate(text))))];
}

/**
 * Returns a lookup of a sample's values by name; undefined for a name that it lacks. Includes the target only with
 * `withTarget`.
 */
export function valuesOf(
	sample: PromptSample,
	more: { readonly input?: string; readonly examples?: string; readonly withTarget?: boolean } = {},
): (name: string) => string | undefined {
	return (name) => {
		if (name === own.input) return more.input ?? lastUserText(sample);
		if (name === own.choices) return sample.choices === null ? undefined : letteredLines(sample.choices);
		if (name === own.examples) return more.examples ?? '';
		if (name === own.target) return more.withTarget ? (sample.target ?? undefined) : undefined;
		return Object.hasOwn(sample.variables, name) ? sample.variables[name] : undefined;
	};
}

/** The question itself: the input or, for turns, the content of the last one. */
export function lastUserText({ input }: Pick<PromptSample, 'input'>): string {
	return typeof input === 'string' ? input : (input.at(-1)?.content ?? '');
}

/** Fills a template with a sample's values; for any template over samples, such as an expected answer. */
export function fillFor(template: Template, sample: PromptSample, withTarget: boolean): string {
	return fillTemplate(template, valuesOf(sample, { withTarget }));
}

/** Sample columns that the model sees with the question: those of the system prompt and the template. */
export function askedNames({ system, template }: PromptContent): readonly string[] {
	const names = [...variablesOf(parseTemplate(system)), ...variablesOf(parseTemplate(template))];
	return [...new Set(names)].filter((name) => !Object.hasOwn(own, name));
}
