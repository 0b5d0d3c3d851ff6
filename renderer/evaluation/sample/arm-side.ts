/** One of the arms that are looked at side by side. */
export interface ArmSide {
	readonly armId: number;
	/** Short, for a column: "v5". */
	readonly label: string;
	/** What is worth knowing besides: "3 examples". */
	readonly detail: string;
	/** What it is marked by, where that is another scorer than the other side's. */
	readonly scorer?: string | undefined;
	/** The dataset its samples are of: for their source, and to correct a target. */
	readonly dataset: { readonly id: number; readonly versionId: number; readonly name: string };
}
