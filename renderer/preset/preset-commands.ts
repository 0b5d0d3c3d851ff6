import { Pencil, Plus, Star, Wand2 } from 'lucide-react';
import type { Command } from '../app/command.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

/** Command that makes a preset. */
export function listNewPresetCommands({ layout }: Services): Command[] {
	return [
		{
			id: 'new-preset',
			label: t('New preset'),
			synonyms: t('create system prompt sampling temperature profile'),
			icon: Plus,
			run: () => layout.set({ asked: { what: 'preset', presetId: null } }),
		},
	];
}

/** Lists what can be done with each preset. */
export function listPresetCommands(services: Services): Command[] {
	const { layout, presets, settings, thread } = services;
	const defaultId = settings.state.getState().defaultPresetId;
	return presets.state.getState().flatMap(({ id, name, systemPrompt }): Command[] => [
		{
			id: `preset-${id}`,
			label: t('Use the preset {name}', { name }),
			synonyms: t('apply choose conversation system prompt sampling'),
			icon: Wand2,
			run: () => void runOrToast(services, () => thread.applyPreset(id, systemPrompt)),
		},
		{
			id: `edit-preset-${id}`,
			label: t('Edit the preset {name}', { name }),
			synonyms: t('change open'),
			icon: Pencil,
			run: () => layout.set({ asked: { what: 'preset', presetId: id } }),
		},
		...(id === defaultId
			? []
			: [
					{
						id: `default-preset-${id}`,
						label: t('Use the preset {name} for new conversations', { name }),
						synonyms: t('default'),
						icon: Star,
						run: () => settings.change({ defaultPresetId: id }),
					},
				]),
	]);
}
