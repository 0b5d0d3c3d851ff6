import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { findMessages } from './find-messages.ts';
import { readSourceFiles } from './syntax.ts';

/** Message → translation; '' is missing. */
export type Catalogue = Readonly<Record<string, string>>;

const folder = 'renderer/messages';

/** Returns the path of a language's catalogue. */
export function cataloguePath(root: string, tag: string): string {
	return join(root, folder, `${tag}.json`);
}

/** Returns the languages that have a catalogue. */
export function catalogueTags(root: string): string[] {
	return readdirSync(join(root, folder))
		.filter((name) => name.endsWith('.json'))
		.map((name) => name.slice(0, -'.json'.length));
}

export function readCatalogue(root: string, tag: string): Catalogue {
	const path = cataloguePath(root, tag);
	return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Catalogue) : {};
}

/** Most files have no message, and parsing takes longest. */
const hasMessages = /\bt\(|<Trans\b|\bsaid`|\bphrase\(/;

/** Returns every message of the sources with the place of its first use, and what is wrong with them. */
export function extractMessages(root: string): { messages: ReadonlyMap<string, string>; faults: string[] } {
	const messages = new Map<string, string>();
	const faults: string[] = [];
	for (const source of ['models', 'electron', 'renderer'].flatMap((one) => readSourceFiles(root, one, hasMessages))) {
		for (const { key, place } of findMessages(source, (fault) => faults.push(fault))) {
			if (messages.has(key)) continue;
			messages.set(key, place);
			const wrong = syntaxFault(key);
			if (wrong !== null) faults.push(`${place}: ${wrong}: ${key}`);
		}
	}
	return { messages, faults };
}

/** Returns a catalogue with exactly these messages: new ones are empty, gone ones are dropped. */
export function updatedCatalogue(catalogue: Catalogue, messages: Iterable<string>): Catalogue {
	return Object.fromEntries([...messages].sort().map((key) => [key, catalogue[key] ?? '']));
}

/** Returns what is wrong with a language's catalogue: gaps, old messages, other values, missing plural forms. */
export function catalogueFaults(tag: string, catalogue: Catalogue, messages: ReadonlyMap<string, string>): string[] {
	const faults: string[] = [];
	for (const [key, place] of messages) {
		const translation = catalogue[key];
		const fault = translation ? translationFault(tag, key, translation) : 'it is not translated';
		if (fault !== null) faults.push(`${tag}: ${fault}: ${key} (${place})`);
	}
	for (const key of Object.keys(catalogue))
		if (!messages.has(key)) faults.push(`${tag}: no source has it any more: ${key}`);
	return faults;
}

function translationFault(tag: string, key: string, translation: string): string | null {
	const wrong = syntaxFault(translation);
	if (wrong !== null) return wrong;
	const wanted = new Set(valuesOf(parse(key)));
	const given = new Set(valuesOf(parse(translation)));
	const missing = [...wanted].filter((name) => !given.has(name));
	const extra = [...given].filter((name) => !wanted.has(name));
	if (missing.length > 0) return `it lacks ${missing.join(', ')}`;
	if (extra.length > 0) return `the message has no ${extra.join(', ')}`;
	const forms = missingForms(tag, parse(translation));
	return forms.length > 0 ? `it lacks the plural form ${forms.join(', ')}` : null;
}

function syntaxFault(message: string): string | null {
	try {
		parse(message);
		return null;
	} catch (error) {
		return `this is no message in ICU's syntax (${error instanceof Error ? error.message : String(error)})`;
	}
}

/** Names of the values and elements; a plural says so, because the page must give it a number. */
function valuesOf(parts: readonly MessageFormatElement[]): string[] {
	return parts.flatMap(valuesOfPart);
}

function valuesOfPart(part: MessageFormatElement): string[] {
	switch (part.type) {
		case TYPE.literal:
		case TYPE.pound:
			return [];
		case TYPE.tag:
			return [`<${part.value}>`, ...valuesOf(part.children)];
		case TYPE.plural:
		case TYPE.select:
			return [part.value, ...Object.values(part.options).flatMap(({ value }) => valuesOf(value))];
		case TYPE.argument:
		case TYPE.number:
		case TYPE.date:
		case TYPE.time:
			return [part.value];
	}
}

function missingForms(tag: string, parts: readonly MessageFormatElement[]): string[] {
	return parts.flatMap((part): string[] => {
		if (part.type === TYPE.tag) return missingForms(tag, part.children);
		if (part.type !== TYPE.plural && part.type !== TYPE.select) return [];
		const inner = Object.values(part.options).flatMap(({ value }) => missingForms(tag, value));
		if (part.type === TYPE.select) return inner;
		const type = part.pluralType ?? 'cardinal';
		const wanted = new Intl.PluralRules(tag, { type }).resolvedOptions().pluralCategories;
		return [...wanted.filter((form) => !(form in part.options)), ...inner];
	});
}
