import type { PersonalKind } from '../../../contract/dataset/check.ts';
import type { SampleContent } from '../../../contract/dataset/sample.ts';
import { findPersonalData } from './find.ts';

/** A text with [email], [phone], … in the place of what is found, and how many places that were. */
export function redactText(text: string, kinds: readonly PersonalKind[]): { text: string; replaced: number } {
	const found = findPersonalData(text, kinds);
	let redacted = '';
	let at = 0;
	for (const { kind, start, end } of found) {
		redacted += `${text.slice(at, start)}[${kind}]`;
		at = end;
	}
	return { text: redacted + text.slice(at), replaced: found.length };
}

/** Every text of a sample: turns, target, choices, variables, and texts anywhere in the metadata. Copies count once. */
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
	const ofColumn = (text: string): string => (isCopy(text, content) ? redactText(text, kinds).text : redact(text));
	const next: SampleContent = {
		...content,
		input:
			typeof content.input === 'string'
				? redact(content.input)
				: content.input.map(({ role, content: text }) => ({ role, content: redact(text) })),
		target: content.target === null ? null : redact(content.target),
		choices: content.choices?.map(redact) ?? null,
		variables: mapped(content.variables, ofColumn) as Record<string, string>,
		metadata: mapped(content.metadata, ofColumn) as Record<string, unknown>,
	};
	return { content: next, replaced };
}

/** Every text of a sample with the name of its place, as findings name it. */
export function* textsOf(content: SampleContent): Generator<{ readonly field: string; readonly text: string }> {
	if (typeof content.input === 'string') yield { field: 'input', text: content.input };
	else for (const { content: text } of content.input) yield { field: 'input', text };
	if (content.target !== null) yield { field: 'target', text: content.target };
	for (const text of content.choices ?? []) yield { field: 'choices', text };
	for (const [field, value] of [...Object.entries(content.variables), ...Object.entries(content.metadata)]) {
		for (const text of stringsIn(value)) if (!isCopy(text, content)) yield { field, text };
	}
}

/** A column that became the input or the target says the same again. */
const isCopy = (text: string, { input, target }: SampleContent): boolean => text === input || text === target;

function mapped(value: unknown, change: (text: string) => string): unknown {
	if (typeof value === 'string') return change(value);
	if (Array.isArray(value)) return value.map((each) => mapped(each, change));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each, change)]));
}

function* stringsIn(value: unknown): Generator<string> {
	if (typeof value === 'string') yield value;
	else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* stringsIn(each);
}
