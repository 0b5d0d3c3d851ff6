import type { RunConfig } from '../../../electron/contract/evaluation/run-config.ts';
import type { Metric, RowFilter } from '../../../electron/contract/evaluation/schema.ts';
import { scorerName } from '../../../electron/contract/evaluation/scorer-name.ts';
import { t } from '../../messages/t.ts';
import { formatPlain, formatShort, isShare } from '../score-format.ts';

/**
 * Type of a scorer's values. right: 1 or 0; pair: won, tied or lost against the target; graded: shares from 0 to 1;
 * number: any value of the user's own function.
 */
export type ScoreScaleKind = 'right' | 'pair' | 'graded' | 'number';

export interface ScoreScale {
	readonly kind: ScoreScaleKind;
	/** Lowest value that is good enough, from a criterion of the run; null: no criterion. */
	readonly bound: number | null;
}

/** Returns the scale of a run's scorer by its name. */
export function findScoreScale(
	{ scorers, criteria }: Pick<RunConfig, 'scorers' | 'criteria'>,
	name: string,
	metrics: readonly (Metric | undefined)[],
): ScoreScale {
	const scorer = scorers.find((one) => scorerName(one) === name);
	const bound = criteria.find(({ metric, operator }) => metric === name && operator === 'at-least')?.value ?? null;
	const kind = scorer === undefined ? (allOrNothing(metrics) ? 'right' : 'graded') : kindOf(scorer, metrics);
	// Grades that were all full or zero read as right or wrong.
	return { kind: kind === 'graded' && metrics.some(isKnown) && allOrNothing(metrics) ? 'right' : kind, bound };
}

function isKnown(metric: Metric | undefined): metric is Metric {
	return metric !== undefined;
}

function allOrNothing(metrics: readonly (Metric | undefined)[]): boolean {
	return metrics.filter(isKnown).every(({ method }) => method.startsWith('Wilson'));
}

function kindOf(scorer: RunConfig['scorers'][number], metrics: readonly (Metric | undefined)[]): ScoreScaleKind {
	switch (scorer.kind) {
		case 'judge':
			return scorer.scale === 'pair' ? 'pair' : scorer.scale === 'pass-fail' ? 'right' : 'graded';
		case 'levenshtein':
		case 'rouge-l':
		case 'sources':
		case 'quotes':
			return 'graded';
		case 'json-fields':
			return scorer.require === 'all' ? 'right' : 'graded';
		case 'choice':
			return scorer.measure === 'brier' ? 'graded' : 'right';
		case 'tool-calls':
			return scorer.part === 'arguments' || scorer.part === 'steps' ? 'graded' : 'right';
		case 'ifeval':
			return scorer.level === 'instruction' ? 'graded' : 'right';
		case 'javascript': {
			if (allOrNothing(metrics)) return 'right';
			return metrics.filter(isKnown).every(isShare) ? 'graded' : 'number';
		}
		case 'exact':
		case 'includes':
		case 'json':
		case 'letter':
		case 'numeric':
		case 'regex':
			return 'right';
	}
}

/** Lists the filters that distinguish the values of one arm, in display order. */
export function listScoreFilters({ kind, bound }: ScoreScale): readonly RowFilter[] {
	if (kind === 'pair') return ['right', 'tied', 'beaten'];
	return kind === 'number' && bound === null ? [] : ['right', 'wrong'];
}

/** Names a filter for values of this kind. */
export function formatFilter(filter: RowFilter, { kind, bound }: ScoreScale): string {
	const least = kind === 'number' ? formatPlain(bound ?? 0, 2) : `${formatShort((bound ?? 1) * 100, 1)}\u00A0%`;
	switch (filter) {
		case 'all':
			return t('All');
		case 'different':
			return t('Different');
		case 'gained':
			return kind === 'right' ? t('Fixed') : t('Better');
		case 'lost':
			return kind === 'right' ? t('Broken') : t('Worse');
		case 'right':
			return kind === 'pair'
				? t('Wins')
				: kind === 'right'
					? t('Right')
					: bound === null
						? t('Full score')
						: t('{least} or more', { least });
		case 'wrong':
			return kind === 'right' ? t('Wrong') : bound === null ? t('Less') : t('Below {least}', { least });
		case 'tied':
			return t('Ties');
		case 'beaten':
			return t('Losses');
		case 'failed':
			return t('Failed');
		case 'unscored':
			return t('Not scored');
	}
}

/** Returns the lowest value that counts as right. */
export function findPassBound({ kind, bound }: ScoreScale): number {
	return kind === 'graded' || kind === 'number' ? (bound ?? 1) : 1;
}
