import { useStore } from 'zustand';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { useWindowWidth } from '../app/use-window-width.ts';
import { useServices } from '../services.ts';

/** The model in the inspector: the one that was picked; where there is room, the default until one is. */
export function useInspectedModel(): ModelFile | undefined {
	const { models } = useServices();
	const wide = useWindowWidth() === 'wide';
	const files = useStore(models.state, (state) => state.models);
	const chosen = useStore(models.view, (view) => view.chosen);
	const picked = files.find(({ id }) => id === chosen);
	return picked ?? (wide ? (files.find((file) => file.default) ?? files[0]) : undefined);
}
