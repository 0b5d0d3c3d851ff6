/** One of the arms shown side by side. */
export interface ArmSide {
	readonly armId: number;
	/** Short label for a column: "v5". */
	readonly label: string;
	/** Further useful details: "3 examples". */
	readonly detail: string;
	/** Its scorer, if the other side has another one. */
	readonly scorer?: string | undefined;
	/** Dataset of its samples, to show their source and to correct a target. */
	readonly dataset: { readonly id: number; readonly versionId: number; readonly name: string };
}
