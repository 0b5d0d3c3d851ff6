import type { ChatTurn } from '../contract/generation.ts';

/**
 * A part of a rendered prompt. In `plain` parts nothing is parsed as a special token, whatever it looks like, because a
 * person wrote it. The other parts contain the template's special tokens and the text around them.
 */
export interface PromptPart {
	readonly text: string;
	readonly plain: boolean;
}

function escaped(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * Returns a pattern for the texts of control tokens; null if a model has none. Excludes tokens of one character, which
 * can't be distinguished from text.
 */
export function specialTextPattern(controlTokens: readonly string[]): RegExp | null {
	const texts = controlTokens.filter((text) => text.length > 1).sort((a, b) => b.length - a.length);
	return texts.length === 0 ? null : new RegExp(texts.map((text) => escaped(text)).join('|'), 'g');
}

/** Returns a private-use character that does not occur in the texts. */
function unusedCharacter(texts: readonly string[]): string {
	for (let code = 0xe000; code < 0xf8ff; code += 1) {
		const character = String.fromCharCode(code);
		if (texts.every((text) => !text.includes(character))) return character;
	}
	throw new Error('every character of the private use area is in use');
}

/** Breaks up every special text with `mark`, so that it is no longer special. */
function broken(text: string, pattern: RegExp, mark: string): string {
	let now = text;
	for (let before = ''; before !== now; ) {
		before = now;
		now = now.replace(pattern, (found) => found.slice(0, 1) + mark + found.slice(1));
	}
	return now;
}

/**
 * Splits a rendered prompt so that special tokens in the turns' own text can be distinguished from the template's.
 * Breaks up each special text in a turn with a mark and renders the template with the marks; the result without marks
 * must equal the prompt. If it doesn't, the template processes such text (it removes reasoning from old answers, say),
 * and that text stays unmarked.
 */
export function splitPrompt(
	turns: readonly ChatTurn[],
	pattern: RegExp | null,
	render: (turns: readonly ChatTurn[]) => string,
): { text: string; parts: readonly PromptPart[] } {
	const text = render(turns);
	const whole = { text, parts: [{ text, plain: false }] };
	if (pattern === null) return whole;
	const suspicious = turns.flatMap((turn, index) => (turn.content.search(pattern) === -1 ? [] : [index]));
	if (suspicious.length === 0) return whole;

	const mark = unusedCharacter([text, ...turns.map((turn) => turn.content)]);
	const renderMarked = (marked: ReadonlyMap<number, RegExp>): string | null => {
		const rendered = render(
			turns.map((turn, index) => {
				const breaking = marked.get(index);
				return breaking ? { ...turn, content: broken(turn.content, breaking, mark) } : turn;
			}),
		);
		return rendered.replaceAll(mark, '') === text ? rendered : null;
	};

	const all = new Map(suspicious.map((index) => [index, pattern]));
	const marked = renderMarked(all) ?? renderMarked(markable(turns, suspicious, pattern, renderMarked));
	return marked === null ? whole : { text, parts: partsOf(marked, pattern, mark) };
}

/** Returns the parts of each turn that can be marked without changing the template's output. */
function markable(
	turns: readonly ChatTurn[],
	suspicious: readonly number[],
	pattern: RegExp,
	renderMarked: (marked: ReadonlyMap<number, RegExp>) => string | null,
): ReadonlyMap<number, RegExp> {
	const found = new Map<number, RegExp>();
	for (const index of suspicious) {
		if (renderMarked(new Map([[index, pattern]])) !== null) {
			found.set(index, pattern);
			continue;
		}
		const texts = [...new Set(turns[index]?.content.match(pattern) ?? [])].filter(
			(one) => renderMarked(new Map([[index, new RegExp(escaped(one), 'g')]])) !== null,
		);
		const some = specialTextPattern(texts);
		if (some) found.set(index, some);
	}
	return found;
}

/** Splits at the remaining special texts, which are the template's, and joins the other parts. */
function partsOf(marked: string, pattern: RegExp, mark: string): PromptPart[] {
	const parts: PromptPart[] = [];
	let open = '';
	let position = 0;
	const addText = (piece: string): void => {
		if (!piece.includes(mark)) {
			open += piece;
			return;
		}
		if (open !== '') parts.push({ text: open, plain: false });
		open = '';
		parts.push({ text: piece.replaceAll(mark, ''), plain: true });
	};
	for (const special of marked.matchAll(pattern)) {
		addText(marked.slice(position, special.index));
		open += special[0];
		position = special.index + special[0].length;
	}
	addText(marked.slice(position));
	if (open !== '') parts.push({ text: open, plain: false });
	return parts;
}
