import { useStore } from 'zustand';
import { useServices } from '../../services.ts';

/** Returns true once it is certain that there are no conversations, neither in the list nor archived. */
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
