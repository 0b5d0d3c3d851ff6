import type { FoundNumber } from '../../prompt/numbers.ts';

/** A number as a float and, if it is whole, exactly. */
export type ExactNumber = Pick<FoundNumber, 'value' | 'integer'>;

export interface Tolerances {
	readonly tolerance: number;
	readonly relativeTolerance?: number;
}

/**
 * Traces of float arithmetic, as a share: 0.1 + 0.2 is 0.30000000000000004. Two numbers of at most 15 digits that
 * differ are further apart.
 */
const trace = 4 * Number.EPSILON;

/** Whether the number can be compared: a float holds it, or it is whole. */
export function isComparable({ value, integer }: ExactNumber): boolean {
	return integer !== null || Number.isFinite(value);
}

/** Whether two numbers are the same within the larger tolerance. Whole numbers are compared exactly, whatever their length. */
export function sameNumber(want: ExactNumber, have: ExactNumber, tolerances: Tolerances): boolean {
	const { tolerance, relativeTolerance = 0 } = tolerances;
	const size = Math.abs(want.value);
	// A share of a number that no float holds is unknown.
	const limit = Number.isFinite(size) ? Math.max(tolerance, relativeTolerance * size) : tolerance;
	if (want.integer !== null && have.integer !== null) {
		const apart = want.integer - have.integer;
		return apart === 0n || Math.abs(Number(apart)) <= Math.min(limit * (1 + trace), Number.MAX_VALUE);
	}
	if (!(Number.isFinite(want.value) && Number.isFinite(have.value))) return false;
	return Math.abs(have.value - want.value) <= limit + trace * Math.max(size, Math.abs(have.value));
}
