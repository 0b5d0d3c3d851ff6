import { type Agreement, cohenKappa } from '../../../statistics/kappa.ts';

/** One output that a judge and a person marked. */
export interface JudgedByBoth {
	readonly judge: number | null;
	readonly person: 'up' | 'down';
}

/** Whether a mark counts as good: 1 of pass-fail, 4 and 5 of grades, a win of pairs. */
export function isGood(mark: number): boolean {
	return mark > 0.5;
}

/**
 * How far a judge agrees with people on the outputs that both marked, beyond chance: Cohen's kappa with its interval.
 * Rows that the judge could not mark are left out of it.
 */
export function judgeAgreement(rows: readonly JudgedByBoth[]): Agreement {
	const both = rows.flatMap(({ judge, person }) =>
		judge === null ? [] : [{ judge: isGood(judge) ? 'up' : 'down', person }],
	);
	return cohenKappa(
		both.map(({ judge }) => judge),
		both.map(({ person }) => person),
	);
}
