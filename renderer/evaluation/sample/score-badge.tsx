import { Check, Equal, type LucideIcon, Minus, TriangleAlert, X } from 'lucide-react';
import type { Answer } from '../../../electron/contract/evaluation/schema.ts';
import { Badge } from '../../design/badge.tsx';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';
import { formatPlain } from '../score-format.ts';
import type { ScoreScaleKind } from './score-scale.ts';

/** A score at a glance: right, wrong, a number in between, failed, or not scored. */
export function ScoreSymbol({
	value,
	failed,
	who = '',
	kind = 'right',
}: {
	value: number | null;
	failed: boolean;
	who?: string;
	kind?: ScoreScaleKind;
}) {
	if (failed) return <ScoreWithIcon icon={TriangleAlert} tone="text-warn" words={t('{who} failed', { who })} />;
	if (value === null) return <ScoreWithIcon icon={Minus} tone="text-ink-3" words={t('{who} not scored', { who })} />;
	if (kind === 'number') return <span className="font-mono text-ink-2 tabular-nums">{formatPlain(value, 2)}</span>;
	if (kind === 'pair') {
		if (value === 1) return <ScoreWithIcon icon={Check} tone="text-good" words={t('{who} won', { who })} />;
		if (value === 0) return <ScoreWithIcon icon={X} tone="text-bad" words={t('{who} lost', { who })} />;
		return <ScoreWithIcon icon={Equal} tone="text-ink-3" words={t('{who} tied', { who })} />;
	}
	if (value === 1) return <ScoreWithIcon icon={Check} tone="text-good" words={t('{who} right', { who })} />;
	if (value === 0) return <ScoreWithIcon icon={X} tone="text-bad" words={t('{who} wrong', { who })} />;
	return <span className="font-mono text-ink-2 tabular-nums">{formatPlain(value, 2)}</span>;
}

function ScoreWithIcon({ icon, tone, words }: { icon: LucideIcon; tone: string; words: string }) {
	return (
		<span className={`inline-block align-[-2px] ${tone}`}>
			<Icon of={icon} size={14} />
			<span className="sr-only">{words}</span>
		</span>
	);
}

/** Name of the lowest score. */
const lowest: Record<ScoreScaleKind, string> = {
	right: t('Wrong'),
	pair: t('Lost'),
	graded: t('No score'),
	number: formatPlain(0, 2),
};

/** Longest explanation that fits in a badge, in characters. */
const shortExplanation = 26;

/** Whether the badge shows the whole explanation. */
export function isExplainedByBadge({ value, explanation }: Answer['scores'][number]): boolean {
	return value === 0 && explanation.length <= shortExplanation;
}

/** The score in words, for one answer in detail. */
export function ScoreBadge({
	answer,
	scorer,
	kind = 'right',
}: {
	answer: Answer;
	scorer: string;
	kind?: ScoreScaleKind;
}) {
	if (answer.status === null) return <Badge tone="plain">{t('Not answered yet')}</Badge>;
	if (answer.status === 'failed') {
		return (
			<Badge tone="warn" icon={TriangleAlert}>
				{t('Failed')}
			</Badge>
		);
	}
	const score = answer.scores.find((one) => one.scorer === scorer);
	if (score === undefined || score.value === null) return <Badge tone="plain">{t('Not scored')}</Badge>;
	if (kind === 'number') return <Badge tone="plain">{formatPlain(score.value, 2)}</Badge>;
	if (kind === 'pair' && score.value !== 1 && score.value !== 0) {
		return (
			<Badge tone="plain" icon={Equal}>
				{t('Tie')}
			</Badge>
		);
	}
	if (score.value === 1) {
		return (
			<Badge tone="good" icon={Check}>
				{kind === 'pair' ? t('Won') : kind === 'graded' ? t('Full score') : t('Correct')}
			</Badge>
		);
	}
	if (score.value === 0) {
		const { explanation } = score;
		return (
			<Badge tone="bad" icon={X}>
				{explanation !== '' && explanation.length <= shortExplanation ? explanation.replace(/\.$/, '') : lowest[kind]}
			</Badge>
		);
	}
	return <Badge tone="plain">{formatPlain(score.value, 2)}</Badge>;
}
