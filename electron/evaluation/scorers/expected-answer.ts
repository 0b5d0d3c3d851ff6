import { Failure } from '../../../models/contract/failure.ts';
import type { PromptSample } from '../../contract/prompt/schema.ts';
import { fillFor } from '../../prompt/compile-prompt.ts';
import { parseTemplate, type Template, variablesOf } from '../../prompt/template.ts';

const templates = new Map<string, Template>();

function templateOf(text: string): Template {
	const known = templates.get(text);
	if (known !== undefined) return known;
	if (templates.size > 100) templates.clear();
	const template = parseTemplate(text);
	templates.set(text, template);
	return template;
}

/** Fills the template of the expected answer; null if the sample lacks a variable. */
export function expectedText(template: string, sample: PromptSample): string | null {
	try {
		return fillFor(templateOf(template), sample, true);
	} catch (error) {
		if (error instanceof Failure && error.code === 'variable-missing') return null;
		throw error;
	}
}

/** Non-empty alternatives of an expected answer; a single one if there is no separator. */
export function alternatives(text: string, separator: string): readonly string[] {
	if (separator === '') return [text];
	const parts = text
		.split(separator)
		.map((part) => part.trim())
		.filter((part) => part !== '');
	return parts.length === 0 ? [text] : parts;
}

/** Variable names in a scorer's template. Throws Failure `template-invalid`. */
export function expectedNames(template: string): readonly string[] {
	return variablesOf(templateOf(template));
}
