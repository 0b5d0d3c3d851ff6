import { useStore } from 'zustand';
import { useServices } from '../../services.ts';

/** true once it is known that there is no conversation yet, neither in the list nor put away. */
export function useHasNoConversations(): boolean {
	const { conversations, organisation } = useServices();
	const noneLoose = useStore(
		conversations.state,
		(state) => state.status === 'ready' && state.conversations.length === 0,
	);
	const nonePlaced = useStore(
		organisation.state,
		({ overview, pinned }) =>
			overview !== null &&
			pinned.conversations.length === 0 &&
			overview.archived === 0 &&
			overview.folders.every((folder) => folder.conversations === 0),
	);
	return noneLoose && nonePlaced;
}
