import { parseTemplate } from '../jinja/parser.ts';

/** A node of the template's syntax tree (models/jinja/syntax.ts); its children can be in fields of any name. */
export interface Node {
	readonly type: string;
	readonly [field: string]: unknown;
}

/** Deeper than any template that people write; the parser itself goes deeper without harm. */
const maxDepth = 200;

export const isNode = (value: unknown): value is Node =>
	typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

function childrenOf(node: Node): readonly Node[] {
	return Object.values(node).flatMap((value): readonly Node[] => {
		if (isNode(value)) return [value];
		return Array.isArray(value) ? value.filter(isNode) : [];
	});
}

/** Parses a template; null if it is invalid. */
export function treeOf(template: string): Node | null {
	try {
		const tree: unknown = parseTemplate(template);
		return isNode(tree) ? tree : null;
	} catch {
		return null;
	}
}

/** Visits every node with its ancestors, outermost first. */
export function walk(tree: Node, visit: (node: Node, around: readonly Node[]) => void): void {
	const step = (node: Node, around: readonly Node[]): void => {
		visit(node, around);
		if (around.length >= maxDepth) return;
		const inside = [...around, node];
		for (const child of childrenOf(node)) step(child, inside);
	};
	step(tree, []);
}

/** Returns the name in an identifier or constant text; null for anything else. */
export function nameOf(node: unknown): string | null {
	if (!isNode(node)) return null;
	const { type, value } = node;
	return (type === 'Identifier' || type === 'StringLiteral') && typeof value === 'string' ? value : null;
}

/** Returns what an attribute or an item is called, as in `a.name` and `a['name']`; null for anything else. */
export function memberNameOf(node: Node): string | null {
	if (node.type === 'Attribute') return typeof node.name === 'string' ? node.name : null;
	return node.type === 'Item' ? nameOf(node.index) : null;
}

/** Returns the number of a literal; null for anything else. */
export function numberOf(node: unknown): number | null {
	if (!isNode(node) || node.type !== 'NumberLiteral') return null;
	const { value } = node;
	return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

/** Returns an excerpt of the template around the first occurrence of `text`. */
export function excerptOf(template: string, text: string): string | null {
	const at = template.indexOf(text);
	if (at === -1) return text === '' ? null : text.slice(0, 160);
	return template.slice(Math.max(0, at - 40), at + 120).trim();
}
