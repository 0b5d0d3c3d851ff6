import { threadMs } from '../thread-time.ts';

/** An arrow of an automaton: characters from one code point to another, both included. */
export interface Arrow {
	readonly from: number;
	readonly to: number;
	readonly target: number;
}

/**
 * A deterministic automaton over code points: the arrows of a state don't overlap and are in order. Text that finds no
 * arrow is not matched.
 */
export interface Automaton {
	readonly start: number;
	readonly accepts: readonly boolean[];
	readonly arrows: readonly (readonly Arrow[])[];
}

/** More states than the grammar of a sensible pattern needs; beyond, a pattern explodes. */
export const maxStates = 2_000;

export const lastCodePoint = 0x10ffff;

/** Thrown where an automaton would have too many states. */
export class AutomatonTooLarge extends Error {
	override readonly name = 'AutomatonTooLarge';
}

/** A machine that is explored state by state; `Key` names a state. */
interface Machine {
	readonly start: string;
	accepts(key: string): boolean;
	/** Arrows without overlap, in order. */
	arrows(key: string): readonly { readonly from: number; readonly to: number; readonly target: string }[];
}

/** Visits all states of a machine. Throws AutomatonTooLarge. */
export function explore({ start, accepts, arrows }: Machine): Automaton {
	const numbers = new Map([[start, 0]]);
	const order = [start];
	const found: Arrow[][] = [];
	for (let at = 0; at < order.length; at += 1) {
		found.push(
			arrows(order[at]!).map(({ from, to, target }) => {
				let number = numbers.get(target);
				if (number === undefined) {
					number = order.length;
					if (number >= maxStates) throw new AutomatonTooLarge();
					numbers.set(target, number);
					order.push(target);
				}
				return { from, to, target: number };
			}),
		);
	}
	return minimised({ start: 0, accepts: order.map((key) => accepts(key)), arrows: found });
}

/** Joins neighbouring arrows to the same target. */
function joined(arrows: readonly Arrow[]): Arrow[] {
	const result: Arrow[] = [];
	for (const arrow of arrows) {
		const last = result.at(-1);
		if (last !== undefined && last.target === arrow.target && last.to + 1 === arrow.from) {
			result[result.length - 1] = { ...last, to: arrow.to };
		} else result.push(arrow);
	}
	return result;
}

/** Processor time for merging the states of one automaton, ms. */
const longestMergeMs = 100;

/** Returns the automaton with equivalent states merged and without those that lead nowhere. */
function minimised(automaton: Automaton): Automaton {
	const { accepts, arrows } = automaton;
	const alive = aliveStates(automaton);
	const live = arrows.map((list) => list.filter(({ target }) => alive[target]));
	let classes: number[] = accepts.map((accept) => (accept ? 1 : 0));
	let count = 0;
	const began = threadMs();
	for (;;) {
		// Unmerged states match the same; long chains would take minutes.
		if (threadMs() - began > longestMergeMs) {
			classes = accepts.map((_, state) => state);
			break;
		}
		const known = new Map<string, number>();
		const next = classes.map((own, state) => {
			const outward = joined(live[state]!.map((arrow) => ({ ...arrow, target: classes[arrow.target]! })));
			const key = `${own};${outward.map(({ from, to, target }) => `${from}-${to}>${target}`).join()}`;
			const number = known.get(key) ?? known.size;
			known.set(key, number);
			return number;
		});
		classes = next;
		if (known.size === count) break;
		count = known.size;
	}
	const merged: Automaton = { start: 0, accepts: [], arrows: [] };
	const numbers = new Map<number, number>();
	const states: number[] = [];
	const numberOf = (state: number): number => {
		const own = classes[state]!;
		const number = numbers.get(own) ?? states.length;
		if (number === states.length) {
			numbers.set(own, number);
			states.push(state);
		}
		return number;
	};
	numberOf(automaton.start);
	const [newAccepts, newArrows] = [merged.accepts as boolean[], merged.arrows as Arrow[][]];
	for (let at = 0; at < states.length; at += 1) {
		const state = states[at]!;
		newAccepts.push(accepts[state]!);
		newArrows.push(joined(live[state]!.map((arrow) => ({ ...arrow, target: numberOf(arrow.target) }))));
	}
	return merged;
}

/** Returns for each state whether a text can still be matched from it. */
function aliveStates({ accepts, arrows }: Automaton): readonly boolean[] {
	const before: number[][] = accepts.map(() => []);
	for (const [state, list] of arrows.entries()) for (const { target } of list) before[target]!.push(state);
	const alive = [...accepts];
	const open = accepts.flatMap((accept, state) => (accept ? [state] : []));
	for (let state = open.pop(); state !== undefined; state = open.pop()) {
		for (const earlier of before[state]!) {
			if (alive[earlier]) continue;
			alive[earlier] = true;
			open.push(earlier);
		}
	}
	return alive;
}

/** Whether it matches no text at all. */
export function matchesNothing(automaton: Automaton): boolean {
	return !aliveStates(automaton)[automaton.start];
}

/** Returns what both match. Throws AutomatonTooLarge. */
export function intersection(a: Automaton, b: Automaton): Automaton {
	const pair = (key: string): [number, number] => key.split(' ').map(Number) as [number, number];
	return explore({
		start: `${a.start} ${b.start}`,
		accepts(key) {
			const [x, y] = pair(key);
			return a.accepts[x]! && b.accepts[y]!;
		},
		arrows(key) {
			const [x, y] = pair(key);
			const [left, right] = [a.arrows[x]!, b.arrows[y]!];
			const result: { from: number; to: number; target: string }[] = [];
			for (let i = 0, j = 0; i < left.length && j < right.length; ) {
				const [one, other] = [left[i]!, right[j]!];
				const from = Math.max(one.from, other.from);
				const to = Math.min(one.to, other.to);
				if (from <= to) result.push({ from, to, target: `${one.target} ${other.target}` });
				if (one.to < other.to) i += 1;
				else j += 1;
			}
			return result;
		},
	});
}

/** Returns what it doesn't match. */
export function complement({ accepts, arrows, start }: Automaton): Automaton {
	const trap = accepts.length;
	const filled = arrows.map((list) => {
		const result: Arrow[] = [];
		let from = 0;
		for (const arrow of list) {
			if (arrow.from > from) result.push({ from, to: arrow.from - 1, target: trap });
			result.push(arrow);
			from = arrow.to + 1;
		}
		if (from <= lastCodePoint) result.push({ from, to: lastCodePoint, target: trap });
		return result;
	});
	return minimised({
		start,
		accepts: [...accepts.map((accept) => !accept), true],
		arrows: [...filled, [{ from: 0, to: lastCodePoint, target: trap }]],
	});
}

/** Returns an automaton for texts of `least` to `most` code points. Throws AutomatonTooLarge. */
export function lengthAutomaton(least: number, most: number | null): Automaton {
	const states = (most ?? least) + 1;
	if (states > maxStates) throw new AutomatonTooLarge();
	return {
		start: 0,
		accepts: Array.from({ length: states }, (_, state) => state >= least),
		arrows: Array.from({ length: states }, (_, state) => {
			const target = state + 1 < states ? state + 1 : most === null ? state : null;
			return target === null ? [] : [{ from: 0, to: lastCodePoint, target }];
		}),
	};
}

/** Returns an automaton for exactly these texts. Throws AutomatonTooLarge. */
export function wordsAutomaton(words: readonly string[]): Automaton {
	const accepts: boolean[] = [false];
	const next: Map<number, number>[] = [new Map()];
	for (const word of words) {
		let state = 0;
		for (const character of word) {
			const code = character.codePointAt(0)!;
			let target = next[state]!.get(code);
			if (target === undefined) {
				target = next.length;
				if (target >= maxStates * 10) throw new AutomatonTooLarge();
				next[state]!.set(code, target);
				next.push(new Map());
				accepts.push(false);
			}
			state = target;
		}
		accepts[state] = true;
	}
	const automaton = minimised({
		start: 0,
		accepts,
		arrows: next.map((targets) =>
			[...targets].sort(([a], [b]) => a - b).map(([code, target]) => ({ from: code, to: code, target })),
		),
	});
	if (automaton.accepts.length > maxStates) throw new AutomatonTooLarge();
	return automaton;
}

/** Whether it matches the whole text; linear in its length. */
export function matchesAutomaton({ start, accepts, arrows }: Automaton, text: string): boolean {
	let state = start;
	for (const character of text) {
		const code = character.codePointAt(0)!;
		const arrow = arrows[state]!.find(({ from, to }) => from <= code && code <= to);
		if (arrow === undefined) return false;
		state = arrow.target;
	}
	return accepts[state]!;
}
