import { type ReactNode, type Ref, useId } from 'react';
import { Labelled } from '../design/text-field.tsx';

/** Both layers must break lines at the same places. */
const text = 'col-start-1 row-start-1 px-2.5 py-2 font-mono text-xs/5 whitespace-pre-wrap [overflow-wrap:anywhere]';

/**
 * A template with highlighted `{{variables}}`; those that the sample lacks are marked as errors. It grows with its
 * text.
 */
export function TemplateField({
	label,
	hint,
	value,
	missing,
	placeholder,
	rows = 3,
	field,
	onChange,
}: {
	label: ReactNode;
	hint?: ReactNode;
	value: string;
	/** Variables that the previewed sample lacks. */
	missing: readonly string[];
	placeholder?: string;
	rows?: number;
	field?: Ref<HTMLTextAreaElement>;
	onChange: (value: string) => void;
}) {
	const id = useId();
	return (
		<Labelled label={label} hint={hint} htmlFor={id}>
			<div className="grid rounded-md border border-control bg-surface focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus">
				<div aria-hidden className={`pointer-events-none text-transparent select-none ${text}`}>
					{splitTemplate(value).map(({ text: part, variable }, index) =>
						variable === null ? (
							part
						) : (
							<span
								// biome-ignore lint/suspicious/noArrayIndexKey: stretches stand in order
								key={index}
								className={`rounded-xs box-decoration-clone ${missing.includes(variable) ? 'bg-diff-bad' : 'bg-accent-soft inset-ring inset-ring-line-strong'}`}
							>
								{part}
							</span>
						),
					)}
					{/* A final line break needs an extra line, so that both layers are equally high. */}
					{'\u200b'}
				</div>
				<textarea
					ref={field}
					id={id}
					rows={rows}
					value={value}
					placeholder={placeholder}
					spellCheck={false}
					dir="auto"
					onChange={(event) => onChange(event.target.value)}
					className={`field-sizing-content w-full resize-none overflow-hidden bg-transparent outline-none ${text}`}
				/>
			</div>
		</Labelled>
	);
}

/** A segment of a template: plain text, or a variable with its braces. */
export interface TemplateSegment {
	readonly text: string;
	/** null: plain text. */
	readonly variable: string | null;
}

/** `{{ name }}`, but not `\{{name}}`, which is an escaped pair of braces. */
const variablePattern = /(?<!\\)\{\{([^{}]*)\}\}/g;

/** Splits a template at its variables, to highlight them while the user writes; the application reports errors. */
export function splitTemplate(template: string): readonly TemplateSegment[] {
	const found: TemplateSegment[] = [];
	let end = 0;
	for (const match of template.matchAll(variablePattern)) {
		if (match.index > end) found.push({ text: template.slice(end, match.index), variable: null });
		found.push({ text: match[0], variable: (match[1] ?? '').trim() });
		end = match.index + match[0].length;
	}
	if (end < template.length) found.push({ text: template.slice(end), variable: null });
	return found;
}
