import { Check, ChevronsUpDown, ListChecks, RotateCcw, Save, SaveAll } from 'lucide-react';
import { useId, useState } from 'react';
import { useStore } from 'zustand';
import type { AnswerOptions, MessagePrompt, Preset } from '../../electron/contract/conversation/schema.ts';
import { type RecommendedSampling, withRecommended } from '../../models/contract/recommended-sampling.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine, MenuParts, menuRowClass } from '../design/menu.tsx';
import { t } from '../messages/t.ts';
import { Trans } from '../messages/trans.tsx';
import { useServices } from '../services.ts';
import { systemPromptOf, toPresetContent } from './preset-choices.ts';
import { PresetDialog } from './preset-dialog.tsx';

const noPreset = 0;

/** The conversation's preset and the number of changes from it: "Careful, 2 changes". */
export function PresetPicker({
	settings: { options, preset, systemPrompt, prompt, recommended, changes },
	onReset,
}: {
	settings: {
		options: AnswerOptions;
		preset: Preset | null;
		systemPrompt: string;
		prompt: MessagePrompt | null;
		recommended: RecommendedSampling | undefined;
		changes: number;
	};
	onReset: () => void;
}) {
	const services = useServices();
	const { layout, presets, settings, thread, toasts } = services;
	const all = useStore(presets.state);
	const general = useStore(settings.state, (state) => state.sampling);
	const [saving, setSaving] = useState(false);
	const id = useId();
	const content = toPresetContent(options, preset, { systemPrompt, prompt }, withRecommended(general, recommended));

	const apply = (presetId: number) =>
		runOrToast(services, () => {
			const next = all.find((one) => one.id === presetId) ?? null;
			return thread.applyPreset(next?.id ?? null, systemPromptOf(next));
		});

	/** Saves the conversation's values into the preset, so that the conversation has no changes of its own. */
	const saveInto = (into: Preset) =>
		runOrToast(services, async () => {
			await presets.update(into.id, { name: into.name, ...content });
			await thread.applyPreset(into.id, content.systemPrompt || null);
			toasts.show({ text: t('Saved to “{name}”', { name: into.name }), icon: Save });
		});

	return (
		<div>
			<div id={id} className="mb-[5px] text-xs font-medium text-ink-2">
				{t('Preset')}
			</div>
			<Menu
				align="start"
				width={252}
				trigger={
					<button
						type="button"
						aria-describedby={id}
						className="flex h-7.5 w-full items-center gap-1.5 rounded-md border border-control bg-surface px-2 text-left data-popup-open:bg-hover"
					>
						<span className="sr-only">{t('Preset:')}</span>
						<span className="min-w-0 flex-1 truncate">
							{changes > 0 ? (
								<Trans
									text="{name}<changed>, {changes, plural, one {# change} other {# changes}}</changed>"
									values={{
										name: preset?.name ?? t('No preset'),
										changes,
										changed: (words) => <span className="text-ink-2">{words}</span>,
									}}
								/>
							) : (
								(preset?.name ?? t('No preset'))
							)}
						</span>
						<Icon of={ChevronsUpDown} size={14} className="text-ink-3" />
					</button>
				}
			>
				<MenuParts.RadioGroup value={preset?.id ?? noPreset} onValueChange={(presetId: number) => void apply(presetId)}>
					<Choice id={noPreset} name={t('No preset')} />
					{all.map((one) => (
						<Choice key={one.id} id={one.id} name={one.name} />
					))}
				</MenuParts.RadioGroup>
				<MenuLine />
				{changes > 0 && preset !== null ? (
					<>
						<MenuItem icon={Save} onSelect={() => void saveInto(preset)}>
							{t('Save changes to “{name}”', { name: preset.name })}
						</MenuItem>
						<MenuItem icon={RotateCcw} onSelect={onReset}>
							{t('Reset to “{name}”', { name: preset.name })}
						</MenuItem>
					</>
				) : null}
				<MenuItem icon={SaveAll} onSelect={() => setSaving(true)}>
					{t('Save as new preset')}
				</MenuItem>
				<MenuItem icon={ListChecks} onSelect={() => layout.go({ section: 'settings', part: 'answers' })}>
					{t('Manage presets')}
				</MenuItem>
			</Menu>
			{saving ? (
				<PresetDialog
					title={t('Save as new preset')}
					verb={t('Save preset')}
					content={{ name: '', ...content }}
					onClose={() => setSaving(false)}
					onSave={async (given) => {
						const created = await presets.create(given);
						await thread.applyPreset(created.id, systemPromptOf(created));
					}}
				/>
			) : null}
		</div>
	);
}

function Choice({ id, name }: { id: number; name: string }) {
	return (
		<MenuParts.RadioItem value={id} closeOnClick className={menuRowClass}>
			<span className="grid size-3.5 flex-none place-items-center">
				<MenuParts.RadioItemIndicator>
					<Icon of={Check} size={14} className="text-accent-ink" />
				</MenuParts.RadioItemIndicator>
			</span>
			<span className="min-w-0 flex-1 truncate">{name}</span>
		</MenuParts.RadioItem>
	);
}
