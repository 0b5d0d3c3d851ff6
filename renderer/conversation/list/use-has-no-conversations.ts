import { useStore } from 'zustand';
import { useServices } from '../../services.ts';

/** Returns true once it is certain that there are no conversations, neither in the list nor archived: by the lists, and before they are there by the connection's hello. */
export function useHasNoConversations(): boolean {
	const { connection, conversations, organisation } = useServices();
	const firstRun = connection.lastHello()?.firstRun === true;
	const noneLoose = useStore(conversations.state, (state) =>
		state.status === 'ready' ? state.conversations.length === 0 : firstRun,
	);
	const nonePlaced = useStore(organisation.state, ({ overview, pinned }) =>
		overview === null
			? firstRun
			: pinned.conversations.length === 0 &&
				overview.archived === 0 &&
				overview.folders.every((folder) => folder.conversations === 0),
	);
	return noneLoose && nonePlaced;
}
