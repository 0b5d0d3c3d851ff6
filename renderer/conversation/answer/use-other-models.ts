import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { ModelFile } from '../../../electron/contract/model.ts';
import { useServices } from '../../services.ts';

/** Models that could answer, without this one. */
export function useOtherModels(modelFileId: number | null): readonly ModelFile[] {
	const { models } = useServices();
	const all = useStore(models.state, (state) => state.models);
	return useMemo(
		() => all.filter(({ id, chat, problem }) => id !== modelFileId && chat && problem === null),
		[all, modelFileId],
	);
}
