import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';

interface Node {
	readonly type: string;
	readonly [key: string]: unknown;
}

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** Folders of the product's own code. */
const folders = ['electron', 'models', 'renderer'];

function sources(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name));
}

function visit(node: unknown, see: (node: Node) => void): void {
	if (Array.isArray(node)) for (const one of node) visit(one, see);
	else if (isNode(node)) {
		see(node);
		for (const [key, value] of Object.entries(node)) if (key !== 'parent') visit(value, see);
	}
}

/**
 * Returns the texts that an expression can produce: both sides of a condition, and a template with `…` for its holes.
 */
function texts(node: unknown): string[] {
	if (!isNode(node)) return [];
	if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : [];
	if (node.type === 'TemplateLiteral') {
		return [(node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…')];
	}
	if (node.type === 'ConditionalExpression') return [...texts(node.consequent), ...texts(node.alternate)];
	if (node.type === 'LogicalExpression') return [...texts(node.left), ...texts(node.right)];
	if (node.type.startsWith('TS')) return texts(node.expression);
	return [];
}

/**
 * Returns the codes that a file gives to failures and warnings: values of `code:`, and arguments of a parameter `code`.
 */
function codesIn(path: string): string[] {
	const text = readFileSync(path, 'utf8');
	if (!/\bcode\b/.test(text)) return [];
	const { program, errors } = parseSync(path, text);
	if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
	const found: string[] = [];
	const takers = new Map<string, number>();
	const nameOf = (node: unknown): string | undefined => (isNode(node) ? (node.name as string | undefined) : undefined);
	const noteTaker = (name: string | undefined, fn: unknown): void => {
		if (name === undefined || !isNode(fn) || !Array.isArray(fn.params)) return;
		const index = fn.params.findIndex((param) => nameOf(param) === 'code');
		if (index !== -1) takers.set(name, index);
	};
	visit(program, (node) => {
		if (node.type === 'Property' && nameOf(node.key) === 'code') found.push(...texts(node.value));
		if (node.type === 'FunctionDeclaration') noteTaker(nameOf(node.id), node);
		if (node.type === 'VariableDeclarator') noteTaker(nameOf(node.id), node.init);
	});
	visit(program, (node) => {
		const index = node.type === 'CallExpression' ? takers.get(nameOf(node.callee) ?? '') : undefined;
		if (index !== undefined) found.push(...texts((node.arguments as unknown[])[index]));
	});
	return found;
}

/** Returns every code of a failure or warning in the product's sources, sorted. `…-unknown` is a computed code. */
export function codesOfSources(root: string): string[] {
	const found = folders.flatMap((folder) => sources(join(root, folder))).flatMap(codesIn);
	return [...new Set(found)].filter((code) => kebab.test(code.replaceAll('…', 'x'))).sort();
}
