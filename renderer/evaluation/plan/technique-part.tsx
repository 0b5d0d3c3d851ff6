import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { Technique } from '../../../electron/contract/evaluation/technique.ts';
import { Button, buttonClass, IconButton } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { Select } from '../../design/select.tsx';
import { TextArea } from '../../design/text-field.tsx';
import { t } from '../../messages/t.ts';
import { AnswerFormatField } from '../../prompt/answer-format-field.tsx';
import { describeTechnique } from '../run-wording.ts';
import { DelimiterField } from './delimiter-field.tsx';
import { ExtractionFields } from './extraction-fields.tsx';
import { describeExtraction } from './extraction-kinds.ts';
import { ExtractionTrialView } from './extraction-trial.tsx';
import { FormPart } from './form-part.tsx';
import { countMostShots } from './hold-out-examples.ts';
import { FieldLine, InlineCheckbox, InlineNumber, MoreFields } from './inline-fields.tsx';
import { PromptPreview } from './prompt-preview.tsx';
import { completeTechnique } from './run-draft.ts';
import { TechniqueFields } from './technique-fields.tsx';
import { createTechnique, listOfferedTechniques, listSplits, techniqueKinds } from './technique-kinds.ts';
import type { Plan } from './use-plan.ts';

/** Chooses the techniques, each a row of the result. */
export function TechniquePart({ plan }: { plan: Plan }) {
	const { draft, look, change, setApart } = plan;
	const { techniques } = draft;
	const splits = listSplits(look);
	const choices = (look?.facets.withChoices ?? 0) > 0;
	const put = (index: number, next: Technique): void =>
		change({ techniques: techniques.map((one, at) => (at === index ? next : one)) });
	return (
		<FormPart
			title={t('Techniques')}
			hint={t('How the model is asked.')}
			action={
				<Menu
					align="start"
					width={320}
					trigger={
						<button type="button" className={`${buttonClass('ghost', 'sm')} -ml-2`}>
							<Icon of={Plus} size={14} />
							{t('Add technique')}
						</button>
					}
				>
					{listOfferedTechniques(look).map((kind) => (
						<MenuItem key={kind} onSelect={() => change({ techniques: [...techniques, createTechnique(kind, look)] })}>
							<span className="block py-1">
								<span className="block">{techniqueKinds[kind].words}</span>
								<span className="block text-xs text-wrap text-ink-3">{techniqueKinds[kind].hint}</span>
							</span>
						</MenuItem>
					))}
				</Menu>
			}
		>
			{techniques.map((technique, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: two techniques may be alike while they are edited
				<div key={index} className="w-full">
					<div className="flex min-h-7 items-start gap-x-3">
						<span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
							<span className="flex min-h-6.5 w-36 flex-none items-center font-medium">
								{techniqueKinds[technique.kind].words}
							</span>
							<TechniqueFields technique={technique} splits={splits} onChange={(next) => put(index, next)} />
						</span>
						{techniques.length === 1 ? null : (
							<IconButton
								icon={X}
								size="sm"
								label={t('Remove {technique}', { technique: describeTechnique(technique) })}
								onClick={() => change({ techniques: techniques.filter((_, at) => at !== index) })}
							/>
						)}
					</div>
					<span className="flex w-full flex-wrap items-center gap-x-3 gap-y-1">
						<AskingFields plan={plan} index={index} technique={technique} onChange={(next) => put(index, next)} />
						<ExtractionSection
							technique={technique}
							datasetId={draft.datasetId}
							choices={choices}
							onChange={(next) => put(index, next)}
						/>
					</span>
				</div>
			))}
			{countMostShots(techniques) > 0 && splits.length === 1 ? (
				<NothingApart split={splits[0]} setApart={setApart} />
			) : null}
		</FormPart>
	);
}

/** Shown if a dataset has one split: examples must not be tested rows, so there are none. */
function NothingApart({ split, setApart }: { split: string | undefined; setApart: () => Promise<void> }) {
	const [busy, setBusy] = useState(false);
	return (
		<div className="flex w-full flex-wrap items-center gap-x-3 gap-y-1.5 rounded-[8px] bg-warn-soft px-3 py-2 text-xs">
			<span className="min-w-48 flex-1 text-pretty">
				{t('Every sample is in the split “{split}” and is tested. Examples need a split of their own.', {
					split: split ?? '',
				})}
			</span>
			<Button
				size="sm"
				busy={busy ? t('Moving') : undefined}
				onClick={() => {
					setBusy(true);
					void setApart().finally(() => setBusy(false));
				}}
			>
				{t('Reserve examples')}
			</Button>
		</div>
	);
}

/** The technique's additions to the prompt, and the resulting input for the model. */
function AskingFields({
	plan,
	index,
	technique,
	onChange,
}: {
	plan: Plan;
	index: number;
	technique: Technique;
	onChange: (technique: Technique) => void;
}) {
	return (
		<MoreFields label={t('Advanced')} about={describeTechnique(technique)} changed={isChanged(technique)}>
			{'instruction' in technique ? (
				<TextArea
					label={t('Instruction added to the prompt')}
					hint={t('empty: add nothing')}
					maxHeight={120}
					value={technique.instruction}
					onChange={(event) => onChange({ ...technique, instruction: event.target.value })}
				/>
			) : null}
			{technique.kind === 'zero-shot' || technique.kind === 'few-shot' ? (
				<AnswerFormatField
					value={technique.answerFormat}
					onChange={(answerFormat) => onChange({ ...technique, answerFormat })}
				/>
			) : null}
			{technique.kind === 'choice-likelihood' ? (
				<FieldLine>
					<DelimiterField value={technique.delimiter} onChange={(delimiter) => onChange({ ...technique, delimiter })} />
					<InlineCheckbox
						label={t('Also score each choice without the question')}
						checked={technique.unconditional}
						onChange={() => onChange({ ...technique, unconditional: !technique.unconditional })}
					/>
				</FieldLine>
			) : null}
			{'shots' in technique && technique.shots > 0 ? <ExampleFields technique={technique} onChange={onChange} /> : null}
			<PromptPreview plan={plan} index={index} />
		</MoreFields>
	);
}

/** Chooses the examples and the answer that each one shows. */
function ExampleFields({
	technique,
	onChange,
}: {
	technique: Exclude<Technique, { kind: 'zero-shot' | 'tools' }>;
	onChange: (technique: Technique) => void;
}) {
	const isChoice = technique.kind === 'choice-likelihood' || technique.kind === 'choice-letter';
	const { answer } = technique;
	return (
		<>
			<FieldLine>
				<span className="inline-flex items-center gap-1.5">
					<span className="text-xs text-ink-2">{t('Examples are')}</span>
					<Select
						label={t('Choose examples')}
						value={technique.pick}
						onChange={(pick) => onChange({ ...technique, pick })}
						options={[
							{ value: 'random', words: t('at random') },
							{ value: 'first', words: t('first of the split') },
						]}
					/>
				</span>
				{technique.pick === 'random' ? (
					<InlineNumber
						label={t('Seed')}
						value={technique.seed}
						onChange={(seed) => onChange({ ...technique, seed: seed ?? 1 })}
						min={0}
						max={0xffff_ffff}
						width={84}
					/>
				) : null}
			</FieldLine>
			{/* With choices, an example's answer is always the right choice. */}
			{isChoice ? null : (
				<TextArea
					label={t('Example answer')}
					hint={t('{variable}, or a column', { variable: '{{target}}' })}
					mono
					maxHeight={120}
					value={answer}
					error={
						answer === '' ? t('An example needs an answer: write {variable}.', { variable: '{{target}}' }) : undefined
					}
					onChange={(event) => onChange({ ...technique, answer: event.target.value })}
				/>
			)}
		</>
	);
}

/** Whether anything here differs from the technique's defaults. */
function isChanged(technique: Technique): boolean {
	const usual = completeTechnique({ kind: technique.kind }) as Record<string, unknown>;
	const own = technique as Record<string, unknown>;
	const shown = 'shots' in technique && technique.shots > 0 ? ['pick', 'seed', 'answer'] : [];
	return ['instruction', 'answerFormat', 'delimiter', 'unconditional', ...shown].some((key) => own[key] !== usual[key]);
}

/** Extraction of the answer from the output, tried on existing outputs. */
function ExtractionSection({
	technique,
	datasetId,
	choices,
	onChange,
}: {
	technique: Technique;
	datasetId: number | null;
	/** Whether the samples have choices. */
	choices: boolean;
	onChange: (technique: Technique) => void;
}) {
	if (technique.kind === 'choice-likelihood') return null;
	const words = 'extract' in technique ? describeExtraction(technique.extract) : t('the letter');
	return (
		<MoreFields label={t('Answer: {words}', { words })}>
			<FieldLine>
				{'extract' in technique ? (
					<ExtractionFields
						extract={technique.extract}
						choices={choices}
						onChange={(extract) => onChange({ ...technique, extract })}
					/>
				) : (
					<InlineCheckbox
						label={t('Allow only a letter')}
						checked={technique.forced}
						onChange={() => onChange({ ...technique, forced: !technique.forced })}
					/>
				)}
			</FieldLine>
			{datasetId === null ? null : <ExtractionTrialView datasetId={datasetId} technique={technique} />}
		</MoreFields>
	);
}
