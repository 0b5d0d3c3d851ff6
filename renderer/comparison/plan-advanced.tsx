import { ChevronRight, ChevronsUpDown } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { useStore } from 'zustand';
import { CheckboxGroup } from '../design/checkbox-group.tsx';
import { formatBytes } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { NumberField } from '../design/number-field.tsx';
import { TextArea, TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { formatCategory } from './comparison-wording.ts';
import type { PlanForm } from './use-plan.ts';

/** Context depths, in tokens, at which speed can also be measured. */
const depthChoices = [512, 2048, 8192] as const;

/** Splits a text into its lines, as typed. */
const splitLines = (text: string): string[] => (text === '' ? [] : text.split('\n'));

/** Everything that the presets decide, and what few people change. */
export function PlanAdvanced({ form, children }: { form: PlanForm; children: ReactNode }) {
	const { model, types, details } = form;
	const texts = useStore(useServices().comparisons.state, (state) => state.texts);
	const referenceLabel = useId();
	if (model === null) return null;
	const { reference, files, others } = model;
	const bundled = new Set(texts.map(({ path }) => path));
	const own = details.texts.filter((path) => !bundled.has(path));
	const included = new Set(details.texts.filter((path) => bundled.has(path)));
	const setTexts = (chosen: ReadonlySet<string>, paths: readonly string[]): void =>
		form.change({ texts: [...texts.map(({ path }) => path).filter((path) => chosen.has(path)), ...paths] });
	return (
		<details className="group border-t border-line pt-3">
			<summary className="flex w-fit cursor-default list-none items-center gap-1 rounded-sm font-medium text-ink-2 hover:text-ink [&::-webkit-details-marker]:hidden">
				<Icon of={ChevronRight} size={14} className="transition-transform duration-(--fast) group-open:rotate-90" />
				{t('Advanced')}
			</summary>
			<div className="mt-3 grid items-start gap-x-8 gap-y-4 min-[820px]:grid-cols-2">
				<div>
					<span id={referenceLabel} className="mb-[5px] block text-xs font-medium text-ink-2">
						{t('Reference: the file that the others are measured against')}
					</span>
					<Menu
						align="start"
						width={360}
						trigger={
							<button
								type="button"
								aria-describedby={referenceLabel}
								className="flex h-7.5 w-full items-center gap-1.5 rounded-md border border-control bg-surface px-2 text-left data-popup-open:bg-hover"
							>
								<span className="min-w-0 flex-1 truncate">
									{reference.quantization}, {formatBytes(reference.sizeBytes)}
								</span>
								<Icon of={ChevronsUpDown} size={14} className="text-ink-3" />
							</button>
						}
					>
						{[reference, ...files, ...others].map((file) => (
							<MenuItem key={file.id} selected={file.id === reference.id} onSelect={() => form.chooseReference(file)}>
								{file.name === reference.name ? '' : `${file.name} `}
								{file.quantization}, {formatBytes(file.sizeBytes)}
							</MenuItem>
						))}
					</Menu>
				</div>
				{types.size === 0 ? null : (
					<TextField
						label={t('Text for an importance matrix')}
						hint={t('optional: the weights that this text needs lose less')}
						placeholder={t('/home/me/notes.txt')}
						value={details.imatrixText ?? ''}
						onChange={(event) =>
							form.change({ imatrixText: event.target.value.trim() === '' ? null : event.target.value })
						}
					/>
				)}
				{texts.length === 0 ? null : (
					<CheckboxGroup
						legend={t('Texts to measure quality on')}
						options={texts.map(({ path, category }) => ({ value: path, label: formatCategory(category) }))}
						chosen={included}
						onChange={(chosen) => setTexts(chosen, own)}
						inline
					/>
				)}
				<TextArea
					label={t('Your own text files')}
					hint={t('one path on each line')}
					value={own.join('\n')}
					onChange={(event) => setTexts(included, splitLines(event.target.value))}
					placeholder={t('/home/me/notes.txt')}
				/>
				{details.texts.length === 0 ? null : (
					<NumberField
						label={t('Chunks of each text, of 512 tokens')}
						value={details.chunks}
						onChange={(chunks) => form.change({ chunks })}
						min={2}
						max={100_000}
						empty={t('all')}
					/>
				)}
				<NumberField
					label={t('Repetitions of each speed measurement')}
					value={details.repetitions}
					onChange={(repetitions) => form.change({ repetitions: repetitions ?? 5 })}
					min={1}
					max={100}
				/>
				<CheckboxGroup
					legend={t('Latency in chat')}
					options={[{ value: 'felt', label: t('Measure loading, first token and pauses through the chat') }]}
					chosen={new Set(details.felt ? ['felt'] : [])}
					onChange={(next) => form.change({ felt: next.has('felt') })}
					inline
				/>
				<CheckboxGroup
					legend={t('Speed with context filled to')}
					options={depthChoices.map((depth) => ({
						value: depth,
						label: t('{depth, plural, one {# token} other {# tokens}}', { depth }),
					}))}
					chosen={new Set(details.depths)}
					onChange={(depths) => form.change({ depths: [...depths] })}
					inline
				/>
				<TextArea
					label={t('Prompts to answer side by side')}
					hint={t('one on each line')}
					value={details.prompts.join('\n')}
					onChange={(event) => form.change({ prompts: splitLines(event.target.value) })}
					placeholder={t('What is the capital of France, and why?')}
				/>
			</div>
			<div className="mt-6 flex flex-col gap-6 empty:hidden">{children}</div>
		</details>
	);
}
