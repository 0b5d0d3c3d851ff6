import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Services } from '../services.ts';

/** Names the window or tab after what is shown. */
export function useTitle({ layout, thread }: Services): void {
	const section = useStore(layout.state, ({ route }) => route.section);
	const title = useStore(thread.state, (state) => (state.status === 'ready' ? state.conversation.title : null));
	const name =
		section === 'models'
			? 'Models'
			: section === 'feedback'
				? 'Feedback'
				: section === 'settings'
					? 'Settings'
					: section === 'compare'
						? 'Compare'
						: title;
	useEffect(() => {
		document.title = name === null ? 'Assay' : `${name} · Assay`;
	}, [name]);
}
