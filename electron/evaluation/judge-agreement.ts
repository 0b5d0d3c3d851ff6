import { figure, type Said, said } from '../../models/contract/said.ts';
import type { JudgeAgreement } from '../contract/evaluation/schema.ts';
import { type Agreement, cohenKappa } from '../statistics/kappa.ts';

/** From this many answers on, kappa's interval is meaningful. */
const enough = 20;

/** "Agrees with 31 of your 40 ratings; kappa 0.55 (95 % interval 0.29 to 0.81): moderate agreement." Bands of Landis and Koch (1977). */
export function agreementWords({ n, good, observed, kappa, low, high }: Omit<JudgeAgreement, 'words' | 'said'>): Said {
	if (n === 0) return said`The judge gave no verdict on any of your rated answers.`;
	if (good === 0) {
		return said`The judge called none of your ${n} rated answers good: it tells nothing apart. Change the rubric, or use a larger model.`;
	}
	if (good === n) {
		return said`The judge called every one of your ${n} rated answers good: it tells nothing apart. Change the rubric, or use a larger model.`;
	}
	const agreed = Math.round(observed * n);
	if (kappa === null || low === null || high === null) {
		return said`The judge agrees with ${agreed} of your ${n} ratings; one of you always gave the same rating, so agreement can’t be measured.`;
	}
	const verdict = low <= 0 ? said`not shown to be better than chance` : bandOf(kappa);
	const [mean, least, most] = [figure(kappa, 2), figure(low, 2), figure(high, 2)];
	return n < enough
		? said`The judge agrees with ${agreed} of your ${n} ratings; kappa ${mean} (95 % interval ${least} to ${most}): ${verdict}, from few answers; rate more to be surer.`
		: said`The judge agrees with ${agreed} of your ${n} ratings; kappa ${mean} (95 % interval ${least} to ${most}): ${verdict}.`;
}

function bandOf(kappa: number): Said {
	if (kappa <= 0.2) return said`slight agreement`;
	if (kappa <= 0.4) return said`fair agreement`;
	if (kappa <= 0.6) return said`moderate agreement`;
	return kappa <= 0.8 ? said`substantial agreement` : said`almost perfect agreement`;
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
