/** A text with its selection. */
export interface TextState {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** Steps to undo and to redo, newest last. */
export interface TextHistory {
	readonly past: readonly TextState[];
	readonly future: readonly TextState[];
	/** When the newest step was last extended by typing, ms; null: the next key starts a step of its own. */
	readonly typedAt: number | null;
}

export const noHistory: TextHistory = { past: [], future: [], typedAt: null };

/** Typing after a pause starts a new step, ms. */
const pauseMs = 1_000;

/** Most steps, and most characters of all of them together. */
const most = { steps: 500, characters: 20_000_000 };

/** Drops the oldest steps beyond the limits. */
function limited(past: readonly TextState[]): readonly TextState[] {
	let characters = 0;
	let first = past.length;
	while (first > 0 && past.length - first < most.steps) {
		characters += past[first - 1]?.text.length ?? 0;
		if (characters > most.characters && first < past.length) break;
		first -= 1;
	}
	return first === 0 ? past : past.slice(first);
}

/** Records a change as a step of its own; `before` is the text before it. */
export function recordStep({ past }: TextHistory, before: TextState): TextHistory {
	return { past: limited([...past, before]), future: [], typedAt: null };
}

/** Records typing: keys within a second of each other are undone together. */
export function recordTyping(history: TextHistory, before: TextState, now: number): TextHistory {
	const { typedAt } = history;
	if (typedAt !== null && now - typedAt < pauseMs) return { ...history, future: [], typedAt: now };
	return { ...recordStep(history, before), typedAt: now };
}

/** Returns the text before the newest step; null if there is none. */
export function undoStep(
	{ past, future }: TextHistory,
	current: TextState,
): { readonly history: TextHistory; readonly state: TextState } | null {
	const state = past.at(-1);
	if (state === undefined) return null;
	return { state, history: { past: past.slice(0, -1), future: [...future, current], typedAt: null } };
}

/** Returns the text after the step undone last; null if there is none. */
export function redoStep(
	{ past, future }: TextHistory,
	current: TextState,
): { readonly history: TextHistory; readonly state: TextState } | null {
	const state = future.at(-1);
	if (state === undefined) return null;
	return { state, history: { past: [...past, current], future: future.slice(0, -1), typedAt: null } };
}
