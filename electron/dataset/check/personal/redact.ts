import type { PersonalKind } from '../../../contract/dataset/check.ts';
import type { SampleContent } from '../../../contract/dataset/sample.ts';
import { findPersonal } from './find.ts';

/** A text with [email], [phone], … in the place of what is found, and how many places that were. */
export function redactText(text: string, kinds: readonly PersonalKind[]): { text: string; replaced: number } {
	const found = findPersonal(text, kinds);
	let redacted = '';
	let at = 0;
	for (const { kind, start, end } of found) {
		redacted += `${text.slice(at, start)}[${kind}]`;
		at = end;
	}
	return { text: redacted + text.slice(at), replaced: found.length };
}

/** Every text of a sample: turns, target, choices, variables, and texts anywhere in the metadata. */
export function redactContent(
	content: SampleContent,
	kinds: readonly PersonalKind[],
): { content: SampleContent; replaced: number } {
	let replaced = 0;
	function redact(text: string): string {
		const done = redactText(text, kinds);
		replaced += done.replaced;
		return done.text;
	}
	function deep(value: unknown): unknown {
		if (typeof value === 'string') return redact(value);
		if (Array.isArray(value)) return value.map(deep);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, deep(each)]));
	}
	const next: SampleContent = {
		...content,
		input:
			typeof content.input === 'string'
				? redact(content.input)
				: content.input.map(({ role, content: text }) => ({ role, content: redact(text) })),
		target: content.target === null ? null : redact(content.target),
		choices: content.choices?.map(redact) ?? null,
		variables: Object.fromEntries(Object.entries(content.variables).map(([name, value]) => [name, redact(value)])),
		metadata: deep(content.metadata) as Record<string, unknown>,
	};
	return { content: next, replaced };
}

/** Every text of a sample with the name of its place, as findings name it. */
export function* textsOf(content: SampleContent): Generator<{ readonly field: string; readonly text: string }> {
	if (typeof content.input === 'string') yield { field: 'input', text: content.input };
	else for (const { content: text } of content.input) yield { field: 'input', text };
	if (content.target !== null) yield { field: 'target', text: content.target };
	if (content.choices !== null) yield { field: 'choices', text: content.choices.join('\n') };
	for (const [name, text] of Object.entries(content.variables)) {
		// A column that became the input or the target says the same again.
		if (text !== content.input && text !== content.target) yield { field: name, text };
	}
}
