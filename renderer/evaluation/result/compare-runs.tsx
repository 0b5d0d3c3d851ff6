import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Arm, Run, RunComparison, RunSummary, Side } from '../../../electron/contract/evaluation/schema.ts';
import { ListToggle } from '../../app/list-toggle.tsx';
import { IconButton } from '../../design/button.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { formatFullTime } from '../../design/format.ts';
import { ScreenHeader, ScreenTitle } from '../../design/headers.tsx';
import { Skeleton } from '../../design/skeleton.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { openRun } from '../run-actions.ts';
import { RunningDock } from '../running-dock.tsx';
import type { ArmSide } from '../sample/arm-side.ts';
import { SamplesSection } from '../sample/samples-section.tsx';
import { findScoreScale } from '../sample/score-scale.ts';
import {
	chooseUnit,
	describeSamples,
	formatFigure,
	formatInterval,
	formatSpokenInterval,
	type Unit,
} from '../score-format.ts';
import { ArmChoice, ScorerChoice } from './arm-choice.tsx';
import { type ArmPair, listUnfair, matchArms } from './arm-pairs.ts';
import { Difference } from './difference.tsx';
import { IntervalBar } from './interval-bar.tsx';
import { computeBarDomain, findBestArm, labelArm, toMatrix } from './result-matrix.ts';
import { rowsVersion } from './run-result.tsx';
import { UnfairWarning } from './unfair-warning.tsx';
import { usePairComparisons } from './use-pair-comparisons.ts';
import { findVerdict, VerdictBanner } from './verdict-banner.tsx';

/** Two runs side by side, paired by sample: warnings about unfairness, the difference, and the samples behind it. */
export function CompareRuns({ ids }: { ids: readonly [number, number] }) {
	const { evaluations } = useServices();
	const [firstId, secondId] = ids;
	const first = useStore(evaluations.state, ({ details }) => details[firstId]);
	const second = useStore(evaluations.state, ({ details }) => details[secondId]);
	const known = useStore(evaluations.state, ({ runs, status }) =>
		status === 'ready' ? ids.every((id) => runs.some((run) => run.id === id)) : true,
	);
	useEffect(() => {
		for (const id of [firstId, secondId]) void evaluations.open(id);
	}, [firstId, secondId, evaluations]);
	if (first !== undefined && second !== undefined) return <Pair first={first} second={second} />;
	return (
		<>
			<CompareHead />
			{known ? (
				<Skeleton rows={6} className="p-5" />
			) : (
				<EmptyState icon={X} title={t('Run not found')}>
					{t('One of the two runs may have been deleted. Choose two runs in the list.')}
				</EmptyState>
			)}
		</>
	);
}

function CompareHead({ first, second }: { first?: RunSummary; second?: RunSummary }) {
	const services = useServices();
	return (
		<ScreenHeader>
			<ListToggle />
			<ScreenTitle className="flex-none">{t('Two runs')}</ScreenTitle>
			<span className="min-w-0 flex-1 truncate text-xs text-ink-2">
				{first === undefined || second === undefined
					? ''
					: t('{run}, {time}, against {baseline}, {baselineTime}', {
							run: second.name,
							time: formatFullTime(second.createdAt),
							baseline: first.name,
							baselineTime: formatFullTime(first.createdAt),
						})}
			</span>
			<IconButton
				icon={X}
				label={t('Close')}
				onClick={() =>
					second === undefined ? services.layout.go({ section: 'evaluate', part: null }) : openRun(services, second.id)
				}
			/>
		</ScreenHeader>
	);
}

/** Names a run next to another: by its name, or by its number if both have the same name. */
function nameRun(run: Run, other: Run): string {
	return run.name === other.name ? `#${run.id}` : run.name;
}

function armLabels(run: Run): ReadonlyMap<number, string> {
	const matrix = toMatrix(run.arms);
	return new Map(run.arms.map(({ id, label }) => [id, labelArm(matrix, id) || label]));
}

function Pair({ first, second }: { first: Run; second: Run }) {
	const scorers = first.scorers.filter((name) => second.scorers.includes(name));
	const [chosenScorer, setScorer] = useState<string | null>(null);
	const scorer = chosenScorer ?? scorers[0] ?? null;
	const matching = matchArms(first, second);
	const bestOf = (run: Run): Arm | undefined => findBestArm(run.arms, scorer ?? '') ?? run.arms[0];
	const [pair, setPair] = useState<{ base: number | null; other: number | null }>({ base: null, other: null });
	const usual = matching.find(({ otherId }) => otherId === bestOf(second)?.id) ?? matching[0];
	const baseId = pair.base ?? usual?.baseId ?? bestOf(first)?.id ?? 0;
	const otherId = pair.other ?? usual?.otherId ?? bestOf(second)?.id ?? 0;
	const key = `${baseId}-${otherId}`;
	const armPairs: readonly ArmPair[] = matching.some((pair) => pair.key === key)
		? [...matching.filter((pair) => pair.key === key), ...matching.filter((pair) => pair.key !== key)]
		: [{ key, label: t('these two'), baseId, otherId, family: [otherId] }];
	const version = `${rowsVersion(first)} ${rowsVersion(second)}`;
	const { comparisons, failure } = usePairComparisons(armPairs, scorer, version);
	const comparison = comparisons.get(key);
	const unit = chooseUnit(comparison?.sides.map(({ metric }) => metric ?? undefined) ?? []);
	const labels = [armLabels(first), armLabels(second)] as const;
	const unfinished = [first, second].find(({ status }) => status !== 'done') ?? second;
	const verdict = findVerdict({
		armPair: armPairs[0],
		comparison,
		subject: nameRun(second, first),
		unit,
		progress: unfinished,
		total: unfinished.dataset.samples,
	});
	const sides = [
		toArmSide(first, nameRun(first, second), baseId, labels[0], scorerOf(comparison, 0)),
		toArmSide(second, nameRun(second, first), otherId, labels[1], scorerOf(comparison, 1)),
	];
	return (
		<>
			<CompareHead first={first} second={second} />
			<UnfairWarning unfair={listUnfair([comparison])} />
			<div className="relative flex min-h-0 flex-1 flex-col max-[1099px]:overflow-x-hidden max-[1099px]:overflow-y-auto">
				<VerdictBanner
					title={
						<>
							{nameRun(second, first)}
							<ArmChoice
								label={t('Compared')}
								labels={labels[1]}
								value={otherId}
								onChange={(other) => setPair({ base: baseId, other })}
							/>
							<span className="font-normal text-ink-2">{t('against')}</span>
							{nameRun(first, second)}
							<ArmChoice
								label={t('Baseline')}
								labels={labels[0]}
								value={baseId}
								onChange={(base) => setPair({ base, other: otherId })}
							/>
						</>
					}
					verdict={verdict}
					nothing={
						comparisons.size === 0 ? null : t('No sample was scored on both sides, so there is nothing to compare.')
					}
				/>
				<div className="grid flex-none items-start gap-x-7 gap-y-3.5 px-5 pt-3.5 pb-3 min-[1100px]:grid-cols-2">
					<div className="min-w-0">
						{scorers.length > 1 && scorer !== null ? (
							<ScorerChoice scorers={scorers} scorer={scorer} onChange={setScorer} />
						) : null}
						{comparison === undefined ? null : <Sides sides={comparison.sides} unit={unit} names={sides} />}
						{failure === null ? null : <FailureCard title={t('Couldn’t compare these runs')} failure={failure} />}
					</div>
					<div className="min-w-0 max-[1099px]:order-first">
						<Difference
							armPairs={armPairs}
							comparisons={comparisons}
							unit={unit}
							selected={key}
							unfinished={unfinished.status !== 'done'}
							onSelect={(armPair) => setPair({ base: armPair.baseId, other: armPair.otherId })}
						/>
					</div>
				</div>
				<div className="flex min-h-0 flex-1 flex-col border-t border-line max-[1099px]:flex-none">
					<SamplesSection
						sides={sides}
						scorer={scorer ?? ''}
						scoreScale={findScoreScale(
							first.config,
							scorer ?? '',
							[...first.arms, ...second.arms].map(({ metrics }) => metrics[scorer ?? '']),
						)}
						tags={[]}
						epochs={first.config.epochs}
						version={version}
					/>
				</div>
			</div>
			<RunningDock shown={undefined} />
		</>
	);
}

/** Returns a side's scorer if the two sides have different ones; else undefined. */
function scorerOf(comparison: RunComparison | undefined, side: 0 | 1): string | undefined {
	const [first, second] = comparison?.sides ?? [];
	if (first === undefined || second === undefined || first.scorer === second.scorer) return undefined;
	return (side === 0 ? first : second).scorer;
}

function toArmSide(
	run: Run,
	label: string,
	armId: number,
	labels: ReadonlyMap<number, string>,
	scorer: string | undefined,
): ArmSide {
	const { dataset } = run;
	const detail = labels.get(armId) ?? '';
	return {
		armId,
		label,
		detail: scorer === undefined ? detail : `${detail} · ${scorer}`,
		scorer,
		dataset: { id: dataset.id, versionId: dataset.versionId, name: dataset.name },
	};
}

/** Both sides' scores on the samples that both scored. */
function Sides({ sides, unit, names }: { sides: readonly Side[]; unit: Unit; names: readonly ArmSide[] }) {
	const domain = computeBarDomain(
		sides.map(({ metric }) => metric ?? undefined),
		unit,
	);
	return (
		<ul className="grid gap-1.5 min-[560px]:grid-cols-2">
			{sides.map(({ arm, metric }, index) => (
				<li
					key={arm.id}
					className={`min-w-0 rounded-[8px] border px-3 py-[9px] ${index === 0 ? 'border-line-strong bg-sunken' : 'border-line'}`}
				>
					<span className="block truncate text-xs font-medium">{names[index]?.label}</span>
					<span className="block truncate text-xs text-ink-3">{names[index]?.detail}</span>
					{metric === null ? (
						<span className="text-xs text-ink-3">{t('Nothing scored')}</span>
					) : (
						<>
							<span className="text-xl/6.5 font-semibold tracking-[-0.02em] tabular-nums">
								{formatFigure(metric.value, unit)}
								<small className="text-sm font-medium tracking-normal text-ink-2">{unit.mark}</small>
							</span>
							<IntervalBar
								value={metric.value * unit.factor}
								low={metric.low * unit.factor}
								high={metric.high * unit.factor}
								domain={domain}
								label={formatSpokenInterval(metric, unit)}
								tone={index === 0 ? 'baseline' : 'plain'}
								className="mt-0.5 mb-px"
							/>
							<span className="block truncate text-xs text-ink-2 tabular-nums">
								{formatInterval(metric, unit)}
								<span className="text-ink-3"> · {describeSamples(metric)}</span>
							</span>
						</>
					)}
				</li>
			))}
		</ul>
	);
}
