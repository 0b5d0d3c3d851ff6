import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useHasNoConversations } from '../conversation/list/use-has-no-conversations.ts';
import { isRunning } from '../library/download-wording.ts';
import { useServices } from '../services.ts';

/**
 * Returns whether the first-run page is shown: 'waiting' for a model (the rail is hidden), 'ready' with one (it stays
 * until the user moves on), or 'no'. If the user adds a file instead, a new conversation opens.
 */
export function useWelcome(): 'no' | 'waiting' | 'ready' {
	const { connection, models, layout, thread } = useServices();
	const firstRun = connection.lastHello()?.firstRun === true;
	const none = useStore(models.state, (state) => (state.status === 'ready' ? state.models.length === 0 : firstRun));
	const loaded = useStore(models.state, (state) => Object.values(state.states).some((one) => one.state === 'loaded'));
	const unused = useHasNoConversations();
	const atStart = useStore(layout.state, ({ route }) => route.section === 'chat' && route.conversationId === null);
	const fresh = useStore(thread.state, (state) => state.status === 'new');
	const fetching = useStore(models.state, ({ downloads }) =>
		downloads.some((one) => isRunning(one) || one.state === 'done'),
	);
	const [begun, setBegun] = useState(false);
	useEffect(() => {
		if (none && unused) setBegun(true);
	}, [none, unused]);
	useEffect(() => {
		if (!atStart && !none) setBegun(false);
	}, [atStart, none]);
	if (!atStart || !fresh || !unused || !(none || (begun && fetching))) return 'no';
	return loaded ? 'ready' : 'waiting';
}
