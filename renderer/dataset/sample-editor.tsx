import { Plus, X } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Sample, SampleContent, SampleEdit } from '../../electron/contract/dataset/schema.ts';
import { Button, IconButton } from '../design/button.tsx';
import { TextArea, TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';
import { changeSamples } from './change-samples.ts';
import { changeInput, emptyDraft, findDraftProblem, type SampleDraft, toSampleEdit } from './sample-draft.ts';

/** Edits a sample: Ctrl Enter saves, Esc cancels, and moving to another sample also saves. `sample` null: a new one. */
export function SampleEditor({ sample, draft: before }: { sample: Sample | null; draft: SampleDraft }) {
	const services = useServices();
	const { samples } = services;
	const splits = useStore(samples.state, (state) => state.facets?.splits);
	const [draft, setDraft] = useState(before);
	const [saving, setSaving] = useState(false);
	const box = useRef<HTMLDivElement>(null);
	const list = useId();
	/** Editing is over: the user saved or cancelled. */
	const isFinished = useRef(false);
	const problem = findDraftProblem(draft) ?? undefined;
	const set = (part: Partial<SampleDraft>) => setDraft((now) => ({ ...now, ...part }));

	useEffect(() => box.current?.querySelector('textarea')?.focus(), []);

	async function save(): Promise<void> {
		if (problem !== undefined || saving) return;
		const edit = toSampleEdit(before, draft);
		isFinished.current = true;
		if (sample !== null && Object.keys(edit).length === 0) return leave();
		setSaving(true);
		const saved = sample === null ? await addSample(services, draft) : await saveSample(services, sample.id, edit);
		setSaving(false);
		if (saved) leave();
		else isFinished.current = false;
	}
	function leave(): void {
		isFinished.current = true;
		samples.edit('none');
		focusTable();
	}
	/** Saves the edit if the user clicks another row; this can be undone. */
	const keep = useEffectEvent(() => {
		const edit = toSampleEdit(before, draft);
		if (isFinished.current || sample === null || problem !== undefined || Object.keys(edit).length === 0) return;
		void saveSample(services, sample.id, edit);
	});
	useEffect(() => () => keep(), []);

	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: keys of the fields inside, which have buttons as well
		<div
			ref={box}
			className="flex min-h-0 flex-1 flex-col"
			onKeyDown={(event) => {
				if (event.key === 'Escape') {
					event.preventDefault();
					event.stopPropagation();
					leave();
				} else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
					event.preventDefault();
					void save();
				}
			}}
		>
			<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5">
				<InputFields input={draft.input} onChange={(input) => setDraft((now) => changeInput(before, now, input))} />
				<TextArea
					label={t('Target')}
					hint={t('leave empty for none')}
					value={draft.target}
					dir="auto"
					onChange={(event) => set({ target: event.target.value })}
				/>
				<ChoiceFields choices={draft.choices} onChange={(choices) => set({ choices })} />
				<TextField
					label={t('Tags')}
					hint={t('Comma-separated')}
					value={draft.tags}
					onChange={(event) => set({ tags: event.target.value })}
				/>
				<div className="grid grid-cols-2 gap-3">
					<TextField
						label={t('Split')}
						list={list}
						maxLength={60}
						value={draft.split}
						placeholder={usualSplits[0]}
						onChange={(event) => set({ split: event.target.value })}
					/>
					<TextField
						label={t('Cluster')}
						maxLength={1000}
						value={draft.cluster}
						onChange={(event) => set({ cluster: event.target.value })}
					/>
					<datalist id={list}>
						{[...new Set([...(splits ?? []).map(({ split }) => split), ...usualSplits])].map((split) => (
							<option key={split} value={split} />
						))}
					</datalist>
				</div>
				{Object.entries(draft.variables).map(([name, value]) => (
					<TextArea
						key={name}
						label={<span className="font-mono">{`{{${name}}}`}</span>}
						value={value}
						dir="auto"
						maxHeight={120}
						onChange={(event) => set({ variables: { ...draft.variables, [name]: event.target.value } })}
					/>
				))}
			</div>
			<div className="flex flex-none items-center gap-2 border-t border-line px-4 py-2.5">
				<span className="flex-1 text-xs text-ink-3">{t('Ctrl Enter saves, Esc cancels')}</span>
				<Button size="sm" kind="ghost" onClick={leave}>
					{t('Cancel')}
				</Button>
				<Button
					size="sm"
					kind="primary"
					busy={saving ? t('Saving') : undefined}
					blocked={problem}
					onClick={() => void save()}
				>
					{sample === null ? t('Add') : t('Save')}
				</Button>
			</div>
		</div>
	);
}

/** Names of splits as published datasets have them. */
const usualSplits = ['test', 'train', 'examples'] as const;

const roles = { system: t('System prompt'), user: t('User'), assistant: t('Answer') } as const;

function InputFields({
	input,
	onChange,
}: {
	input: SampleContent['input'];
	onChange: (input: SampleContent['input']) => void;
}) {
	if (typeof input === 'string') {
		return <TextArea label={t('Input')} value={input} dir="auto" onChange={(event) => onChange(event.target.value)} />;
	}
	return input.map((turn, index) => (
		<TextArea
			// biome-ignore lint/suspicious/noArrayIndexKey: turns stand in order and repeat
			key={index}
			label={t('{role}, turn {number}', { role: roles[turn.role], number: index + 1 })}
			value={turn.content}
			dir="auto"
			onChange={(event) => onChange(input.with(index, { ...turn, content: event.target.value }))}
		/>
	));
}

function ChoiceFields({
	choices,
	onChange,
}: {
	choices: readonly string[];
	onChange: (choices: readonly string[]) => void;
}) {
	return (
		<fieldset className="flex flex-col gap-1.5">
			<legend className="mb-[5px] text-xs font-medium text-ink-2">{t('Choices')}</legend>
			{choices.map((choice, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: choices stand in order and may repeat
				<div key={index} className="flex items-start gap-1">
					<textarea
						aria-label={t('Choice {number}', { number: index + 1 })}
						rows={1}
						value={choice}
						dir="auto"
						onChange={(event) => onChange(choices.with(index, event.target.value))}
						className="field-sizing-content min-h-7.5 min-w-0 flex-1 resize-none rounded-md border border-control bg-surface px-2.5 py-1 focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus"
					/>
					<IconButton
						icon={X}
						label={t('Remove choice {number}', { number: index + 1 })}
						onClick={() => onChange(choices.toSpliced(index, 1))}
					/>
				</div>
			))}
			<Button size="sm" kind="ghost" icon={Plus} className="self-start" onClick={() => onChange([...choices, ''])}>
				{t('Add choice')}
			</Button>
		</fieldset>
	);
}

/** Returns the focus to the edited row, where the list's keys work. */
function focusTable(): void {
	requestAnimationFrame(() =>
		document.querySelector<HTMLElement>('[role="grid"] [aria-selected="true"], [role="grid"] [tabindex="0"]')?.focus(),
	);
}

/**
 * Saves changes to a sample; a frozen version stays as it is and a draft takes the change. Returns false on failure.
 */
async function saveSample(services: Services, sampleId: number, edit: SampleEdit): Promise<boolean> {
	const done = await changeSamples(
		services,
		(datasetId) => services.connection.client.datasets.samples.edit({ datasetId, sampleId, edit }),
		({ version }) => t('Saved in draft v{number}', { number: version.number }),
	);
	return done !== null;
}

/** Appends a new sample and selects it. */
async function addSample(services: Services, draft: SampleDraft): Promise<boolean> {
	const { connection, samples } = services;
	const content = { ...toSampleEdit(emptyDraft, draft), input: draft.input };
	const done = await changeSamples(
		services,
		(datasetId) => connection.client.datasets.samples.add({ datasetId, samples: [content] }),
		({ version }) => t('Added to draft v{number}', { number: version.number }),
	);
	if (done === null) return false;
	const [id] = done.ids;
	if (id !== undefined) await samples.find(id);
	return true;
}
