/** A piece of a template's source and what it is. */
export interface TemplateToken {
	readonly kind: 'text' | 'tag' | 'keyword' | 'string' | 'comment';
	readonly text: string;
}

const blocks = /(\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}|\{#[\s\S]*?#\})/;
const pieces = /('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\b[A-Za-z_]\w*\b|\{%-?|-?%\}|\{\{-?|-?\}\})/;
const keywords =
	/^(for|in|if|elif|else|endif|endfor|set|endset|macro|endmacro|not|and|or|is|none|true|false|break|continue|filter|endfilter|call|endcall)$/i;

function kindOf(piece: string): TemplateToken['kind'] {
	if (/^['"]/.test(piece)) return 'string';
	if (/^(\{[%{]-?|-?[%}]\})$/.test(piece) || keywords.test(piece)) return 'keyword';
	return 'tag';
}

/** Splits the source of a chat template (Jinja) into pieces to be coloured; together they are the source. */
export function highlightTemplate(source: string): readonly TemplateToken[] {
	const marks: TemplateToken[] = [];
	const add = (kind: TemplateToken['kind'], text: string): void => {
		const last = marks.at(-1);
		if (text === '') return;
		if (last?.kind === kind) marks[marks.length - 1] = { kind, text: last.text + text };
		else marks.push({ kind, text });
	};
	for (const part of source.split(blocks)) {
		if (part.startsWith('{#')) add('comment', part);
		else if (/^\{[%{]/.test(part)) for (const piece of part.split(pieces)) add(kindOf(piece), piece);
		else add('text', part);
	}
	return marks;
}
