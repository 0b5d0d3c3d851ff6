import { createContext, Script } from 'node:vm';
import type { Turn } from '../contract/generation.ts';
import { renderParsed } from '../jinja/interpreter.ts';
import { parseTemplate } from '../jinja/parser.ts';
import type { Template } from '../jinja/syntax.ts';

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
		super(`The template had not come to an end after ${ms} ms.`);
		this.ms = ms;
	}
}

/** V8 stops a script after a time limit, including functions from outside; nothing else stops a loop. */
const clocked = { place: createContext({ run: null }), script: new Script('run()') };

function within<T>(ms: number, run: () => T): T {
	const { place, script } = clocked;
	place.run = run;
	try {
		return script.runInContext(place, { timeout: ms }) as T;
	} catch (error) {
		// Created in the script's own realm, so it is not an instance of this realm's Error.
		if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
		throw new TemplateEndless(ms);
	} finally {
		place.run = null;
	}
}

/**
 * Renders a chat template like Hugging Face transformers with Python's jinja2. Interprets the template instead of
 * running it: it reaches no code and no files. Throws what the template itself refuses (TemplateRefusal), what it does
 * that Python refuses too (TemplateFault), and TemplateEndless.
 */
export function renderTemplate(
	template: string,
	turns: readonly Turn[],
	values: TemplateValues,
	ms: number = longestMs,
): string {
	const now = values.now ?? new Date();
	// transformers gives every template these two, None where there are no tools and documents.
	const known = {
		messages: turns.map(({ role, content }) => ({ role, content })),
		tools: null,
		documents: null,
		add_generation_prompt: values.addGenerationPrompt ?? true,
		bos_token: values.bosToken,
		eos_token: values.eosToken,
		...values.variables,
	};
	return within(ms, () => renderParsed(parsed(template), known, () => now));
}
