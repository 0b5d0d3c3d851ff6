import type { ChatTurn } from '../contract/generation.ts';
import { renderParsed } from '../jinja/interpreter.ts';
import { parseTemplate } from '../jinja/parser.ts';
import type { Template } from '../jinja/syntax.ts';
import { TimeLimitReached, withinTime } from '../time-limit.ts';

export interface TemplateValues {
	readonly bosToken: string;
	readonly eosToken: string;
	/** Ends the prompt where the model is to answer; default true. */
	readonly addGenerationPrompt?: boolean;
	/** Additional variables, for example `date_string`; they replace those of the same name. */
	readonly variables?: Readonly<Record<string, unknown>>;
	/** The time that a template prints with `strftime_now`; default the computer's clock. */
	readonly now?: Date;
}

/** Parsing a template takes milliseconds, and a worker has only one. */
let last: { source: string; template: Template } | undefined;

function parsed(source: string): Template {
	if (last?.source !== source) last = { source, template: parseTemplate(source) };
	return last.template;
}

/**
 * A long conversation takes a tenth of a second on a slow computer; a template that takes longer than this never ends.
 */
const longestMs = 5_000;

/** A template that was stopped because it did not end. */
export class TemplateEndless extends Error {
	override readonly name = 'TemplateEndless';
	readonly ms: number;

	constructor(ms: number) {
		super(`The template had not finished after ${ms} ms.`);
		this.ms = ms;
	}
}

/**
 * Renders a chat template like Hugging Face transformers with Python's jinja2. Interprets the template instead of
 * running it: it reaches no code and no files. Throws what the template itself refuses (TemplateRefusal), what it does
 * that Python refuses too (TemplateFault), and TemplateEndless.
 */
export function renderTemplate(
	template: string,
	turns: readonly ChatTurn[],
	values: TemplateValues,
	ms: number = longestMs,
): string {
	const messages = turns.map(({ role, content }) => ({ role, content }));
	return renderMessages(template, messages, values, ms);
}

/** Renders messages of any form, such as those with calls of tools, like `renderTemplate`. */
export function renderMessages(
	template: string,
	messages: readonly Readonly<Record<string, unknown>>[],
	values: TemplateValues,
	ms: number = longestMs,
): string {
	const now = values.now ?? new Date();
	// transformers gives every template these two, None where there are no tools and documents.
	const known = {
		messages,
		tools: null,
		documents: null,
		add_generation_prompt: values.addGenerationPrompt ?? true,
		bos_token: values.bosToken,
		eos_token: values.eosToken,
		...values.variables,
	};
	try {
		return withinTime(ms, () => renderParsed(parsed(template), known, () => now));
	} catch (error) {
		throw error instanceof TimeLimitReached ? new TemplateEndless(ms) : error;
	}
}
