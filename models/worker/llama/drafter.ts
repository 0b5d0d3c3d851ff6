/**
 * Drafts tokens of an answer, so that several are computed in one decode: most of the work of one token is reading
 * weights from memory. The sampler draws each token as it would without a draft, and drops the draft from the first
 * token that differs. Tokens computed together are rounded differently, so an answer may differ from the one without
 * drafts.
 */
export interface Drafter {
	/** Starts an answer after these tokens. */
	begin(tokens: readonly number[]): void;
	/** Records the next token of the answer. */
	recordToken(token: number): void;
	/** Returns at most `most` tokens that may come next; empty without a draft. */
	propose(most: number): Promise<readonly number[]>;
	free(): void;
}

/** Decides how many tokens to draft: more while drafts are accepted, none for a while after several that were not. */
export interface DraftLength {
	/** Returns the number of tokens to draft now; 0 for none. */
	next(): number;
	/** Records how much of a draft was accepted. */
	recordOutcome(drafted: number, accepted: number): void;
	/** Number of drafted tokens of this answer so far. */
	readonly drafted: number;
	readonly accepted: number;
}

const first = 4;
const shortest = 2;
const longest = 16;

/** After so many consecutive drafts without an accepted token, drafting pauses for `pauseTokens`. */
const patience = 3;
const pauseTokens = 24;

export function createDraftLength(): DraftLength {
	let length = first;
	let missed = 0;
	let pause = 0;
	let drafted = 0;
	let accepted = 0;
	return {
		next() {
			if (pause === 0) return length;
			pause -= 1;
			return 0;
		},
		recordOutcome(guessed, right) {
			drafted += guessed;
			accepted += right;
			if (right === guessed) length = Math.min(longest, length * 2);
			else if (right * 2 < guessed) length = Math.max(shortest, Math.floor(length / 2));
			missed = right === 0 ? missed + 1 : 0;
			if (missed < patience) return;
			missed = 0;
			pause = pauseTokens;
		},
		get drafted() {
			return drafted;
		},
		get accepted() {
			return accepted;
		},
	};
}
