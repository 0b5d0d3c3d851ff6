import type { JudgeAgreement } from '../contract/evaluation/schema.ts';
import { type Agreement, cohenKappa } from '../statistics/kappa.ts';

/** From this many answers on, kappa's interval is meaningful. */
const enough = 20;

/** "Agrees with 31 of your 40 ratings; kappa 0.55 (95 % interval 0.29 to 0.81): moderate agreement." Bands of Landis and Koch (1977). */
export function agreementWords({ n, good, observed, kappa, low, high }: Omit<JudgeAgreement, 'words'>): string {
	if (n === 0) return 'The judge gave no verdict on any of your rated answers.';
	if (good === 0 || good === n) {
		const which = good === 0 ? 'none' : 'every one';
		return `The judge called ${which} of your ${n} rated answers good: it tells nothing apart. Change the rubric, or use a larger model.`;
	}
	const share = `The judge agrees with ${Math.round(observed * n)} of your ${n} ratings`;
	if (kappa === null || low === null || high === null) {
		return `${share}; one of you always gave the same rating, so agreement can't be measured.`;
	}
	const range = `kappa ${number(kappa)} (95 % interval ${number(low)} to ${number(high)})`;
	const verdict = low <= 0 ? 'not shown to be better than chance' : `${bandOf(kappa)} agreement`;
	return `${share}; ${range}: ${verdict}${n < enough ? ', from few answers; rate more to be surer' : ''}.`;
}

function bandOf(kappa: number): string {
	if (kappa <= 0.2) return 'slight';
	if (kappa <= 0.4) return 'fair';
	if (kappa <= 0.6) return 'moderate';
	return kappa <= 0.8 ? 'substantial' : 'almost perfect';
}

function number(value: number): string {
	return value.toFixed(2).replace('-', '−');
}

/** An output that both a judge and a person rated. */
export interface JudgedByBoth {
	readonly judge: number | null;
	readonly person: 'up' | 'down';
}

/** Whether a score counts as good: 1 of pass-fail, 4 and 5 of grades, a win of pairs. */
export function isGood(mark: number): boolean {
	return mark > 0.5;
}

/**
 * Agreement of a judge with people beyond chance, on the outputs that both rated: Cohen's kappa with its interval.
 * Leaves out rows that the judge could not score.
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
