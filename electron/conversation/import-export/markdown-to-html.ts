import type { Element, Nodes, Root } from 'hast';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';

/** HTML inside Markdown is treated as text. */
const processor = unified().use(remarkParse).use(remarkGfm).use(remarkRehype, { allowDangerousHtml: true });

/** All elements that Markdown produces; for any other element only its content is written. */
const elements = new Set(
	'a blockquote br code del em h1 h2 h3 h4 h5 h6 hr input li ol p pre section strong sup table tbody td th thead tr ul'.split(
		' ',
	),
);

const voidElements = new Set(['br', 'hr', 'input']);

/** Allowed targets of links. */
const safeAddress = /^(?:https?:\/\/|mailto:|#)/i;

/** Quotes and lists nested deeper than anyone writes: parsing 5,000 levels takes a minute. */
const tooDeep = /^[ \t]*(?:(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])[ \t]*){64,}/m;

/** Converts Markdown to HTML without scripts, styles or anything that is fetched. */
export function markdownToHtml(text: string): string {
	if (tooDeep.test(text)) return asItStands(text);
	try {
		return write(processor.runSync(processor.parse(text)) as Root);
	} catch {
		// The text is nested too deeply for the parser's stack.
		return asItStands(text);
	}
}

function asItStands(text: string): string {
	return `<pre tabindex="0">${escapeHtml(text)}</pre>`;
}

export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

function write(node: Nodes): string {
	switch (node.type) {
		case 'text':
			return escapeHtml(node.value);
		case 'element':
			return writeElement(node);
		case 'root':
			return node.children.map(write).join('');
		case 'comment':
		case 'doctype':
			return '';
		case 'raw':
			// HTML in the text becomes text.
			return escapeHtml(node.value);
		case 'mdxJsxFlowElement':
		case 'mdxJsxTextElement':
			// Nodes of other dialects, which this parser never produces.
			return '';
	}
}

function writeElement(element: Element): string {
	const { tagName, properties, children } = element;
	if (tagName === 'img') return image(properties);
	const inner = children.map(write).join('');
	if (!elements.has(tagName)) return inner;
	const start = `<${tagName}${attributes(tagName, properties)}>`;
	if (voidElements.has(tagName)) return start;
	const whole = `${start}${inner}</${tagName}>`;
	// Content that may be wider than the page scrolls by itself, also by keyboard.
	return tagName === 'table' ? `<div class="wide" role="group" aria-label="Table" tabindex="0">${whole}</div>` : whole;
}

/** Pictures are linked, not embedded: opening the file fetches nothing until the user follows the link. */
function image({ src, alt }: Element['properties']): string {
	const address = String(src ?? '');
	const words = escapeHtml(String(alt ?? '') || address || 'picture');
	return safeAddress.test(address) ? `<a href="${escapeHtml(address)}" rel="noreferrer">${words}</a>` : words;
}

function attributes(tagName: string, properties: Element['properties']): string {
	const given: [string, string][] = [];
	const { href, className, start, align, id } = properties;
	if (tagName === 'a' && typeof href === 'string' && safeAddress.test(href))
		given.push(['href', href], ['rel', 'noreferrer']);
	if (tagName === 'code' && Array.isArray(className)) given.push(['class', className.join(' ')]);
	if (tagName === 'pre') given.push(['tabindex', '0']);
	if (tagName === 'ol' && typeof start === 'number') given.push(['start', String(start)]);
	if ((tagName === 'td' || tagName === 'th') && typeof align === 'string') given.push(['align', align]);
	if (tagName === 'input')
		given.push(['type', 'checkbox'], ['disabled', ''], ['aria-label', 'Done'], ...checked(properties));
	// Footnotes and the links to them.
	if (typeof id === 'string' && id.startsWith('user-content-')) given.push(['id', id]);
	return given.map(([name, value]) => ` ${name}="${escapeHtml(value)}"`).join('');
}

function checked({ checked: is }: Element['properties']): [string, string][] {
	return is === true ? [['checked', '']] : [];
}
