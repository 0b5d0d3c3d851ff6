import { createContext, Script } from 'node:vm';
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

/** A long conversation takes a tenth of a second on a slow machine; a template that takes longer than this never ends. */
const longestMs = 5_000;

/** A template that was stopped, because it had not come to an end. */
export class TemplateEndless extends Error {
	override readonly name = 'TemplateEndless';
	readonly ms: number;

	constructor(ms: number) {
		super(`The template had not come to an end after ${ms} ms.`);
		this.ms = ms;
	}
}

/** V8 ends what runs within a script by the clock, also functions from outside: nothing else stops a loop. */
const clocked = { place: createContext({ run: null }), script: new Script('run()') };

function within<T>(ms: number, run: () => T): T {
	const { place, script } = clocked;
	place.run = run;
	try {
		return script.runInContext(place, { timeout: ms }) as T;
	} catch (error) {
		// Made in the script's own realm, so it is no Error of this one.
		if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
		throw new TemplateEndless(ms);
	} finally {
		place.run = null;
	}
}

/**
 * A chat template rendered as Hugging Face transformers render it with Python's jinja2. The template is interpreted, not
 * run: it reaches no code and no file. Throws what the template itself refuses (`raise_exception`), and TemplateEndless.
 */
export function renderTemplate(
	template: string,
	turns: readonly Turn[],
	values: TemplateValues,
	ms: number = longestMs,
): string {
	const known = {
		messages: turns.map(({ role, content }) => ({ role, content })),
		add_generation_prompt: values.addGenerationPrompt ?? true,
		bos_token: values.bosToken,
		eos_token: values.eosToken,
		...values.variables,
	};
	return within(ms, () => parsed(template).render(known));
}
