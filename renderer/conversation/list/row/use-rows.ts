import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../../services.ts';
import { type ListRow, listHomeRows, listViewRows } from './rows.ts';

/** The lines of the list as it is on view; `now` in ms since 1970. */
export function useListRows(now: number): { readonly rows: readonly ListRow[]; readonly loading: boolean } {
	const { conversations, organisation } = useServices();
	const loose = useStore(conversations.state, (state) => state.conversations);
	const status = useStore(conversations.state, (state) => state.status);
	const overview = useStore(organisation.state, (state) => state.overview);
	const pinned = useStore(organisation.state, (state) => state.pinned);
	const folders = useStore(organisation.state, (state) => state.folders);
	const view = useStore(organisation.state, (state) => state.view);
	const viewed = useStore(organisation.state, (state) => state.viewed);
	const rows = useMemo(
		() => (view.kind === 'home' ? listHomeRows({ overview, pinned, folders, loose }, now) : listViewRows(viewed, now)),
		[overview, pinned, folders, loose, view, viewed, now],
	);
	// Pins and folders stand above the rest: they come with it, or everything would move when they do.
	const loading = view.kind === 'home' ? status === 'loading' || overview === null : viewed.status === 'loading';
	return { rows, loading };
}
