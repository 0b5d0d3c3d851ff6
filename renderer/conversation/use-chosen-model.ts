import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { ModelFile, ModelState } from '../../electron/contract/library/schema.ts';
import { chooseModel } from '../library/library-store.ts';
import { useServices } from '../services.ts';
import { chosenModelId } from './thread/thread-state.ts';

/** Returns the model that answers the conversation on the screen, and its state. */
export function useChosenModel(): { model: ModelFile | undefined; state: ModelState | undefined } {
	const { models, thread } = useServices();
	const chosen = useStore(thread.state, chosenModelId);
	const model = useStore(models.state, (now) => chooseModel(now.models, chosen));
	const state = useStore(models.state, (now) => (model === undefined ? undefined : now.states[model.id]));
	return { model, state };
}

/** Returns the other models that can answer. */
export function useOtherModels(modelFileId: number | null): readonly ModelFile[] {
	const { models } = useServices();
	const all = useStore(models.state, (state) => state.models);
	return useMemo(
		() => all.filter(({ id, chat, problem }) => id !== modelFileId && chat && problem === null),
		[all, modelFileId],
	);
}
