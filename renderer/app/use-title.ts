import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Services } from '../services.ts';
import type { Section } from './layout.ts';

/** Sections that are not named after a conversation. */
const names: Partial<Record<Section, string>> = {
	evaluate: 'Evaluate',
	compare: 'Compare',
	models: 'Models',
	datasets: 'Datasets',
	prompts: 'Prompts',
	feedback: 'Feedback',
	settings: 'Settings',
};

/** Names the window or tab after what is shown. */
export function useTitle({ layout, thread }: Services): void {
	const section = useStore(layout.state, ({ route }) => route.section);
	const title = useStore(thread.state, (state) => (state.status === 'ready' ? state.conversation.title : null));
	const name = names[section] ?? title;
	useEffect(() => {
		document.title = name === null ? 'Assay' : `${name} · Assay`;
	}, [name]);
}
