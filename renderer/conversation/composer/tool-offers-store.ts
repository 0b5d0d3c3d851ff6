import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ToolOffer } from '../../../electron/contract/tools/schema.ts';
import type { Connection } from '../../connection/connection.ts';
import { shownConversationId } from '../thread/thread-state.ts';
import type { ThreadStore } from '../thread/thread-store.ts';

/** The tools that the conversation on the screen may use, and which of them it uses. */
export interface ToolOffersStore {
	/** null: not fetched yet, or it can't be fetched. */
	readonly state: StoreApi<readonly ToolOffer[] | null>;
	refresh(): Promise<void>;
	/** Uses tools in this conversation, or not. Rejects if the application refuses. */
	use(ids: readonly number[], used: boolean): Promise<void>;
}

/** `onChange` is called after a change of what is used. */
export function createToolOffersStore(
	connection: Pick<Connection, 'client' | 'state'>,
	thread: Pick<ThreadStore, 'state' | 'setNewTools'>,
	onChange: () => void,
): ToolOffersStore {
	const { client } = connection;
	const state = createStore<readonly ToolOffer[] | null>(() => null);
	const shownId = (): number | null => shownConversationId(thread.state.getState());
	/** Counts calls; the result of an older one is discarded. */
	let asked = 0;

	/** A conversation that isn't stored has its choice here. */
	function chosen(offers: readonly ToolOffer[]): readonly ToolOffer[] {
		const now = thread.state.getState();
		const tools = now.status === 'new' || now.status === 'temporary' ? now.tools : null;
		return tools === null ? offers : offers.map((offer) => ({ ...offer, used: tools.includes(offer.id) }));
	}

	async function refresh(): Promise<void> {
		if (connection.state.getState().status !== 'ready') return;
		asked += 1;
		const turn = asked;
		const id = shownId();
		try {
			const { tools } = await client.tools.offers({ conversationId: id });
			if (turn === asked && id === shownId()) state.setState(chosen(tools), true);
		} catch {
			// The conversation is gone, or the connection: whatever comes next fetches again.
			if (turn === asked) state.setState(null, true);
		}
	}

	thread.state.subscribe((now, before) => {
		if (now.status === before.status && shownConversationId(now) === shownConversationId(before)) return;
		if (now.status === 'new' || now.status === 'temporary' || shownConversationId(now) !== shownConversationId(before))
			void refresh();
	});

	return {
		state,
		refresh,
		async use(ids, used) {
			const offers = state.getState() ?? [];
			const id = shownId();
			const now = thread.state.getState();
			if (now.status === 'new' || now.status === 'temporary') {
				const next = offers.map((offer) => (ids.includes(offer.id) ? { ...offer, used } : offer));
				thread.setNewTools(next.filter((offer) => offer.used).map((offer) => offer.id));
				state.setState(next, true);
			} else if (id !== null) {
				for (const toolId of ids) {
					const { tools } = await client.tools.use({ conversationId: id, toolId, used });
					if (id === shownId()) state.setState(tools, true);
				}
			}
			onChange();
		},
	};
}

/** Whether a tool goes to the model: it is used, and neither off nor changed. */
export function isSent({ used, state }: Pick<ToolOffer, 'used' | 'state'>): boolean {
	return used && state !== 'off' && state !== 'changed';
}
