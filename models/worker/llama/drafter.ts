/** Guesses the tokens of an answer. */
export interface Drafter {
	/** An answer begins after these tokens. */
	begin(tokens: readonly number[]): void;
	/** The answer goes on with this token. */
	wrote(token: number): void;
	/** At most `most` tokens that may come next; none where there is no guess. */
	propose(most: number): Promise<readonly number[]>;
	free(): void;
}

/** How many tokens to guess: more while guesses come true, none for a while after some that did not. */
export interface DraftLength {
	/** Tokens to guess now; 0 for none. */
	next(): number;
	/** What became of a guess. */
	took(drafted: number, accepted: number): void;
	/** Of this answer so far. */
	readonly drafted: number;
	readonly accepted: number;
}

const first = 4;
const least = 2;
const largest = 16;

/** So many guesses in a row of which nothing came true end guessing for `pauseTokens`. */
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
		took(guessed, right) {
			drafted += guessed;
			accepted += right;
			if (right === guessed) length = Math.min(largest, length * 2);
			else if (right * 2 < guessed) length = Math.max(least, Math.floor(length / 2));
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
