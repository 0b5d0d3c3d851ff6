import { withoutMessages } from '../../models/contract/said.ts';

/** Fields that hold sentences, which may be reworded at any time. */
const words = new Set([
	...[
		'message',
		'next',
		'words',
		'reason',
		'detail',
		'doing',
		'fallbackWords',
		'repeatableNote',
		'label',
		'secondsLeft',
	],
]);

/**
 * Copies the result of a call with `…` for every sentence. A verdict becomes the names of the files that it mentions.
 */
export function withoutWords(value: unknown): unknown {
	return withoutSentences(asPrinted(value), []);
}

/** Documents are in English: a text's message for other languages is part of none. */
function asPrinted(value: unknown): unknown {
	return value === undefined ? undefined : JSON.parse(JSON.stringify(value, withoutMessages));
}

function withoutSentences(value: unknown, names: readonly string[]): unknown {
	if (Array.isArray(value)) return value.map((one) => withoutSentences(one, names));
	if (typeof value !== 'object' || value === null) return value;
	const known = 'rows' in value && Array.isArray(value.rows) ? value.rows.map(nameOf) : names;
	return Object.fromEntries(
		Object.entries(value).map(([key, one]) => {
			// An estimate, and whether it is learned, depend on the computer; that there is one does not.
			if (key === 'secondsLeft' && typeof one === 'number') return [key, '…'];
			if (key === 'secondsLeftLearned' && typeof one === 'boolean') return [key, '…'];
			if (key === 'verdict' && isVerdict(one)) return [key, { ...one, detail: '…', text: namedIn(one.text, known) }];
			if (words.has(key) && (typeof one === 'string' || Array.isArray(one))) return [key, '…'];
			return [key, withoutSentences(one, known)];
		}),
	);
}

function nameOf(row: unknown): string {
	return typeof row === 'object' && row !== null && 'name' in row ? String(row.name) : '';
}

function isVerdict(value: unknown): value is { readonly text: string } {
	return typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';
}

function namedIn(text: string, names: readonly string[]): readonly string[] {
	return names.filter((name) => name !== '' && text.includes(name));
}

/** Lists the names and types of a document's fields, one per line. A list has the fields of all its items. */
export function shapeOf(value: unknown, path = ''): string[] {
	const lines = new Map<string, Set<string>>();
	const note = (one: unknown, at: string): void => {
		const kind = one === null ? 'null' : Array.isArray(one) ? 'list' : typeof one;
		lines.set(at, (lines.get(at) ?? new Set()).add(kind));
		if (Array.isArray(one)) for (const item of one) note(item, `${at}[]`);
		else if (typeof one === 'object' && one !== null) {
			for (const [key, below] of Object.entries(one)) note(below, at === '' ? key : `${at}.${key}`);
		}
	};
	note(asPrinted(value), path);
	return [...lines].map(([at, kinds]) => `${at}: ${[...kinds].sort().join(' | ')}`).sort();
}
