import type { ReactNode } from 'react';
import { fits } from '../../electron/contract/evaluation/defaults.ts';
import type { ScorerKind } from '../../electron/contract/evaluation/scorer.ts';
import type { Technique } from '../../electron/contract/evaluation/technique.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { Switch } from '../design/switch.tsx';
import { createScorer } from '../evaluation/plan/run-draft.ts';
import { SampleChoice } from '../evaluation/plan/sample-choice.tsx';
import { ScorerFields } from '../evaluation/plan/scorer-fields.tsx';
import { scorerKinds } from '../evaluation/plan/scorer-kinds.ts';
import { TechniqueFields } from '../evaluation/plan/technique-fields.tsx';
import {
	createTechnique,
	listOfferedTechniques,
	listSplits,
	techniqueKinds,
} from '../evaluation/plan/technique-kinds.ts';
import { t } from '../messages/t.ts';
import type { TaskForm } from './use-task.ts';

/** Chooses whether every file also answers samples, which ones, the technique, and the scorer. */
export function TaskSection({
	task,
	on,
	files,
	onToggle,
}: {
	task: TaskForm;
	on: boolean;
	/** Models that can judge. */
	files: readonly ModelFile[];
	onToggle: (on: boolean) => void;
}) {
	return (
		<OptionalMeasure
			name={t('Task accuracy')}
			description={t(
				'Every file answers the same samples of a dataset in one evaluation run. Paired accuracy tells files apart that KL divergence can’t.',
			)}
			on={on}
			onToggle={onToggle}
			failure={task.failure}
		>
			<TaskFields task={task} files={files} />
		</OptionalMeasure>
	);
}

/** A measure that is switched on, with its fields below. */
function OptionalMeasure({
	name,
	description,
	on,
	onToggle,
	failure,
	children,
}: {
	name: string;
	description: string;
	on: boolean;
	onToggle: (on: boolean) => void;
	/** Why there is nothing to choose from. */
	failure: TaskForm['failure'];
	children: ReactNode;
}) {
	return (
		<section aria-label={name} className="border-t border-line pt-4">
			<Switch label={name} description={description} checked={on} onChange={onToggle} />
			{!on ? null : failure === null ? (
				children
			) : (
				<div className="mt-3">
					<FailureCard title={t('Couldn’t read the datasets')} failure={failure} />
				</div>
			)}
		</section>
	);
}

/** Chooses whether every file also answers tool tasks, and which ones. */
export function ToolsSection({ task, on, onToggle }: { task: TaskForm; on: boolean; onToggle: (on: boolean) => void }) {
	const { choices, draft, look, failure } = task;
	const hasTools = draft?.technique.kind === 'tools';
	return (
		<OptionalMeasure
			name={t('Tool calls')}
			description={t(
				'Will a smaller file still call your tools? Every file answers the same tasks, scored for the right tools and arguments; no tool is really called.',
			)}
			on={on}
			onToggle={onToggle}
			failure={failure}
		>
			{choices !== null && draft !== null ? (
				<div className="mt-3 grid grid-cols-[4.5rem_minmax(0,1fr)] items-center gap-x-3 gap-y-2">
					<span className="text-xs text-ink-2">{t('Samples')}</span>
					<Row>
						<SampleChoice
							datasets={choices.datasets}
							chosen={draft}
							look={look}
							onDataset={(id) => void task.chooseDataset(id)}
							onChange={task.change}
						/>
						{hasTools || look === null ? null : (
							<span role="alert" className="text-xs text-warn">
								{t('These samples have no tools to call.')}
							</span>
						)}
					</Row>
				</div>
			) : null}
		</OptionalMeasure>
	);
}

function TaskFields({ task, files }: { task: TaskForm; files: readonly ModelFile[] }) {
	const { choices, draft, look, change } = task;
	if (choices === null) return <p className="mt-3 text-ink-2">{t('Loading datasets')}</p>;
	if (draft === null) {
		return <p className="mt-3 text-ink-2">{t('No dataset has samples yet. Import one under Datasets.')}</p>;
	}
	const { technique, scorer } = draft;
	const prompts = choices.prompts.filter((prompt) => look === null || fits(prompt, look));
	const kinds = (Object.keys(scorerKinds) as ScorerKind[]).filter((kind) => kind !== 'judge' || files.length > 0);
	return (
		<div className="mt-3 grid grid-cols-[4.5rem_minmax(0,1fr)] items-center gap-x-3 gap-y-2">
			<span className="text-xs text-ink-2">{t('Samples')}</span>
			<Row>
				<SampleChoice
					datasets={choices.datasets}
					chosen={draft}
					look={look}
					onDataset={(id) => void task.chooseDataset(id)}
					onChange={change}
				/>
			</Row>
			<span className="text-xs text-ink-2">{t('Prompt')}</span>
			<Row>
				<ChoiceMenu
					label={t('Prompt')}
					value={String(draft.promptVersionId ?? t('Choose one'))}
					options={prompts.map(({ name, latest }) => ({
						value: String(latest.id),
						words: name,
						detail: `v${latest.number}`,
					}))}
					onChange={(id) => change({ promptVersionId: Number(id) })}
				/>
				<ChoiceMenu
					label={t('Technique')}
					value={technique.kind}
					options={listOfferedTechniques(look).map((kind) => ({ value: kind, words: techniqueKinds[kind].words }))}
					onChange={(kind) => change({ technique: createTechnique(kind as Technique['kind'], look) })}
				/>
				<TechniqueFields
					technique={technique}
					splits={listSplits(look)}
					onChange={(next) => change({ technique: next })}
				/>
			</Row>
			<span className="text-xs text-ink-2">{t('Correct if')}</span>
			<Row>
				<ChoiceMenu
					label={t('Scorer')}
					value={scorer?.kind ?? t('Choose one')}
					options={kinds.map((kind) => ({ value: kind, words: scorerKinds[kind].words }))}
					onChange={(kind) => change({ scorer: createScorer(kind as ScorerKind, files[0]?.id ?? 0) })}
				/>
				{scorer === null ? (
					<span className="text-xs text-ink-2">{t('This dataset has no correct answers.')}</span>
				) : (
					<ScorerFields scorer={scorer} files={files} onChange={(next) => change({ scorer: next })} />
				)}
			</Row>
		</div>
	);
}

function Row({ children }: { children: ReactNode }) {
	return <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1.5">{children}</div>;
}
