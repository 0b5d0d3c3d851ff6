import { Template } from '@huggingface/jinja';
import type { Turn } from '../contract/generation.ts';

export interface TemplateValues {
	readonly bosToken: string;
	readonly eosToken: string;
	/** Whether the prompt ends where the model is to answer; true where it is left out. */
	readonly addGenerationPrompt?: boolean;
	/** Further variables, e.g. `date_string`. */
	readonly variables?: Readonly<Record<string, unknown>>;
}

/** Parsing a template takes milliseconds, and a worker has one. */
let last: { source: string; template: Template } | undefined;

function parsed(source: string): Template {
	if (last?.source !== source) last = { source, template: new Template(source) };
	return last.template;
}

/**
 * A chat template rendered as Hugging Face transformers render it with Python's jinja2. The template is interpreted, not
 * run: it reaches no code and no file. Throws what the template itself refuses (`raise_exception`).
 */
export function renderTemplate(template: string, turns: readonly Turn[], values: TemplateValues): string {
	return parsed(template).render({
		messages: turns.map(({ role, content }) => ({ role, content })),
		add_generation_prompt: values.addGenerationPrompt ?? true,
		bos_token: values.bosToken,
		eos_token: values.eosToken,
		...values.variables,
	});
}
