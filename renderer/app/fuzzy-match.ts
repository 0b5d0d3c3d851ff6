import { lowerCase } from '../../electron/contract/lower-case.ts';

/** A fuzzy match: its score (higher is better) and the matched letters. */
export interface Match {
	score: number;
	positions: readonly number[];
}

/**
 * Matches the letters of `query` in order within `text`; consecutive letters and word starts score more. Returns null
 * if there is no match.
 */
export function fuzzyMatch(query: string, text: string): Match | null {
	const wanted = lowerCase(query).replaceAll(/\s+/g, '');
	if (wanted === '') return { score: 0, positions: [] };
	const lower = lowerCase(text);
	const whole = lower.indexOf(lowerCase(query).trim());
	if (whole !== -1) {
		const length = query.trim().length;
		return { score: 100 - whole + (isWordStart(text, whole) ? 50 : 0), positions: range(whole, length) };
	}
	const positions: number[] = [];
	let score = 0;
	let from = 0;
	for (const letter of wanted) {
		const at = lower.indexOf(letter, from);
		if (at === -1) return null;
		score += at === from && positions.length > 0 ? 4 : isWordStart(text, at) ? 3 : -Math.min(3, at - from);
		positions.push(at);
		from = at + 1;
	}
	return score < wanted.length ? null : { score, positions };
}

function isWordStart(text: string, at: number): boolean {
	return at === 0 || /[\s\-_./(]/.test(text.charAt(at - 1));
}

function range(start: number, length: number): number[] {
	return Array.from({ length }, (_, index) => start + index);
}
