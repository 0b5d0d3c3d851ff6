import { useState } from 'react';
import type { Arm, Run } from '../../../electron/contract/evaluation/schema.ts';
import { handScorer } from '../../../electron/contract/evaluation/scorer-name.ts';
import { FailureCard } from '../../design/failure-card.tsx';
import { ViewTabs } from '../../design/tabs.tsx';
import { t } from '../../messages/t.ts';
import { isLive } from '../run-wording.ts';
import { RunningDock } from '../running-dock.tsx';
import type { ArmSide } from '../sample/arm-side.ts';
import { SamplesSection } from '../sample/samples-section.tsx';
import { findScoreScale } from '../sample/score-scale.ts';
import { chooseUnit } from '../score-format.ts';
import { AddSamples } from './add-samples.tsx';
import { ArmChoice, ScorerChoice } from './arm-choice.tsx';
import { firstPair, listUnfair, pairArms } from './arm-pairs.ts';
import { Conditions } from './conditions.tsx';
import { CostTable } from './cost-table.tsx';
import { CriteriaTable } from './criteria-table.tsx';
import { Difference } from './difference.tsx';
import { MatrixTable } from './matrix-table.tsx';
import { RepeatsTable } from './repeats-table.tsx';
import { findBestArm, findLeadingArm, labelArm, labelArmAgainst, type Matrix, toMatrix } from './result-matrix.ts';
import { RunHeader } from './run-header.tsx';
import { RunNotices } from './run-notices.tsx';
import { SingleArm } from './single-arm.tsx';
import { TagTable } from './tag-table.tsx';
import { UnfairWarning } from './unfair-warning.tsx';
import { useClearBest, usePairComparisons } from './use-pair-comparisons.ts';
import { findVerdict, VerdictBanner } from './verdict-banner.tsx';

type View = 'samples' | 'tags' | 'repeats' | 'cost' | 'criteria' | 'conditions';

/** While rows arrive, the statistics are computed again after each twentieth of the run. */
const steps = 20;

/** Returns a key that changes whenever the statistics of the rows may have changed, but not with every row. */
export function rowsVersion({ id, status, progress, endedAt, arms }: Run): string {
	const byHand = arms.map(({ metrics: { [handScorer]: metric } }) => `${metric?.n ?? 0}/${metric?.value ?? 0}`).join();
	if (!isLive(status)) return `${id} ${status} ${progress.done} ${progress.errors} ${endedAt ?? ''} ${byHand}`;
	const step = Math.max(1, Math.ceil(progress.total / steps));
	return [id, 'live', Math.floor(progress.done / step), byHand].join(' ');
}

/**
 * The result: warnings about unfairness first, then all combinations, the difference in words, and the samples behind
 * it.
 */
export function RunResult({ run }: { run: Run }) {
	const [given, setScorer] = useState<string | null>(null);
	const [chosenBase, setBase] = useState<number | null>(null);
	const [chosenOther, setOther] = useState<number | null>(null);
	const [view, setView] = useState<View>('samples');
	const scorer = given !== null && run.scorers.includes(given) ? given : (run.scorers[0] ?? '');
	const matrix = toMatrix(run.arms);
	const unit = chooseUnit(run.arms.map(({ metrics }) => metrics[scorer]));
	const best = findBestArm(run.arms, scorer);
	const leadingId = findLeadingArm(run.arms, scorer)?.id ?? null;
	const { base, other } = chosenPair(run, matrix, best, chosenBase, chosenOther);
	const shown = {
		base: base === undefined ? '' : labelArmAgainst(matrix, base.id, other?.id),
		other: other === undefined ? '' : labelArmAgainst(matrix, other.id, base?.id),
	};
	const version = rowsVersion(run);
	const armPairs = base === undefined || other === undefined ? [] : pairArms(matrix, base.id, other.id);
	const { comparisons, failure } = usePairComparisons(armPairs, scorer, version);
	const verdict = findVerdict({
		armPair: armPairs[0],
		comparison: comparisons.get(armPairs[0]?.key ?? ''),
		subject: shown.other,
		unit,
		progress: run,
		total: run.dataset.samples,
	});
	const bestId = useClearBest(run, leadingId, scorer, version);
	const labels = new Map(run.arms.map(({ id, label }) => [id, labelArm(matrix, id) || label]));
	// Waiting would not help: without documents, for example, nothing was found that could be right.
	const unscored = [base, other].find((arm) => arm !== undefined && arm.n > 0 && arm.metrics[scorer] === undefined);
	const sides = [base, other]
		.filter((arm) => arm !== undefined)
		.map((arm) => toArmSide(arm, arm === base ? other : base, run, matrix));
	const rest = run.arms.filter((arm) => arm.id !== base?.id && arm.id !== other?.id);
	const gridSides = [base, ...rest, other]
		.filter((arm) => arm !== undefined)
		.map((arm) => toArmSide(arm, undefined, run, matrix));
	// Actions apply to the best arm, unless the user looks at another.
	const chosen = chosenOther === null ? (best ?? other ?? base) : (other ?? base);
	const clear =
		firstPair(comparisons.get(armPairs[0]?.key ?? ''))?.verdict === (chosen?.id === base?.id ? 'worse' : 'better');
	const finished = run.status === 'done';
	const tags = [...new Set(run.byTag.map(({ tag }) => tag))].filter((tag) => tag !== '');
	const criteria = run.config.criteria.length;
	const views = (
		<ViewTabs
			label={t('View')}
			value={view}
			onChange={setView}
			options={[
				{ value: 'samples', label: t('Samples') },
				{ value: 'tags', label: t('By tag') },
				...(run.repeats.length === 0 ? [] : [{ value: 'repeats' as const, label: t('pass@k') }]),
				{ value: 'cost', label: t('Tokens and time') },
				{ value: 'criteria', label: t('Criteria'), count: criteria === 0 ? undefined : String(criteria) },
				{ value: 'conditions', label: t('Conditions') },
			]}
		/>
	);
	return (
		<>
			<RunHeader
				run={run}
				chosen={chosen}
				clear={clear && finished && (chosenOther !== null || bestId === chosen?.id)}
			/>
			<UnfairWarning
				warnings={run.warnings}
				unfair={listUnfair(armPairs.map(({ key }) => comparisons.get(key))).filter(
					({ code }) => finished || code !== 'samples',
				)}
			/>
			<div className="relative flex min-h-0 flex-1 flex-col max-[1099px]:overflow-x-hidden max-[1099px]:overflow-y-auto">
				<RunNotices run={run} />
				{run.arms.length === 1 ? null : (
					<VerdictBanner
						title={
							<>
								<ArmChoice
									label={t('Compared')}
									labels={labels}
									value={other?.id ?? null}
									shown={shown.other}
									onChange={setOther}
								/>
								<span className="font-normal text-ink-2">{t('against')}</span>
								<ArmChoice
									label={t('Baseline')}
									labels={labels}
									value={base?.id ?? null}
									shown={shown.base}
									onChange={setBase}
								/>
							</>
						}
						verdict={verdict}
						nothing={
							comparisons.size === 0
								? null
								: unscored !== undefined
									? t('“{arm}” has nothing that “{scorer}” scores. Compare two others above.', {
											arm: labels.get(unscored.id) ?? '',
											scorer,
										})
									: finished
										? t('No sample was scored on both sides, so there is nothing to compare.')
										: t('No sample has been scored on both sides yet.')
						}
						actions={
							verdict?.samplesWanted == null || run.manifest.marked !== undefined ? null : (
								<AddSamples run={run} wanted={verdict.samplesWanted} primary={verdict.state === 'open'} />
							)
						}
					/>
				)}
				<div className="relative grid flex-none items-start gap-x-7 gap-y-3.5 px-5 pt-3.5 pb-3 min-[1100px]:max-h-[38%] min-[1100px]:grid-cols-[minmax(0,1.36fr)_minmax(0,1fr)] min-[1100px]:overflow-y-auto">
					<div className="min-w-0">
						{run.scorers.length > 1 ? (
							<ScorerChoice scorers={run.scorers} scorer={scorer} onChange={setScorer} />
						) : null}
						<MatrixTable
							matrix={matrix}
							scorer={scorer}
							unit={unit}
							bestId={bestId}
							baseId={run.arms.length > 1 ? (base?.id ?? null) : null}
							otherId={other?.id ?? null}
							criteria={finished ? run.criteria : []}
							onChoose={(id) => (id === base?.id ? setBase(null) : setOther(id))}
							onBase={setBase}
						/>
					</div>
					<div className="min-w-0 max-[1099px]:order-first">
						{failure === null ? null : (
							<FailureCard title={t('Couldn’t compare these combinations')} failure={failure} />
						)}
						{run.arms.length === 1 ? (
							<SingleArm run={run} scorer={scorer} unit={unit} />
						) : (
							<Difference
								armPairs={armPairs}
								comparisons={comparisons}
								unit={unit}
								unfinished={!finished}
								selected={
									armPairs.find(({ baseId, otherId }) => baseId === base?.id && otherId === other?.id)?.key ?? null
								}
								onSelect={(armPair) => {
									setBase(armPair.baseId);
									setOther(armPair.otherId);
								}}
							/>
						)}
					</div>
				</div>
				<div className="flex min-h-0 flex-1 flex-col border-t border-line max-[1099px]:flex-none">
					{view === 'samples' ? (
						<SamplesSection
							views={views}
							sides={sides}
							gridSides={gridSides}
							scorer={scorer}
							scoreScale={findScoreScale(
								run.config,
								scorer,
								run.arms.map(({ metrics }) => metrics[scorer]),
							)}
							tags={tags}
							epochs={run.config.epochs}
							version={version}
						/>
					) : (
						<>
							<div className="flex min-h-10 flex-none items-center px-3">{views}</div>
							<div className="relative min-h-0 flex-1 overflow-y-auto max-[1099px]:flex-none">
								{view === 'tags' ? (
									<TagTable run={run} arms={run.arms} labels={labels} scorer={scorer} unit={unit} />
								) : view === 'repeats' ? (
									<RepeatsTable run={run} labels={labels} />
								) : view === 'cost' ? (
									<CostTable
										arms={run.arms}
										labels={labels}
										width={run.manifest.width}
										bestId={bestId}
										baseId={base?.id ?? null}
									/>
								) : view === 'criteria' ? (
									<CriteriaTable outcomes={run.criteria} arms={run.arms} labels={labels} unfinished={!finished} />
								) : (
									<Conditions run={run} />
								)}
							</div>
						</>
					)}
				</div>
			</div>
			<RunningDock shown={run} />
		</>
	);
}

/** Returns the two arms to compare: the user's choice, else the best against the first in its column. */
function chosenPair(run: Run, matrix: Matrix, best: Arm | undefined, baseId: number | null, otherId: number | null) {
	const arms = run.arms.toSorted((a, b) => a.position - b.position);
	const find = (id: number | null): Arm | undefined => arms.find((arm) => arm.id === id);
	const [only, second] = arms;
	if (second === undefined) return { base: only, other: undefined };
	const column = matrix.variants
		.flatMap((variant) => variant.arms.map((arm, at) => ({ arm, at })))
		.find(({ arm }) => arm?.id === best?.id)?.at;
	const firstInColumn = column === undefined ? undefined : matrix.variants[0]?.arms[column];
	const base =
		find(baseId) ??
		(firstInColumn !== undefined && firstInColumn.id !== best?.id && matrix.variants.length > 1 ? firstInColumn : only);
	const fallback = arms.find(({ id }) => id !== base?.id);
	const wanted = find(otherId) ?? best ?? fallback;
	return { base, other: wanted?.id === base?.id ? fallback : wanted };
}

function toArmSide(arm: Arm, opponent: Arm | undefined, { dataset }: Run, matrix: Matrix): ArmSide {
	const variant = matrix.variants.find(({ arms }) => arms.some((one) => one?.id === arm.id));
	const label = labelArmAgainst(matrix, arm.id, opponent?.id);
	return {
		armId: arm.id,
		label: label || arm.label,
		detail: label === variant?.label ? variant.detail : label === variant?.detail ? variant.label : '',
		dataset: { id: dataset.id, versionId: dataset.versionId, name: dataset.name },
	};
}
