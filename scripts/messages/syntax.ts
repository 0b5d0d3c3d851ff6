import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseSync } from 'vite';

/** A node of the syntax tree (ESTree with JSX and TypeScript), with its place in the text. */
export interface Node {
	readonly type: string;
	readonly start: number;
	readonly end: number;
	readonly [key: string]: unknown;
}

export interface SourceFile {
	/** From the project's root, with slashes. */
	readonly path: string;
	readonly text: string;
	readonly program: Node;
}

export function isNode(value: unknown): value is Node {
	return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Reads and parses the TypeScript files of a folder, or one file; only those with the pattern. */
export function readSourceFiles(root: string, folder: string, pattern = /^/): SourceFile[] {
	const place = join(root, folder);
	const paths = /\.tsx?$/.test(folder)
		? [place]
		: readdirSync(place, { withFileTypes: true, recursive: true })
				.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
				.map((entry) => join(entry.parentPath, entry.name));
	return paths
		.sort()
		.map((path) => ({ path: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }))
		.filter(({ text }) => pattern.test(text))
		.map(({ path, text }) => parseSource(path, text));
}

export function parseSource(path: string, text: string): SourceFile {
	const { program, errors } = parseSync(path, text);
	if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
	return { path, text, program: program as unknown as Node };
}

/** Calls `see` for each node from the outside in, with its ancestors, nearest first; false skips what is inside. */
export function visit(node: Node, see: (node: Node, parents: readonly Node[]) => unknown): void {
	const parents: Node[] = [];
	const enter = (value: unknown): void => {
		if (Array.isArray(value)) for (const one of value) enter(one);
		else if (isNode(value)) {
			if (see(value, parents.toReversed()) === false) return;
			parents.push(value);
			for (const [key, inner] of Object.entries(value)) if (key !== 'parent') enter(inner);
			parents.pop();
		}
	};
	enter(node);
}

/** Returns the identifier or member name that a node is, such as `fail` of `toasts.fail`. */
export function nameOf(node: unknown): string | undefined {
	if (!isNode(node)) return undefined;
	if (node.type === 'MemberExpression') return nameOf(node.property);
	if (node.type === 'JSXMemberExpression') return nameOf(node.property);
	if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
	return typeof node.name === 'string' ? node.name : undefined;
}

/** Returns the string that a literal, or a template without holes, is. */
export function literalText(node: unknown): string | null {
	if (!isNode(node)) return null;
	if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
	const quasis = node.quasis as { value: { cooked: string } }[] | undefined;
	if (node.type === 'TemplateLiteral' && quasis?.length === 1) return quasis[0]?.value.cooked ?? null;
	return null;
}

/** Line, from 1, of an offset. */
export function lineOf(text: string, offset: number): number {
	return text.slice(0, offset).split('\n').length;
}
