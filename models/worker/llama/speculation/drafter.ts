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
