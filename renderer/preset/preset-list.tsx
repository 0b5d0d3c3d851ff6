import { Ellipsis, Pencil, Plus, Star, StarOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Preset } from '../../electron/contract/conversation/schema.ts';
import { samplingParameters } from '../../models/contract/sampling-parameters.ts';
import { toFailure } from '../connection/failure.ts';
import { Badge } from '../design/badge.tsx';
import { Button, iconButtonClass } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { formatCount, formatQuantity } from '../design/format.ts';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
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
					Presets
				</h3>
				<Button size="sm" icon={Plus} onClick={() => setEdited('new')}>
					New preset
				</Button>
			</div>
			{all.length === 0 ? (
				<p className="text-ink-3">No presets yet. A preset saves a system prompt and answer settings for reuse.</p>
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
									{preset.id === defaultId ? <Badge tone="accent">Default</Badge> : null}
								</div>
								<p className="truncate text-xs text-ink-3">{describeContent(preset)}</p>
							</div>
							<Menu
								trigger={
									<button
										type="button"
										aria-label={`Actions for the preset ${preset.name}`}
										className={iconButtonClass()}
									>
										<Icon of={Ellipsis} />
									</button>
								}
							>
								<MenuItem icon={Pencil} onSelect={() => setEdited(preset)}>
									Edit
								</MenuItem>
								{preset.id === defaultId ? (
									<MenuItem icon={StarOff} onSelect={() => settings.change({ defaultPresetId: null })}>
										Don’t use for new conversations
									</MenuItem>
								) : (
									<MenuItem icon={Star} onSelect={() => settings.change({ defaultPresetId: preset.id })}>
										Use for new conversations
									</MenuItem>
								)}
								<MenuLine />
								<MenuItem icon={Trash2} danger onSelect={() => setRemoving(preset)}>
									Delete
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
			title={preset === null ? 'New preset' : `Edit “${preset.name}”`}
			verb={preset === null ? 'Create preset' : 'Save preset'}
			content={preset ?? blank}
			onClose={onClose}
			onSave={({ name, systemPrompt, sampling, contextSize, prompt }) => {
				const content = { name, systemPrompt, sampling, contextSize, ...(prompt === undefined ? {} : { prompt }) };
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
			const kept =
				conversations === 0
					? ''
					: `. ${formatQuantity(conversations, 'conversation')} ${conversations === 1 ? 'keeps' : 'keep'} its settings`;
			toasts.show({ text: `Preset “${preset.name}” deleted${kept}`, icon: Trash2 });
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	return (
		<Dialog
			open
			onClose={onClose}
			title={`Delete the preset “${preset.name}”?`}
			text="Conversations that use it keep its settings. You can’t undo this."
			actions={
				<>
					<Button kind="ghost" onClick={onClose}>
						Cancel
					</Button>
					<Button kind="danger-fill" onClick={() => void remove()}>
						Delete preset
					</Button>
				</>
			}
		/>
	);
}

function describeSampling({ maxTokens, seed, stop, ...samplers }: Preset['sampling']): readonly string[] {
	return [
		...samplingParameters.flatMap(({ key, words }) =>
			samplers[key] === undefined ? [] : [`${words} ${samplers[key]}`],
		),
		maxTokens === undefined
			? []
			: maxTokens === null
				? 'no answer limit'
				: `at most ${formatQuantity(maxTokens, 'token')}`,
		seed === undefined ? [] : seed === null ? 'random seed' : `seed ${seed}`,
		stop === undefined ? [] : formatQuantity(stop.length, 'stop text'),
	].flat();
}

/** Describes a preset: "temperature 0.4 · at most 512 tokens · Answer in plain words…". */
export function describeContent({ sampling, contextSize, systemPrompt, prompt: applied }: Preset): string {
	const context = contextSize === null ? [] : [`context ${formatCount(contextSize)}`];
	const prompt = systemPrompt === '' ? [] : [systemPrompt.slice(0, 200).replaceAll(/\s+/g, ' ')];
	const asked = applied === undefined ? [] : [`prompt ${describeAppliedPrompt(applied)}`];
	const parts = [...asked, ...describeSampling(sampling), ...context, ...prompt];
	return parts.length === 0 ? 'Same as the settings' : parts.join(' · ');
}
