import { Failure } from '../../models/contract/failure.ts';
import { amount, said } from '../../models/contract/said.ts';

/** A parsed template: literal text and names of variables. */
export type TemplatePart =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'variable'; readonly name: string };
export type Template = readonly TemplatePart[];

/** Maximum length of a filled template, characters: more than any context holds. */
export const maxRenderedCharacters = 4_000_000;

/** Letters, digits, `_`, `-`, `.` and single spaces inside: allowed names of columns. */
const namePattern = /^[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_.-]| (?! )){0,98}$/u;

/**
 * Parses `{{name}}`; `\{{` is two literal braces. Nothing else has a meaning: no filters, no conditions, no includes.
 * Throws Failure `template-invalid`.
 */
export function parseTemplate(text: string): Template {
	const parts: TemplatePart[] = [];
	let plain = '';
	let at = 0;
	while (at < text.length) {
		const open = text.indexOf('{{', at);
		if (open === -1) break;
		if (text[open - 1] === '\\' && open > at) {
			plain += `${text.slice(at, open - 1)}{{`;
			at = open + 2;
			continue;
		}
		plain += text.slice(at, open);
		const close = text.indexOf('}}', open + 2);
		const name = close === -1 ? null : text.slice(open + 2, close).trim();
		if (name === null || !namePattern.test(name)) throw invalid(text, open, close);
		if (plain !== '') parts.push({ kind: 'text', text: plain });
		plain = '';
		parts.push({ kind: 'variable', name });
		at = close + 2;
	}
	plain += text.slice(at);
	if (plain !== '') parts.push({ kind: 'text', text: plain });
	return parts;
}

/** Names in order of first use. */
export function variablesOf(template: Template): string[] {
	return [...new Set(template.flatMap((part) => (part.kind === 'variable' ? [part.name] : [])))];
}

/**
 * Fills the template once: values are never parsed as templates. `values` returns undefined for an unknown name. Throws
 * Failure `variable-missing`, `prompt-too-long`.
 */
export function fillTemplate(template: Template, values: (name: string) => string | undefined): string {
	const texts: string[] = [];
	let length = 0;
	for (const part of template) {
		const text = part.kind === 'text' ? part.text : values(part.name);
		if (text === undefined) throw missing((part as { name: string }).name);
		length += text.length;
		if (length > maxRenderedCharacters) throw tooLong();
		texts.push(text);
	}
	return texts.join('');
}

function invalid(text: string, open: number, close: number): Failure {
	const line = text.slice(0, open).split('\n').length;
	const inside = close === -1 ? '' : text.slice(open, close + 2);
	const what =
		close === -1
			? `Line ${line} opens a variable with {{ and never closes it with }}.`
			: `On line ${line}, ${shorten(inside)} is not a valid variable name.`;
	return new Failure({
		code: 'template-invalid',
		message: what,
		next: [said`Put only a name between the braces, such as {{input}}`, said`To write literal braces, use \\{{`],
	});
}

function shorten(text: string): string {
	const line = text.replace(/\s+/g, ' ');
	return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function missing(name: string): Failure {
	return new Failure({
		code: 'variable-missing',
		message: said`The prompt uses {{${name}}}, but this sample has no such column.`,
		next: [said`Change the name in the prompt`, said`Add that column to the dataset`],
	});
}

function tooLong(): Failure {
	return new Failure({
		code: 'prompt-too-long',
		message: said`The filled prompt is longer than ${amount(maxRenderedCharacters, 'character')}.`,
		next: [said`Use the long variable only once`, said`Shorten the sample`],
	});
}
