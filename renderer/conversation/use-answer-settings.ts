import { useStore } from 'zustand';
import type { AnswerOptions, MessagePrompt, Preset } from '../../electron/contract/conversation/schema.ts';
import { type RecommendedSampling, withRecommended } from '../../models/contract/recommended-sampling.ts';
import type { Sampling } from '../../models/contract/sampling.ts';
import { applyChoices, countChanges, isSamePrompt, systemPromptOf } from '../preset/preset-choices.ts';
import { useServices } from '../services.ts';
import type { ThreadState } from './thread/thread-state.ts';
import { useChosenModel } from './use-chosen-model.ts';

/** Settings for answers in the conversation on the screen: its own choices, their base, and the effective values. */
export interface AnswerSettings {
	readonly options: AnswerOptions;
	readonly preset: Preset | null;
	/** The preset applied on top of the settings and what the model's file recommends. */
	readonly base: Sampling;
	readonly sampling: Sampling;
	readonly contextSize: number | null;
	readonly systemPrompt: string;
	/** The system prompt that applies without a change of its own. */
	readonly basePrompt: string;
	/** Applied to each message; null: none. */
	readonly prompt: MessagePrompt | null;
	readonly changes: number;
	/** What the model's file recommends. */
	readonly recommended: RecommendedSampling | undefined;
}

export function useAnswerSettings(): AnswerSettings {
	const { presets, settings, thread } = useServices();
	const all = useStore(presets.state);
	const general = useStore(settings.state, (state) => state.sampling);
	const generalPrompt = useStore(settings.state, (state) => state.systemPrompt);
	const defaultPresetId = useStore(settings.state, (state) => state.defaultPresetId);
	const chosen = useStore(thread.state, chosenOptions);
	const ownPrompt = useStore(thread.state, chosenPrompt);
	const known = (id: number | null) => all.find((preset) => preset.id === id) ?? null;
	const options = chosen ?? { presetId: known(defaultPresetId)?.id ?? null, sampling: {}, contextSize: null };
	const preset = known(options.presetId);
	const { model } = useChosenModel();
	const recommended = model?.recommendedSampling;
	const base = applyChoices(withRecommended(general, recommended), preset?.sampling ?? {});
	const systemPrompt = ownPrompt ?? systemPromptOf(preset) ?? generalPrompt;
	const basePrompt = systemPromptOf(preset) ?? systemPrompt;
	const stored = useStore(thread.state, ({ status }) => status === 'ready');
	const presetPrompt = preset?.prompt ?? null;
	const prompt = options.prompt === undefined && !stored ? presetPrompt : (options.prompt ?? null);
	const changedPrompt = preset !== null && !isSamePrompt(prompt, presetPrompt) ? 1 : 0;
	return {
		options,
		preset,
		base,
		sampling: applyChoices(base, options.sampling),
		contextSize: options.contextSize ?? preset?.contextSize ?? null,
		systemPrompt,
		basePrompt,
		prompt,
		recommended,
		changes: countChanges(options, base, { own: systemPrompt, base: basePrompt }) + changedPrompt,
	};
}

/** null: nothing was chosen, so the default preset applies. */
function chosenOptions(state: ThreadState): AnswerOptions | null {
	return state.status === 'loading' || state.status === 'failed' ? null : state.options;
}

/** null: the preset's or the settings' prompt applies. */
function chosenPrompt(state: ThreadState): string | null {
	switch (state.status) {
		case 'ready':
			return state.conversation.systemPrompt;
		case 'new':
		case 'temporary':
			return state.systemPrompt;
		case 'loading':
		case 'failed':
			return null;
	}
}
