import { TriangleAlert, X } from 'lucide-react';
import { useStore } from 'zustand';
import { ListToggle } from '../../app/list-toggle.tsx';
import { IconButton } from '../../design/button.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { ScreenHeader, ScreenTitle } from '../../design/headers.tsx';
import { Icon } from '../../design/icon.tsx';
import { Skeleton } from '../../design/skeleton.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import type { NewRunStart } from '../evaluate-route.ts';
import { useStartRun } from '../run-actions.ts';
import { RunningDock } from '../running-dock.tsx';
import { ConfigMenu } from './config-menu.tsx';
import { ContextPart } from './context-part.tsx';
import { CriteriaPart } from './criteria-part.tsx';
import { DatasetPart } from './dataset-part.tsx';
import { ModelPart } from './model-part.tsx';
import { ParameterPart } from './parameter-part.tsx';
import { PlanSummary } from './plan-summary.tsx';
import { PromptPart } from './prompt-part.tsx';
import { RepeatPart } from './repeat-part.tsx';
import { toRunConfig } from './run-draft.ts';
import { ScorerPart } from './scorer-part.tsx';
import { TechniquePart } from './technique-part.tsx';
import { type LoadedFile, usePlan, useRunEstimate } from './use-plan.ts';

/**
 * Form of a run: every prompt with every technique, model and set of parameters, and the criteria for a good result.
 */
export function NewRun({ given }: { given: NewRunStart }) {
	const services = useServices();
	const { evaluations, layout, models } = services;
	const plan = usePlan(given);
	const estimated = useRunEstimate(plan.draft);
	const files = useStore(models.state, (state) => state.models);
	const config = toRunConfig(plan.draft);
	const { starting, refused, start } = useStartRun(
		config === null
			? null
			: async () => {
					const run = await evaluations.start(config);
					evaluations.keepUnstarted(null);
					return run;
				},
	);
	function close(): void {
		evaluations.keepUnstarted(null);
		layout.go({ section: 'evaluate', part: null });
	}
	const { draft, choices, look } = plan;
	return (
		<div className="flex min-h-0 flex-1 flex-col">
			<ScreenHeader>
				<ListToggle />
				<ScreenTitle className="flex-1">{t('New run')}</ScreenTitle>
				<ConfigMenu plan={plan} />
				<IconButton icon={X} label={t('Close')} onClick={close} />
			</ScreenHeader>
			<div className="relative flex min-h-0 flex-1 max-[1099px]:flex-col">
				<div className="relative min-h-0 min-w-0 flex-1 overflow-y-auto px-5 pb-6">
					{plan.loaded === null || (plan.loaded.problems.length === 0 && plan.loaded.notes.length === 0) ? null : (
						<LoadedNote loaded={plan.loaded} onClose={plan.forgetLoaded} />
					)}
					{plan.failure === null ? null : (
						<div className="pt-4">
							<FailureCard title={t('Couldn’t fill in the form')} failure={plan.failure} />
						</div>
					)}
					{choices === null ? (
						plan.failure === null ? (
							<Skeleton rows={8} className="py-5" />
						) : null
					) : (
						<>
							<DatasetPart plan={plan} datasets={choices.datasets} />
							<PromptPart plan={plan} prompts={choices.prompts} unsaved={choices.unsaved} look={look} />
							<TechniquePart plan={plan} />
							<ContextPart draft={draft} change={plan.change} />
							<ModelPart draft={draft} files={files} change={plan.change} />
							<ScorerPart draft={draft} look={look} files={files} change={plan.change} />
							<CriteriaPart draft={draft} change={plan.change} />
							<ParameterPart draft={draft} change={plan.change} />
							<RepeatPart draft={draft} change={plan.change} />
						</>
					)}
				</div>
				<PlanSummary
					draft={draft}
					isFilled={plan.isFilled}
					estimated={estimated}
					refused={refused}
					starting={starting}
					onStart={() => void start()}
				/>
			</div>
			<RunningDock shown={undefined} />
		</div>
	);
}

/** Lists names in a config file that this library lacks, and how each was resolved. */
function LoadedNote({ loaded, onClose }: { loaded: LoadedFile; onClose: () => void }) {
	const { fileName, problems, notes } = loaded;
	const gaps = problems.length > 0;
	return (
		<section
			aria-label={t('From {fileName}', { fileName })}
			className={`mt-4 flex items-start gap-2 rounded-[8px] py-2 pr-1.5 pl-3 text-xs ${gaps ? 'bg-warn-soft' : 'bg-sunken'}`}
		>
			{gaps ? <Icon of={TriangleAlert} size={14} className="mt-0.5 text-warn" /> : null}
			<div role="status" className="min-w-0 flex-1 [overflow-wrap:anywhere] text-pretty">
				<p className="font-medium">
					{gaps
						? t('{fileName} names things that are missing here. Choose replacements.', { fileName })
						: t('Filled in from {fileName}.', { fileName })}
				</p>
				<ul className="text-ink-2">
					{problems.map(({ message, next }) => (
						<li key={message}>
							{message}. {next[0] === undefined ? '' : `${next[0]}.`}
						</li>
					))}
					{notes.map((note) => (
						<li key={note}>{note}.</li>
					))}
				</ul>
			</div>
			<IconButton icon={X} size="sm" label={t('Close')} onClick={onClose} />
		</section>
	);
}
