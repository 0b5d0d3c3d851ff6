import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Fact } from '../../electron/contract/memory/schema.ts';
import type { Connection } from '../connection/connection.ts';
import { shownConversationId } from '../conversation/thread/thread-state.ts';
import type { ThreadStore } from '../conversation/thread/thread-store.ts';

export interface MemoryState {
	/** Facts that were found in the conversation on the screen: proposals, and what was accepted. */
	readonly found: readonly Fact[];
	/** Increases with every change of a fact: lists that show an older one fetch again. */
	readonly revision: number;
	/** What the list of facts was last asked to show, and how often it was asked. */
	readonly sought: { readonly text: string; readonly times: number };
}

export interface MemoryStore {
	readonly state: StoreApi<MemoryState>;
	/** Facts changed. */
	refresh(): Promise<void>;
	/** Makes the list of facts show those that contain a text. */
	seek(text: string): void;
}

/** Facts found in one conversation that are fetched: older ones are in Settings. */
const mostFound = 200;

/** Facts on the screen of a conversation, and whether those elsewhere are still fresh. */
export function createMemoryStore({ client }: Connection, thread: Pick<ThreadStore, 'state'>): MemoryStore {
	const state = createStore<MemoryState>(() => ({ found: [], revision: 0, sought: { text: '', times: 0 } }));
	let shown: number | null = null;

	async function load(): Promise<void> {
		const conversationId = shown;
		if (conversationId === null) return;
		try {
			const { facts } = await client.memory.list({
				conversationId,
				states: ['proposed', 'accepted'],
				limit: mostFound,
			});
			if (shown === conversationId) state.setState({ found: facts });
		} catch {
			// They are offered again with the next change, and in Settings.
		}
	}

	thread.state.subscribe((now) => {
		const conversationId = shownConversationId(now);
		if (shown === conversationId) return;
		shown = conversationId;
		if (state.getState().found.length > 0) state.setState({ found: [] });
		void load();
	});
	return {
		state,
		async refresh() {
			state.setState({ revision: state.getState().revision + 1 });
			await load();
		},
		seek: (text) => state.setState(({ sought: { times } }) => ({ sought: { text, times: times + 1 } })),
	};
}
