import { Parser } from 'htmlparser2';
import { NestedTooDeep } from '../document-builder.ts';

/** Programs write some ten levels, and the parser's work grows with the square of the depth. */
export const deepestElements = 5_000;

/** Leaves out definitions of entities, which the parser takes for text. */
export function withoutDefinitions(xml: string): string {
	return xml.replace(/<!DOCTYPE[^[>]*\[[\s\S]*?\]\s*>/i, '');
}

/** An element as it opens: its name without a prefix, and its attributes as written. */
export interface XmlElement {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Reads XML as events, so that it costs no more than its text. Names lose their prefix, which in these formats is always the same
 * one. Throws NestedTooDeep. Only XML's own five entities and character numbers are decoded: those that a file defines stay text.
 */
export function readXml(
	xml: string,
	on: {
		readonly open?: (element: XmlElement) => void;
		readonly text?: (text: string) => void;
		readonly close?: (name: string) => void;
	},
): void {
	const local = (name: string): string => name.slice(name.indexOf(':') + 1);
	let depth = 0;
	const parser = new Parser(
		{
			onopentag(name, attributes) {
				depth += 1;
				if (depth > deepestElements) throw new NestedTooDeep();
				on.open?.({ name: local(name), attributes });
			},
			ontext: (text) => on.text?.(text),
			onclosetag(name) {
				depth -= 1;
				on.close?.(local(name));
			},
		},
		{ xmlMode: true, decodeEntities: true },
	);
	parser.write(withoutDefinitions(xml));
	parser.end();
}

/** Returns the attributes of every element with this name. */
export function elementsNamed(xml: string, name: string): Readonly<Record<string, string>>[] {
	const found: Readonly<Record<string, string>>[] = [];
	readXml(xml, {
		open(element) {
			if (element.name === name) found.push(element.attributes);
		},
	});
	return found;
}

/** Returns the text of the first element with this name, or null. */
export function textNamed(xml: string, name: string): string | null {
	let found = '';
	let depth = 0;
	let isDone = false;
	readXml(xml, {
		open(element) {
			if (element.name === name && !isDone) depth += 1;
		},
		text(text) {
			if (depth > 0) found += text;
		},
		close(closed) {
			if (closed !== name || depth === 0) return;
			depth -= 1;
			isDone = depth === 0;
		},
	});
	return found.trim() === '' ? null : found.trim();
}

/** Puts together the path of a file that another one in the same ZIP file refers to. */
export function pathBeside(from: string, target: string): string {
	if (target.startsWith('/')) return target.slice(1);
	const parts = from.split('/').slice(0, -1);
	for (const part of target.split('/')) {
		if (part === '..') parts.pop();
		else if (part !== '.' && part !== '') parts.push(part);
	}
	return parts.join('/');
}
