import { Ellipsis, Pencil, Plus, Star, StarOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Preset } from '../../electron/contract/conversation/schema.ts';
import { samplingParameters } from '../../models/contract/sampling-parameters.ts';
import { toFailure } from '../connection/failure.ts';
import { Badge } from '../design/badge.tsx';
import { Button, iconButtonClass } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { formatCount } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { t, translate } from '../messages/t.ts';
import { describeAppliedPrompt } from '../prompt/applied-prompt.tsx';
import { useServices } from '../services.ts';
import { PresetDialog } from './preset-dialog.tsx';

const blank = { name: '', systemPrompt: '', sampling: {}, contextSize: null };

/** All presets with their contents and actions. */
export function PresetList() {
	const { presets, settings } = useServices();
	const all = useStore(presets.state);
	const defaultId = useStore(settings.state, (state) => state.defaultPresetId);
	const [edited, setEdited] = useState<Preset | 'new' | null>(null);
	const [removing, setRemoving] = useState<Preset | null>(null);
	return (
		<section aria-labelledby="presets-head">
			<div className="mb-1.5 flex items-center">
				<h3 id="presets-head" className="flex-1 text-xs font-medium text-ink-2">
					{t('Presets')}
				</h3>
				<Button size="sm" icon={Plus} onClick={() => setEdited('new')}>
					{t('New preset')}
				</Button>
			</div>
			{all.length === 0 ? (
				<p className="text-ink-3">
					{t('No presets yet. A preset saves a system prompt and answer settings for reuse.')}
				</p>
			) : (
				<ul className="overflow-hidden rounded-lg border border-line">
					{all.map((preset) => (
						<li
							key={preset.id}
							className="flex items-center gap-2 border-b border-line py-1.5 pr-1.5 pl-3 last:border-b-0"
						>
							<div className="min-w-0 flex-1">
								<div className="flex items-center gap-2">
									<span className="truncate font-medium">{preset.name}</span>
									{preset.id === defaultId ? <Badge tone="accent">{t('Default')}</Badge> : null}
								</div>
								<p className="truncate text-xs text-ink-3">{describeContent(preset)}</p>
							</div>
							<Menu
								trigger={
									<button
										type="button"
										aria-label={t('Actions for the preset {name}', { name: preset.name })}
										className={iconButtonClass()}
									>
										<Icon of={Ellipsis} />
									</button>
								}
							>
								<MenuItem icon={Pencil} onSelect={() => setEdited(preset)}>
									{t('Edit')}
								</MenuItem>
								{preset.id === defaultId ? (
									<MenuItem icon={StarOff} onSelect={() => settings.change({ defaultPresetId: null })}>
										{t('Don’t use for new conversations')}
									</MenuItem>
								) : (
									<MenuItem icon={Star} onSelect={() => settings.change({ defaultPresetId: preset.id })}>
										{t('Use for new conversations')}
									</MenuItem>
								)}
								<MenuLine />
								<MenuItem icon={Trash2} danger onSelect={() => setRemoving(preset)}>
									{t('Delete')}
								</MenuItem>
							</Menu>
						</li>
					))}
				</ul>
			)}
			{edited === null ? null : (
				<PresetEditor preset={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
			)}
			{removing === null ? null : <RemovePreset preset={removing} onClose={() => setRemoving(null)} />}
		</section>
	);
}

/** Edits a preset; null: creates one. */
export function PresetEditor({ preset, onClose }: { preset: Preset | null; onClose: () => void }) {
	const { presets } = useServices();
	return (
		<PresetDialog
			title={preset === null ? t('New preset') : t('Edit “{name}”', { name: preset.name })}
			verb={preset === null ? t('Create preset') : t('Save preset')}
			content={preset ?? blank}
			onClose={onClose}
			onSave={({ name, systemPrompt, sampling, contextSize, prompt }) => {
				const content = {
					name,
					systemPrompt,
					sampling,
					contextSize,
					...(prompt === undefined ? {} : { prompt }),
					// The form doesn't show them, and must not lose them.
					...(preset?.adapters === undefined ? {} : { adapters: preset.adapters }),
				};
				return preset === null ? presets.create(content) : presets.update(preset.id, content);
			}}
		/>
	);
}

function RemovePreset({ preset, onClose }: { preset: Preset; onClose: () => void }) {
	const { presets, settings, toasts } = useServices();
	async function remove(): Promise<void> {
		onClose();
		try {
			const conversations = await presets.remove(preset.id);
			if (settings.state.getState().defaultPresetId === preset.id) settings.change({ defaultPresetId: null });
			toasts.show({
				text:
					conversations === 0
						? t('Preset “{name}” deleted', { name: preset.name })
						: t(
								'Preset “{name}” deleted. {conversations, plural, one {# conversation keeps} other {# conversations keep}} its settings',
								{ name: preset.name, conversations },
							),
				icon: Trash2,
			});
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title={t('Delete the preset “{name}”?', { name: preset.name })}
			text={t('Conversations that use it keep its settings. This can’t be undone.')}
			actions={
				<>
					<Button onClick={onClose}>{t('Cancel')}</Button>
					<Button kind="danger-fill" onClick={() => void remove()}>
						{t('Delete preset')}
					</Button>
				</>
			}
		/>
	);
}

function describeSampling({ maxTokens, seed, stop, ...samplers }: Preset['sampling']): readonly string[] {
	return [
		...samplingParameters.flatMap(({ key, words }) =>
			samplers[key] === undefined ? [] : [`${translate(words)} ${samplers[key]}`],
		),
		maxTokens === undefined
			? []
			: maxTokens === null
				? t('no answer limit')
				: t('at most {count, plural, one {# token} other {# tokens}}', { count: maxTokens }),
		seed === undefined ? [] : seed === null ? t('random seed') : t('seed {seed}', { seed }),
		stop === undefined ? [] : t('{count, plural, one {# stop text} other {# stop texts}}', { count: stop.length }),
	].flat();
}

/** Describes a preset: "temperature 0.4 · at most 512 tokens · Answer in plain words…". */
export function describeContent({ sampling, contextSize, systemPrompt, prompt: applied }: Preset): string {
	const context = contextSize === null ? [] : [t('context {size}', { size: formatCount(contextSize) })];
	const prompt = systemPrompt === '' ? [] : [systemPrompt.slice(0, 200).replaceAll(/\s+/g, ' ')];
	const asked = applied === undefined ? [] : [t('prompt {prompt}', { prompt: describeAppliedPrompt(applied) })];
	const parts = [...asked, ...describeSampling(sampling), ...context, ...prompt];
	return parts.length === 0 ? t('Same as the settings') : parts.join(' · ');
}
