import { FlaskConical, ListChecks, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { RescoreInputGiven, RescorePlan, Run } from '../../electron/contract/evaluation/schema.ts';
import type { Technique } from '../../electron/contract/evaluation/technique.ts';
import { ListToggle } from '../app/list-toggle.tsx';
import { useQuery } from '../connection/use-query.ts';
import { IconButton } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { formatCount } from '../design/format.ts';
import { ScreenHeader, ScreenTitle } from '../design/headers.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { CriteriaPart } from './plan/criteria-part.tsx';
import { ExtractionFields } from './plan/extraction-fields.tsx';
import { ExtractionTrialView } from './plan/extraction-trial.tsx';
import { FormPart } from './plan/form-part.tsx';
import { describeMissing, type RunDraft, toRunConfig, toRunDraft } from './plan/run-draft.ts';
import { ScorerPart } from './plan/scorer-part.tsx';
import { SummaryFrame } from './plan/summary-frame.tsx';
import { openRun, useStartRun } from './run-actions.ts';
import { describeTechnique } from './run-wording.ts';
import { RunningDock } from './running-dock.tsx';

/** Pause after the last change of the form, in ms. */
const typingPauseMs = 250;

/** Form for the scorers, filled in with those of the run. */
function RescoreForm({ run }: { run: Run }) {
	const services = useServices();
	const { evaluations, models } = services;
	const files = useStore(models.state, (state) => state.models);
	const [draft, setDraft] = useState<RunDraft>(() => toRunDraft(run.config));
	const input = toInput(run.id, draft);
	const planned = useQuery(
		input === null ? null : JSON.stringify(input),
		// Without input there is no query.
		(client, signal) => client.evaluations.planMark(input!, { signal }),
		typingPauseMs,
	);
	const possible = input !== null && planned.failure === null;
	const { starting, refused, forgetRefusal, start } = useStartRun(possible ? () => evaluations.mark(input) : null);
	function change(part: Partial<RunDraft>): void {
		forgetRefusal();
		setDraft((now) => ({ ...now, ...part }));
	}
	const missing = describeMissing(draft);
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<ScreenHeader>
				<ListToggle />
				<ScreenTitle className="flex-none">{t('Re-score')}</ScreenTitle>
				<span className="min-w-0 flex-1 truncate text-xs text-ink-2" title={run.name}>
					{t('the outputs of {name}', { name: run.name })}
				</span>
				<IconButton icon={X} label={t('Close')} onClick={() => openRun(services, run.id)} />
			</ScreenHeader>
			<div className="relative flex min-h-0 flex-1 max-[1099px]:flex-col">
				<div className="relative min-h-0 min-w-0 flex-1 overflow-y-auto px-5 pb-6">
					<ScorerPart draft={draft} look={null} files={files} change={change} />
					<AnswerPart run={run} techniques={draft.techniques} onChange={(techniques) => change({ techniques })} />
					<CriteriaPart draft={draft} change={change} />
				</div>
				<SummaryFrame
					failure={refused ?? planned.failure}
					failureTitle={t('Can’t re-score')}
					warnings={planned.data?.warnings ?? []}
					button={{
						icon: ListChecks,
						label: t('Re-score'),
						busy: starting ? t('Starting') : undefined,
						blocked: missing ?? planned.failure?.message,
						onPress: () => void start(),
					}}
				>
					{planned.data === undefined ? (
						<p className="text-xs text-ink-3">
							{missing === null
								? planned.failure === null
									? t('Counting …')
									: ''
								: t('{missing} to re-score.', { missing })}
						</p>
					) : (
						<Figures plan={planned.data} stale={planned.isLoading} />
					)}
				</SummaryFrame>
			</div>
			<RunningDock shown={undefined} />
		</div>
	);
}

/** Returns null while something is missing. */
function toInput(id: number, draft: RunDraft): RescoreInputGiven | null {
	const config = toRunConfig(draft);
	if (config === null) return null;
	return {
		id,
		scorers: config.scorers,
		criteria: config.criteria ?? [],
		extract: draft.techniques.map((technique) => ('extract' in technique ? technique.extract : null)),
	};
}

function Figures({ plan, stale }: { plan: RescorePlan; stale: boolean }) {
	const { outputs, failed, missing, judged } = plan;
	const rows = (
		[
			[t('Outputs'), outputs],
			[t('Failed, not re-scored'), failed],
			[t('Not measured yet'), missing],
			[t('Judge verdicts'), judged],
		] as const
	).filter(([, value], index) => index === 0 || value > 0);
	return (
		<div aria-live="polite" className={stale ? 'text-ink-3' : ''}>
			<h2 className="font-semibold tabular-nums">
				{t('{outputs, plural, one {# output} other {# outputs}}', { outputs })}
			</h2>
			{rows.length === 1 ? null : (
				<dl className="mt-1 flex flex-col gap-1 text-xs max-[1099px]:flex-row max-[1099px]:flex-wrap max-[1099px]:gap-x-4">
					{rows.slice(1).map(([name, value]) => (
						<div key={name} className="flex justify-between gap-3 max-[1099px]:gap-1.5">
							<dt className="text-ink-3">{name}</dt>
							<dd className="text-right tabular-nums">{formatCount(value)}</dd>
						</div>
					))}
				</dl>
			)}
			<p className="mt-1 text-xs text-pretty text-ink-2">
				{judged === 0 ? t('No model runs, and no answer is generated.') : t('No answer is generated; only judges run.')}{' '}
				{t('The result is a new run. This one stays as it is, and you can compare both.')}
			</p>
		</div>
	);
}

/** Re-scores the outputs of a run as a new run. */
export function RescoreSection({ id }: { id: number }) {
	const { evaluations } = useServices();
	const run = useStore(evaluations.state, ({ details }) => details[id]);
	const gone = useStore(
		evaluations.state,
		({ status, runs }) => status === 'ready' && !runs.some((one) => one.id === id),
	);
	useEffect(() => void evaluations.open(id), [id, evaluations]);
	if (run !== undefined && !gone) return <RescoreForm run={run} />;
	return (
		<>
			<ScreenHeader>
				<ListToggle />
				<ScreenTitle>{t('Re-score')}</ScreenTitle>
			</ScreenHeader>
			<div className="relative min-h-0 flex-1 overflow-y-auto">
				{gone ? (
					<EmptyState icon={FlaskConical} title={t('Run not found')}>
						{t('It may have been deleted.')}
					</EmptyState>
				) : (
					<Skeleton rows={6} className="p-5" />
				)}
			</div>
			<RunningDock shown={undefined} />
		</>
	);
}

/** Extraction of the answer for each technique, tried on the run's outputs. */
function AnswerPart({
	run,
	techniques,
	onChange,
}: {
	run: Run;
	techniques: readonly Technique[];
	onChange: (techniques: Technique[]) => void;
}) {
	const choices = techniques.some(({ kind }) => kind.startsWith('choice'));
	return (
		<FormPart title={t('Answers')} hint={t('The part of an output that is scored.')}>
			{techniques.map((technique, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: techniques of a run keep their places
				<div key={index} className="flex w-full flex-col gap-1.5">
					<div className="flex min-h-7 flex-wrap items-center gap-x-4 gap-y-1.5">
						{techniques.length === 1 ? null : (
							<span className="w-36 flex-none truncate font-medium" title={describeTechnique(technique)}>
								{describeTechnique(technique)}
							</span>
						)}
						{'extract' in technique ? (
							<ExtractionFields
								extract={technique.extract}
								choices={choices}
								onChange={(extract) =>
									onChange(techniques.map((one, at) => (at === index ? { ...technique, extract } : one)))
								}
							/>
						) : (
							<span className="text-xs text-ink-2">
								{technique.kind === 'choice-letter'
									? t('The answer is the letter in the output.')
									: t('The answer is the likeliest choice.')}
							</span>
						)}
					</div>
					{'extract' in technique ? (
						<ExtractionTrialView datasetId={run.dataset.id} technique={technique} from={findArmId(run, index)} />
					) : null}
				</div>
			))}
		</FormPart>
	);
}

/** Returns the first arm of one of the run's techniques: arms are prompts × techniques × models × parameters × contexts. */
function findArmId({ arms, config }: Run, technique: number): number | undefined {
	const position = technique * config.modelFileIds.length * config.parameters.length * (config.contexts?.length ?? 1);
	return arms.find((arm) => arm.position === position)?.id;
}
