import { createStore, type StoreApi } from 'zustand/vanilla';

export interface ModelsView {
	tab: 'here' | 'get';
	/** The model in the inspector; null: the screen chooses. */
	chosen: number | null;
	/** The model whose memory sum is open under its row. */
	open: number | null;
	filter: string;
	dialog: { kind: 'none' } | { kind: 'add' };
	/** Part of the inspector. */
	part: 'file' | 'settings' | 'history';
}

export type ModelsViewStore = StoreApi<ModelsView>;

/** What one looks at in Models; kept while one looks at something else. */
export function createModelsView(): ModelsViewStore {
	return createStore<ModelsView>(() => ({
		tab: 'here',
		chosen: null,
		open: null,
		filter: '',
		dialog: { kind: 'none' },
		part: 'file',
	}));
}
