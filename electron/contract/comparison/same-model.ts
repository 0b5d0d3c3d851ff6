/** The properties that tell whether two files hold one model. */
interface Weights {
	readonly architecture: string;
	/** Number of weights. */
	readonly parameters: number;
}

/**
 * Files of one model may count a tied output matrix once or twice; files that differ by more than this share are
 * different models.
 */
const mostApart = 0.02;

/** Whether two files can be quantisations of one model. */
export function isSameModel(a: Weights, b: Weights): boolean {
	return a.architecture === b.architecture && Math.abs(a.parameters / b.parameters - 1) <= mostApart;
}
