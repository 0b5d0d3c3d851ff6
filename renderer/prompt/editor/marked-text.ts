/** A stretch of a template: plain, or a variable with its braces. */
export interface TemplateSegment {
	readonly text: string;
	/** null: plain text. */
	readonly variable: string | null;
}

/** `{{ name }}`, but not `\{{name}}`, which stands for two braces. */
const variablePattern = /(?<!\\)\{\{([^{}]*)\}\}/g;

/** Cuts a template at its variables, for marking them while it is written; what is wrong with it the application says. */
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
