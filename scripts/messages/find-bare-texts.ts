import { isNode, type Node, nameOf, type SourceFile, visit } from './syntax.ts';

/** A text that a person reads and that no catalogue knows. */
export interface BareText {
	readonly kind: 'jsx' | 'expression';
	readonly node: Node;
	/** JSX: the parent element. */
	readonly parents: readonly Node[];
}

/** Attributes and props with words for people. */
const attributes =
	/^(?:aria-(?:label|description|valuetext|roledescription|placeholder)|title|placeholder|alt|label|labels?|description|hint|words|text|message|empty|prompt|heading|caption|summary|name|note|reason|why|unit|tooltip|confirm|cancel|action|verb|warning|none|busy|missing|[a-z]+(?:Label|Title|Text|Words|Description|Hint|Message))$/;

/** Attributes whose strings are never words. */
const neverWords =
	/^(?:className|class|style|key|id|type|href|src|d|viewBox|role|htmlFor|data-[a-z-]+|slot|target|rel)$/;

/** Properties of objects with words for people. */
const properties =
	/^(?:label|title|description|hint|words|text|message|next|placeholder|heading|caption|summary|reason|why|tooltip|blocked|tells|says|short|long|explanation|verb|synonyms|[a-z]+(?:Label|Title|Text|Words|Description|Hint|Message))$/;

/** Functions whose first argument is said to people. */
const speakers = /^(?:fail|announce|say|setAnnounced|setError|setProblem|refuse|notify|confirm)$/;

/** Elements whose content is code, not words. */
const codeElements = /^(?:code|kbd|pre|Kbd|Code|style|script)$/;

/** Functions whose argument is no text for people, or is in the catalogue already. */
const silent =
	/^(?:translate|phrase|said|amount|Error|TypeError|RangeError|log|warn|error|debug|querySelector|getElementById|addEventListener|removeEventListener|createElement|startsWith|endsWith|includes|matchMedia|getItem|setItem|setRequestHeader|test|split|join|replace|replaceAll|RegExp|URL|lazy)$/;

const hasWord = /\p{L}{2}/u;

/** Whether a text outside a place for words is a sentence all the same. */
function isSentence(text: string): boolean {
	const words = text.trim().split(/\s+/);
	if (words.length < 2 || !hasWord.test(text)) return false;
	if (words.some((word) => /[[\]=;]|\w[:/-]\w*[:/-]|^-?[a-z]+-\d|^[a-z]+:\S/.test(word))) return false;
	if (/^[A-Z“]\p{Ll}*$/u.test(words[0] ?? '')) return words.length > 1;
	return /[.?!…]$/.test(text) || (words.length > 3 && !words.some((word) => word.includes('-')));
}

/** Returns the texts of a file that a person reads and that aren't in the catalogue. */
export function findBareTexts(source: SourceFile): BareText[] {
	const found: BareText[] = [];
	const seen = new Set<number>();
	const add = (node: Node, parents: readonly Node[], sure: boolean): void => {
		for (const leaf of leavesOf(node)) {
			const text = textOf(leaf);
			if (seen.has(leaf.start) || !(sure ? isWording(text) : isSentence(text))) continue;
			seen.add(leaf.start);
			found.push({ kind: 'expression', node: leaf, parents });
		}
	};
	const noteSeen = (node: Node | undefined): void => void (node === undefined ? null : seen.add(node.start));
	const isMain = !source.path.startsWith('renderer/');
	visit(source.program, (node, parents) => {
		if (/^(?:TS(?!As|Satisfies|NonNull)|Import|ExportAll)/.test(node.type)) return false;
		if (node.type === 'CallExpression' || node.type === 'NewExpression') {
			const name = nameOf(node.callee) ?? '';
			const [first] = node.arguments as Node[];
			if (!isMain && speakers.test(name) && first !== undefined) {
				add(first, parents, true);
				for (const leaf of leavesOf(first))
					if (isPutTogether(leaf)) found.push({ kind: 'expression', node: leaf, parents });
			}
			if (silent.test(name)) return name === 'join' || name === 'replace' || name === 'replaceAll' ? undefined : false;
		}
		if (node.type === 'TaggedTemplateExpression') return false;
		// The message itself; its values may hold other texts.
		if (node.type === 'CallExpression' && node.callee && nameOf(node.callee) === 't') {
			for (const one of [0, 2]) noteSeen((node.arguments as Node[])[one]);
		}
		if (isMain) {
			if (node.type === 'ObjectExpression' && isFailure(node)) {
				for (const property of node.properties as Node[]) {
					const name = nameOf(property.key);
					if (name === 'message' || name === 'next') add(property.value as Node, parents, true);
				}
			}
			return;
		}
		if (node.type === 'JSXElement' && codeElements.test(nameOf((node.openingElement as Node).name) ?? '')) return false;
		if (node.type === 'JSXText' && hasWord.test(String(node.value))) found.push({ kind: 'jsx', node, parents });
		if (node.type === 'JSXExpressionContainer' && /^JSX(?:Element|Fragment)$/.test(parents[0]?.type ?? '')) {
			add(node.expression as Node, parents, true);
		}
		if (node.type === 'JSXAttribute') {
			const name = nameOf(node.name) ?? '';
			if (neverWords.test(name)) return false;
			if (isNode(parents[0]) && nameOf(parents[0].name) === 'Trans' && name !== 'values') return false;
			if (!attributes.test(name)) return node.value !== null && isNode(node.value) && node.value.type !== 'Literal';
			const value = node.value;
			if (isNode(value))
				add(value.type === 'JSXExpressionContainer' ? (value.expression as Node) : value, parents, true);
		}
		if (node.type === 'Property' && properties.test(nameOf(node.key) ?? '')) add(node.value as Node, parents, true);
		if (isComparison(node)) return false;
		if (node.type === 'Literal' || node.type === 'TemplateLiteral') add(node, parents, false);
		return;
	});
	return found;
}

const isComparison = (node: Node): boolean =>
	node.type === 'BinaryExpression' && /^[=!<>]=*$/.test(String(node.operator));

function isFailure(node: Node): boolean {
	const names = (node.properties as Node[]).map((one) => nameOf(one.key));
	return names.includes('message') && (names.includes('next') || names.includes('code'));
}

/** Whether a text puts values together with punctuation, which differs between languages. */
function isPutTogether(node: Node): boolean {
	return node.type === 'TemplateLiteral' && /….*[:,;.].*…/.test(textOf(node)) && !isWording(textOf(node));
}

/** Whether a text in a place for words has any: identifiers, units, and symbols don't count. */
function isWording(text: string): boolean {
	if (!hasWord.test(text)) return false;
	if (/^[a-z]+[A-Z_]/.test(text.trim())) return false;
	return !/^(?:KB|kB|MB|GB|ms|tok\/s|https?:\S+|[a-z]+:\/\/\S*|assay\b.*|SHA-256|CPU|GPU|GGUF|JSON|YAML|CSV|HTML|Assay)$/.test(
		text.trim(),
	);
}

/** The string and template literals that an expression can result in. */
function leavesOf(node: unknown): Node[] {
	if (!isNode(node)) return [];
	switch (node.type) {
		case 'Literal':
			return typeof node.value === 'string' ? [node] : [];
		case 'TemplateLiteral':
			return [node];
		case 'ConditionalExpression':
			return [...leavesOf(node.consequent), ...leavesOf(node.alternate)];
		case 'LogicalExpression':
			return [...(node.operator === '&&' ? [] : leavesOf(node.left)), ...leavesOf(node.right)];
		case 'BinaryExpression':
			return node.operator === '+' ? [...leavesOf(node.left), ...leavesOf(node.right)] : [];
		case 'ArrayExpression':
			return (node.elements as unknown[]).flatMap(leavesOf);
		case 'SpreadElement':
			return leavesOf(node.argument);
		case 'TSAsExpression':
		case 'TSSatisfiesExpression':
		case 'TSNonNullExpression':
		case 'ParenthesizedExpression':
		case 'JSXExpressionContainer':
			return leavesOf(node.expression);
		default:
			return [];
	}
}

/** The text of a literal; a template with `…` for its holes. */
export function textOf(node: Node): string {
	if (node.type === 'JSXText' || node.type === 'Literal') return String(node.value);
	return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…');
}
