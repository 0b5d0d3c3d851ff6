import { posix } from 'node:path';
import { quoted } from '../../models/contract/message-syntax.ts';
import { findBareTexts, findSingleWords, textOf } from './find-bare-texts.ts';
import { isNode, literalText, type Node, nameOf, type SourceFile, visit } from './syntax.ts';

interface Left {
	readonly at: number;
	readonly why: string;
	readonly text: string;
}

export interface ConvertedSource {
	readonly text: string;
	readonly converted: number;
	/** Texts that need a person. */
	readonly left: readonly Left[];
}

interface Edit {
	readonly start: number;
	readonly end: number;
	readonly text: string;
	readonly uses: 't' | 'Trans' | 'said' | 'spoken';
}

/** A message in the making: its text in ICU's syntax, and the source of its values by name. */
interface Draft {
	message: string;
	readonly values: Map<string, string>;
}

/** Puts the texts of a file into the catalogue, as far as that is safe. */
export function convertSource(source: SourceFile): ConvertedSource {
	const isPage = source.path.startsWith('renderer/');
	const left: Left[] = [];
	const edits: Edit[] = [];
	const leave = (node: Node, why: string): void => {
		left.push({
			at: node.start,
			why,
			text: source.text.slice(node.start, node.end).replaceAll(/\s+/g, ' ').slice(0, 100),
		});
	};
	const bare = findBareTexts(source);
	if (isPage && bare.length > 0 && bindsT(source)) {
		return { text: source.text, converted: 0, left: [{ at: 0, why: 'rename the variable t', text: source.path }] };
	}
	const hosts = new Set(bare.filter(({ kind }) => kind === 'jsx').map(({ parents }) => parents[0]!));
	for (const host of hosts) for (const edit of convertChildren(host, source, leave)) edits.push(edit);
	for (const { kind, node, parents } of bare) {
		if (kind === 'jsx' || isInside(node, edits) || isInRun(node, parents, hosts)) continue;
		const edit = isPage ? convertLeaf(node, parents, source, leave) : convertSaid(node, parents, source, leave);
		if (edit !== null) edits.push(edit);
	}
	if (isPage) for (const node of findSingleWords(source, bare)) leave(node, 'a word for people?');
	if (!isPage) edits.push(...speakFacts(source, edits));
	return { text: applied(source, outermost(edits)), converted: edits.length, left };
}

const isInside = (node: Node, edits: readonly Edit[]): boolean =>
	edits.some(({ start, end }) => node.start >= start && node.end <= end);

/** A text in braces amid other text is part of that sentence, which was dealt with as a whole. */
function isInRun(node: Node, parents: readonly Node[], hosts: ReadonlySet<Node>): boolean {
	const container = parents.find((one) => one.type === 'JSXExpressionContainer' && one.start <= node.start);
	if (container === undefined) return false;
	const host = parents[parents.indexOf(container) + 1];
	if (host === undefined || !hosts.has(host)) return false;
	return runsOf(host).some((run) => run.includes(container));
}

function bindsT(source: SourceFile): boolean {
	let found = false;
	visit(source.program, (node, [parent]) => {
		if (node.type !== 'Identifier' || node.name !== 't' || parent === undefined) return;
		if (parent.type === 'VariableDeclarator' && parent.id === node) found = true;
		if (/Function/.test(parent.type) && (parent.params as unknown[]).includes(node)) found = true;
	});
	return found;
}

// --- Texts in expressions and attributes

function convertLeaf(
	node: Node,
	parents: readonly Node[],
	source: SourceFile,
	leave: (node: Node, why: string) => void,
): Edit | null {
	const text = textOf(node);
	const [parent] = parents;
	if (parent?.type === 'BinaryExpression' || /^\s|\s$|^[,;.:)]/.test(text)) {
		leave(node, 'a piece of a sentence');
		return null;
	}
	const draft = draftOf(node, source);
	if (draft === null) {
		leave(node, 'a sentence with a condition in it');
		return null;
	}
	if (!/\p{L}{2}/u.test(draft.message.replaceAll(/\{\w+\}/g, ''))) return null;
	const isAttribute = node.type === 'Literal' && source.text[node.start - 1] === '=';
	const call = callOf(draft);
	return { start: node.start, end: node.end, text: isAttribute ? `{${call}}` : call, uses: 't' };
}

function convertSaid(
	node: Node,
	parents: readonly Node[],
	source: SourceFile,
	leave: (node: Node, why: string) => void,
): Edit | null {
	if (parents[0]?.type === 'BinaryExpression') {
		leave(node, 'a piece of a sentence');
		return null;
	}
	const template =
		node.type === 'TemplateLiteral'
			? source.text.slice(node.start, node.end)
			: `\`${String(node.value).replaceAll(/[\\`]|\$\{/g, '\\$&')}\``;
	for (const hole of (node.expressions ?? []) as Node[]) {
		if (hasWords(hole)) leave(hole, 'words in a value: write two sentences, or said`…` in it');
	}
	return { start: node.start, end: node.end, text: `said${template}`, uses: 'said' };
}

/** Facts that aren't handed to `new Failure` become plain data by `spoken`. */
function speakFacts(source: SourceFile, edits: readonly Edit[]): Edit[] {
	const found: Edit[] = [];
	visit(source.program, (node, [parent]) => {
		if (node.type !== 'ObjectExpression' || !edits.some(({ start, end }) => start >= node.start && end <= node.end))
			return;
		const names = (node.properties as Node[]).map(({ key }) => nameOf(key));
		if (!names.includes('message')) return;
		if (parent?.type === 'NewExpression' && nameOf(parent.callee) === 'Failure') return;
		if (parent?.type === 'CallExpression' && nameOf(parent.callee) === 'spoken') return;
		found.push({ start: node.start, end: node.start, text: 'spoken(', uses: 'spoken' });
		found.push({ start: node.end, end: node.end, text: ')', uses: 'spoken' });
	});
	return found;
}

function hasWords(node: Node): boolean {
	let found = false;
	visit(node, (inner) => {
		if (inner.type === 'TaggedTemplateExpression') return false;
		const text = inner.type === 'Literal' && typeof inner.value === 'string' ? inner.value : '';
		if (/\p{L}{3}|\s\p{L}/u.test(text)) found = true;
		return;
	});
	return found && node.type === 'ConditionalExpression';
}

/** Drafts the message of a string or template; null: it has a condition in the middle of its sentence. */
function draftOf(node: Node, source: SourceFile): Draft | null {
	const draft: Draft = { message: '', values: new Map() };
	if (node.type === 'Literal') {
		draft.message = quoted(String(node.value));
		return draft;
	}
	const { quasis, expressions } = node as unknown as { quasis: { value: { cooked: string } }[]; expressions: Node[] };
	draft.message = quoted(quasis[0]?.value.cooked ?? '');
	for (const [index, expression] of expressions.entries()) {
		if (!addValue(draft, expression, source)) return null;
		draft.message += quoted(quasis[index + 1]?.value.cooked ?? '');
	}
	return draft;
}

/** Adds a value's hole to a message; false: it can't be one. */
function addValue(draft: Draft, expression: Node, source: SourceFile): boolean {
	const plural = pluralOf(expression, source);
	if (plural !== null) {
		const name = nameValue(draft, plural.count, source);
		draft.message += `{${name}, plural, one {${plural.one}} other {${plural.other}}}`;
		return true;
	}
	const literal = literalText(expression);
	if (literal !== null) {
		draft.message += quoted(literal);
		return true;
	}
	if (expression.type === 'JSXEmptyExpression') return true;
	if (/^(?:ConditionalExpression|LogicalExpression|ArrowFunctionExpression)$/.test(expression.type)) {
		const isFallback = expression.type === 'LogicalExpression' && expression.operator === '??';
		if (!isFallback) return false;
	}
	if (hasElement(expression)) return false;
	draft.message += `{${nameValue(draft, expression, source)}}`;
	return true;
}

function hasElement(node: Node): boolean {
	let found = false;
	visit(node, ({ type }) => {
		if (type === 'JSXElement' || type === 'JSXFragment') found = true;
	});
	return found;
}

/** Reads how the page words amounts: `formatQuantity(n, 'sample')`, and `n === 1 ? 'one' : 'others'`. */
function pluralOf(node: Node, source: SourceFile): { count: Node; one: string; other: string } | null {
	if (node.type === 'CallExpression' && nameOf(node.callee) === 'formatQuantity') {
		const [count, noun, plural] = node.arguments as Node[];
		const one = literalText(noun);
		const other = plural === undefined ? `${one}s` : literalText(plural);
		if (one === null || other === null) return null;
		return { count: count!, one: `# ${quoted(one)}`, other: `# ${quoted(other)}` };
	}
	if (node.type !== 'ConditionalExpression') return null;
	const test = node.test as Node;
	if (test.type !== 'BinaryExpression' || test.operator !== '===' || source.text.slice(...span(test.right)) !== '1')
		return null;
	const one = literalText(node.consequent);
	const other = literalText(node.alternate);
	if (one === null || other === null) return null;
	return { count: test.left as Node, one: quoted(one), other: quoted(other) };
}

const span = (node: unknown): [number, number] => [(node as Node).start, (node as Node).end];

/** Names a value after what it is: `formatBytes(file.sizeBytes)` is `sizeBytes`. The same value keeps its name. */
function nameValue(draft: Draft, expression: Node, source: SourceFile): string {
	const code = source.text.slice(expression.start, expression.end);
	for (const [name, known] of draft.values) if (known === code) return name;
	const base = plainName(expression) ?? 'value';
	let name = base;
	for (let number = 2; draft.values.has(name); number += 1) name = `${base}${number}`;
	draft.values.set(name, code);
	return name;
}

function plainName(node: Node): string | null {
	switch (node.type) {
		case 'Identifier':
			return String(node.name);
		case 'ChainExpression':
		case 'TSNonNullExpression':
		case 'TSAsExpression':
			return plainName(node.expression as Node);
		case 'MemberExpression': {
			if (node.computed === true) return plainName(node.object as Node);
			const own = nameOf(node.property) ?? 'value';
			return own === 'length' ? 'count' : own;
		}
		case 'LogicalExpression':
			return plainName(node.left as Node);
		case 'CallExpression': {
			const [first] = node.arguments as Node[];
			const inner = first === undefined || first.type === 'SpreadElement' ? null : plainName(first);
			const own = nameOf(node.callee)?.replace(/^(?:format|word|describe|get)(?=[A-Z])/, '');
			return inner ?? (own === undefined ? null : own.charAt(0).toLowerCase() + own.slice(1));
		}
		default:
			return null;
	}
}

function callOf({ message, values }: Draft): string {
	return values.size === 0 ? `t(${literal(message)})` : `t(${literal(message)}, ${objectOf(values)})`;
}

function objectOf(values: ReadonlyMap<string, string>): string {
	const entries = [...values].map(([name, code]) => (name === code ? name : `${name}: ${code}`));
	return `{ ${entries.join(', ')} }`;
}

function literal(text: string): string {
	if (text.includes("'") && !text.includes('"')) return `"${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}"`;
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

// --- Texts between tags

/** Elements that are part of a sentence even at its beginning or end. */
const inline = /^(?:a|b|strong|em|i|code|kbd|abbr|q|var|sub|sup|mark|Kbd|Mono|\w*Link)$/;

/** Splits the children of an element into sentences: from the first to the last piece of text. */
function runsOf(host: Node): Node[][] {
	const children = host.children as Node[];
	const runs: Node[][] = [];
	let run: Node[] = [];
	for (const child of children) {
		if (isBreak(child)) {
			runs.push(run);
			run = [];
		} else run.push(child);
	}
	runs.push(run);
	return runs
		.map(trimmed)
		.filter((one) => one.some(({ type, value }) => type === 'JSXText' && /\p{L}{2}/u.test(String(value))));
}

const isBreak = (node: Node): boolean =>
	node.type === 'JSXElement' && nameOf((node.openingElement as Node).name) === 'br';

function trimmed(run: Node[]): Node[] {
	const isOuter = (node: Node): boolean =>
		(node.type === 'JSXElement' && !inline.test(nameOf((node.openingElement as Node).name) ?? '')) ||
		node.type === 'JSXFragment' ||
		(node.type === 'JSXText' && String(node.value).trim() === '') ||
		(node.type === 'JSXExpressionContainer' && (literalText(node.expression)?.trim() === '' || isOptional(node)));
	let first = 0;
	let last = run.length;
	while (first < last && isOuter(run[first]!)) first += 1;
	while (last > first && isOuter(run[last - 1]!)) last -= 1;
	return run.slice(first, last);
}

/** An element that is there or not, as `{x ? <Badge /> : null}`. */
function isOptional(container: Node): boolean {
	const expression = container.expression as Node;
	return /^(?:ConditionalExpression|LogicalExpression)$/.test(expression.type) && hasElement(expression);
}

function convertChildren(host: Node, source: SourceFile, leave: (node: Node, why: string) => void): Edit[] {
	return runsOf(host).flatMap((run) => {
		const draft: Draft = { message: '', values: new Map() };
		let rich = false;
		const isSound = run.every((child) => {
			if (child.type === 'JSXText') {
				if (/&\w+;/.test(String(child.raw ?? child.value))) return false;
				draft.message += quoted(joined(String(child.value)));
				return true;
			}
			if (child.type === 'JSXExpressionContainer') return addValue(draft, child.expression as Node, source);
			if (child.type !== 'JSXElement') return false;
			rich = true;
			return addElement(draft, child, source);
		});
		const [first] = run;
		const last = run.at(-1);
		if (first === undefined || last === undefined) return [];
		if (!isSound) {
			leave({ ...first, end: last.end }, 'a sentence with a condition or an element in it');
			return [];
		}
		const before = first.type === 'JSXText' && /^[ \t]+\S/.test(String(first.value)) ? "{' '}" : '';
		const after = last.type === 'JSXText' && /\S[ \t]+$/.test(String(last.value)) ? "{' '}" : '';
		const message = draft.message.trim();
		const whole = rich
			? `<Trans text=${attributeOf(message)} values={${objectOf(draft.values)}} />`
			: `{${callOf({ ...draft, message })}}`;
		return [
			{
				start: first.start,
				end: last.end,
				text: `${before}${whole}${after}`,
				uses: rich ? 'Trans' : 't',
			} satisfies Edit,
		];
	});
}

const attributeOf = (message: string): string =>
	/["\\\n&{]/.test(message) && /["\\\n&]/.test(message) ? `{${literal(message)}}` : `"${message}"`;

/** Text as React shows it: lines are trimmed and joined by a space. */
function joined(text: string): string {
	const lines = text.split('\n');
	const parts = lines.map((line, index) => {
		const start = index === 0 ? line : line.replace(/^[ \t]+/, '');
		return index === lines.length - 1 ? start : start.replace(/[ \t]+$/, '');
	});
	return parts.filter((line) => line !== '').join(' ');
}

/** Adds an element inside a sentence: with words as a tag around them, without as a value. */
function addElement(draft: Draft, element: Node, source: SourceFile): boolean {
	const opening = element.openingElement as Node;
	const children = element.children as Node[];
	const base = (nameOf(opening.name) ?? 'part').replace(/^./, (letter) => letter.toLowerCase());
	let name = base;
	for (let number = 2; draft.values.has(name); number += 1) name = `${base}${number}`;
	const isWorded = children.some(({ type, value }) => type === 'JSXText' && /\p{L}/u.test(String(value)));
	if (!isWorded || /^(?:code|kbd|Kbd)$/.test(base)) {
		draft.values.set(name, source.text.slice(element.start, element.end));
		draft.message += `{${name}}`;
		return true;
	}
	const tag = source.text.slice(opening.start, opening.end);
	const closing = element.closingElement as Node;
	draft.values.set(name, `(words) => ${tag}{words}${source.text.slice(closing.start, closing.end)}`);
	draft.message += `<${name}>`;
	for (const child of children) {
		if (child.type === 'JSXText') draft.message += quoted(joined(String(child.value)));
		else if (child.type !== 'JSXExpressionContainer' || !addValue(draft, child.expression as Node, source))
			return false;
	}
	draft.message += `</${name}>`;
	return true;
}

// --- Writing

/** Of edits within each other the outer one is made now, and the inner one in the next round. */
function outermost(edits: readonly Edit[]): Edit[] {
	return edits.filter(
		(edit) =>
			edit.start === edit.end ||
			!edits.some(
				(other) => other !== edit && other.start <= edit.start && other.end >= edit.end && other.end > other.start,
			),
	);
}

function applied(source: SourceFile, edits: readonly Edit[]): string {
	let { text } = source;
	for (const { start, end, text: replacement } of edits.toSorted((a, b) => b.start - a.start || b.end - a.end)) {
		text = text.slice(0, start) + replacement + text.slice(end);
	}
	return withImports(source, text, new Set(edits.map(({ uses }) => uses)));
}

const homes = {
	t: 'renderer/messages/t.ts',
	Trans: 'renderer/messages/trans.tsx',
	said: 'models/contract/said.ts',
	spoken: 'models/contract/said.ts',
};

function withImports(source: SourceFile, text: string, uses: ReadonlySet<keyof typeof homes>): string {
	const body = source.program.body as Node[];
	const imports = body.filter(({ type }) => type === 'ImportDeclaration');
	const imported = imports.flatMap(({ specifiers }) => (specifiers as Node[]).map(({ local }) => nameOf(local)));
	const byHome = new Map<string, string[]>();
	for (const name of uses) {
		if (imported.includes(name)) continue;
		byHome.set(homes[name], [...(byHome.get(homes[name]) ?? []), name]);
	}
	const lines = [...byHome].map(([home, names]) => {
		const path = posix.relative(posix.dirname(source.path), home);
		return `import { ${names.sort().join(', ')} } from '${path.startsWith('.') ? path : `./${path}`}';\n`;
	});
	const [first] = imports;
	const at = isNode(first) ? first.start : 0;
	return text.slice(0, at) + lines.join('') + text.slice(at);
}
