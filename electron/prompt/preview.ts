import type { Technique } from '../contract/evaluation/technique.ts';
import type { PromptContent, PromptPreview, PromptSample } from '../contract/prompt/schema.ts';
import { buildRequests } from './build-request.ts';
import { compilePrompt, valuesOf, variableNamesIn } from './compile-prompt.ts';

/** Columns that hold the answer in published datasets. */
const answerNames = /^(?:answers?|target|label|gold|expected|expected_output|solution|correct|output|completion)$/i;

export interface PreviewInput {
	readonly content: PromptContent;
	readonly technique: Technique;
	readonly sample: PromptSample;
	readonly examples: readonly PromptSample[];
}

/**
 * Previews the prompt for one sample, with missing variables and likely mistakes. Throws the Failures of
 * `createBuilder`, except for missing variables.
 */
export function previewPrompt({ content, technique, sample, examples }: PreviewInput): PromptPreview {
	const prompt = compilePrompt(content);
	const values = valuesOf(sample);
	const missing = prompt.variables.filter((name) => values(name) === undefined);
	return {
		variables: variableNamesIn(content),
		missing,
		request: missing.length > 0 ? null : buildRequests({ version: content, technique, sample, examples }),
		warnings: warningsFor(prompt.variables, technique, sample),
	};
}

/** Warnings for people, one sentence each: a prompt that gives the answer away, or asks every sample the same. */
export function warningsFor(variables: readonly string[], technique: Technique, sample: PromptSample): string[] {
	const target = sample.target?.trim() ?? '';
	const given = variables.filter((name) => {
		const value = Object.hasOwn(sample.variables, name) ? sample.variables[name] : undefined;
		return (
			value !== undefined &&
			target !== '' &&
			(value.trim() === target || (answerNames.test(name) && value.includes(target)))
		);
	});
	const asksNothing = variables.length === 0 && typeof sample.input === 'string';
	const hidden = technique.kind === 'zero-shot' && (sample.choices?.length ?? 0) > 1 && !variables.includes('choices');
	return [
		...given.map((name) => `{{${name}}} contains this sample's expected answer, so the model sees it.`),
		...(asksNothing
			? ['The prompt has no variables, so every sample gets the same prompt. Put {{input}} where the question goes.']
			: []),
		...(hidden ? ["The sample has choices, but the prompt doesn't show them. Add {{choices}} to the prompt."] : []),
	];
}
