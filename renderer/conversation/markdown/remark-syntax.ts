import remarkGfm from 'remark-gfm';
import { mathsFromMarkdown, mathsSyntax } from './maths/maths-syntax.ts';

/**
 * Blocks are read one by one, so a footnote and its text never meet and the text would vanish: both stay as they were
 * written.
 */
const withoutFootnotes = {
	disable: { null: ['gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'] },
};

interface Processor {
	data(): { micromarkExtensions?: unknown[]; fromMarkdownExtensions?: unknown[] };
}

/** Maths, and no footnotes. */
function remarkAnswerSyntax(this: Processor): void {
	const data = this.data();
	data.micromarkExtensions = [...(data.micromarkExtensions ?? []), mathsSyntax, withoutFootnotes];
	data.fromMarkdownExtensions = [...(data.fromMarkdownExtensions ?? []), mathsFromMarkdown];
}

/** How the Markdown of models is read: CommonMark, GitHub's tables, task lists and strikethrough, and maths. */
export const remarkPlugins = [remarkGfm, remarkAnswerSyntax];
