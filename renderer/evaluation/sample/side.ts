/** One of the arms that are looked at side by side. */
export interface ArmSide {
	readonly armId: number;
	/** Short, for a column: "v5". */
	readonly label: string;
	/** What is worth knowing besides: "3 examples". */
	readonly detail: string;
	/** The dataset its samples are of: for their source, and to correct a target. */
	readonly dataset: { readonly id: number; readonly versionId: number; readonly name: string };
}
