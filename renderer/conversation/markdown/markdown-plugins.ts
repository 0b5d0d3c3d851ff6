import remarkGfm from 'remark-gfm';
import { mathsFromMarkdown, mathsSyntax } from './maths-syntax.ts';

/** The part of a hast tree that these plugins use. */
export interface HastNode {
	type: string;
	tagName?: string;
	value?: string;
	properties?: Record<string, unknown>;
	children?: HastNode[];
}

/** Elements that the caret follows instead of entering. */
const closedToCaret: ReadonlySet<string> = new Set(['br', 'code', 'math']);

const numberPattern = /^[\s$€£~≈<>±+−-]*\d[\d\s.,'’]*\s*(?:%|[a-zµ°²³/]{1,6})?$/iu;

/** Aligns table columns that contain only numbers to the right, unless the author set an alignment. */
export function rehypeNumberColumns() {
	return (tree: HastNode): void => {
		for (const table of elements(tree, 'table')) {
			const rows = [...elements(table, 'tr')].map((row) => (row.children ?? []).filter(isCell));
			const [head, ...body] = rows;
			if (head === undefined || body.length === 0) continue;
			head.forEach((_cell, column) => {
				const cells = body.map((row) => row[column]).filter((cell) => cell !== undefined);
				const texts = cells.map(collectText).filter((text) => text.trim() !== '');
				if (texts.length === 0 || !texts.every((text) => numberPattern.test(text.trim()))) return;
				for (const row of rows) {
					const cell = row[column];
					if (cell?.properties && cell.properties.align === undefined) cell.properties.align = 'right';
				}
			});
		}
	};
}

/** Deepest nesting: layout recurses as deep as the elements, and nobody writes deeper than this. */
const maxDepth = 160;

/** Throws if elements are nested too deeply to be drawn. */
export function rehypeShallow() {
	return (tree: HastNode): void => {
		const waiting = [{ node: tree, depth: 0 }];
		for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
			if (next.depth > maxDepth) throw new Error(`Markdown lies more than ${maxDepth} levels deep`);
			for (const node of next.node.children ?? []) waiting.push({ node, depth: next.depth + 1 });
		}
	};
}

/** Tags without attributes that models use in Markdown, and their replacements. */
const plainTags: Readonly<Record<string, string>> = {
	sub: 'sub',
	sup: 'sup',
	kbd: 'kbd',
	b: 'strong',
	strong: 'strong',
	i: 'em',
	em: 'em',
	u: 'u',
};

/** Renders `<br>` and pairs like `<sub>2</sub>`; every other tag, and any with attributes, stays text. */
export function rehypePlainTags() {
	return (tree: HastNode): void => readPlainTags(tree);
}

function readPlainTags(node: HastNode): void {
	const { children } = node;
	if (children === undefined) return;
	for (let index = 0; index < children.length; index += 1) {
		const child = children[index]!;
		if (child.type !== 'raw') {
			readPlainTags(child);
			continue;
		}
		const [, closes, name = ''] = /^<(\/?)([a-z]+)\s*\/?>$/i.exec((child.value ?? '').trim()) ?? [];
		if (name.toLowerCase() === 'br') children[index] = { type: 'element', tagName: 'br', properties: {}, children: [] };
		const tagName = plainTags[name.toLowerCase()];
		if (tagName === undefined || closes !== '') continue;
		const close = `</${name}>`;
		const end = children.findIndex((other, at) => at > index && other.type === 'raw' && other.value === close);
		if (end === -1) continue;
		const inner = children.slice(index + 1, end);
		const element: HastNode = { type: 'element', tagName, properties: {}, children: inner };
		children.splice(index, end - index + 1, element);
		readPlainTags(element);
	}
}

/** Puts the caret after the last letter. */
export function rehypeCaret() {
	return (tree: HastNode): void => {
		let node = tree;
		for (;;) {
			const last = node.children?.findLast((child) => child.type === 'element' || (child.value ?? '').trim() !== '');
			if (last === undefined || last.type !== 'element' || closedToCaret.has(last.tagName ?? '')) break;
			node = last;
		}
		const caret: HastNode = { type: 'element', tagName: 'span', properties: { className: ['caret'] }, children: [] };
		if (node.tagName !== 'pre') node.children?.push(caret);
	};
}

function* elements(node: HastNode, tagName: string): Generator<HastNode> {
	for (const child of node.children ?? []) {
		if (child.tagName === tagName) yield child;
		yield* elements(child, tagName);
	}
}

function isCell(node: HastNode): boolean {
	return node.tagName === 'td' || node.tagName === 'th';
}

/** Collects all text below a node. */
export function collectText(node: HastNode): string {
	return node.value ?? (node.children ?? []).map(collectText).join('');
}

/** Blocks are parsed separately, so a footnote would never meet its text, which would vanish: both stay as written. */
const withoutFootnotes = {
	disable: { null: ['gfmFootnoteDefinition', 'gfmFootnoteCall', 'gfmPotentialFootnoteCall'] },
};

interface Processor {
	data(): { micromarkExtensions?: unknown[]; fromMarkdownExtensions?: unknown[] };
}

/** Adds maths and removes footnotes. */
function remarkAnswerSyntax(this: Processor): void {
	const data = this.data();
	data.micromarkExtensions = [...(data.micromarkExtensions ?? []), mathsSyntax, withoutFootnotes];
	data.fromMarkdownExtensions = [...(data.fromMarkdownExtensions ?? []), mathsFromMarkdown];
}

/** Markdown syntax of answers: CommonMark, GitHub's tables, task lists and strikethrough, and maths. */
export const remarkPlugins = [remarkGfm, remarkAnswerSyntax];
