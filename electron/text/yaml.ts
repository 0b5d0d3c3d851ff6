import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';

export interface YamlDocument {
	readonly document: Document.Parsed;
	/** The first error, with its offset in the text; null: none. */
	readonly fault: { readonly message: string; readonly offset: number } | null;
	/** Line and column, counted from 1, of an offset in the text. */
	position(offset: number): { readonly line: number; readonly column: number };
	/** The values. Throws an error for aliases without an anchor, or that expand enormously. */
	values(): unknown;
	/** Makes texts of whole numbers that a float can't hold, such as 64-bit ids, so that `values` keeps their digits. */
	keepDigits(): void;
}

/** Most aliases of a document: resolving each one looks through all of them. */
const maxAliases = 1_000;

/** Most values that an alias of aliases may expand to. */
const maxExpansion = 100;

/** Parses YAML, and JSON, which is YAML too. Takes time in proportion to the text, whatever stands in it. */
export function parseYaml(text: string): YamlDocument {
	const lines = new LineCounter();
	// The parser's own check of duplicate keys compares every key of a map with every other one.
	const document = parseDocument(text, {
		lineCounter: lines,
		prettyErrors: false,
		uniqueKeys: false,
		logLevel: 'error',
	});
	const [broken] = document.errors;
	return {
		document,
		fault: broken === undefined ? findFault(document) : { message: broken.message, offset: broken.pos[0] },
		position(offset) {
			const { line, col } = lines.linePos(offset);
			return { line, column: col };
		},
		keepDigits() {
			visit(document, {
				Scalar(_, node) {
					if (typeof node.value !== 'number' || Number.isSafeInteger(node.value)) return;
					if (/^[-+]?\d+$/.test(node.source ?? '')) node.value = node.source;
				},
			});
		},
		values: () => document.toJS({ maxAliasCount: maxExpansion }) as unknown,
	};
}

/** Finds the first repeated key of a map, or the first alias that is too many. */
function findFault(document: Document.Parsed): YamlDocument['fault'] {
	let fault: YamlDocument['fault'] = null;
	let aliases = 0;
	visit(document, {
		Map(_, { items }) {
			const keys = new Set<unknown>();
			for (const { key } of items) {
				if (!isScalar(key)) continue;
				if (keys.has(key.value)) {
					fault = { message: 'Map keys must be unique', offset: key.range?.[0] ?? 0 };
					return visit.BREAK;
				}
				keys.add(key.value);
			}
			return undefined;
		},
		Alias(_, alias) {
			aliases += 1;
			if (aliases <= maxAliases) return undefined;
			fault = { message: `More than ${maxAliases.toLocaleString('en')} aliases`, offset: alias.range?.[0] ?? 0 };
			return visit.BREAK;
		},
	});
	return fault;
}
