import { useStore } from 'zustand';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { useWindowWidth } from '../app/use-window-width.ts';
import { useServices } from '../services.ts';

/** Returns the model in the inspector: the selected one; in a wide window, the default until one is selected. */
export function useInspectedModel(): ModelFile | undefined {
	const { models } = useServices();
	const wide = useWindowWidth() === 'wide';
	const files = useStore(models.state, (state) => state.models);
	const chosen = useStore(models.view, (view) => view.chosen);
	const picked = files.find(({ id }) => id === chosen);
	return picked ?? (wide ? (files.find((file) => file.default) ?? files[0]) : undefined);
}
