/** A source that an answer names, open beside the thread. */
export interface ShownSource {
	readonly messageId: number;
	readonly number: number;
}
