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
	activity: 'Activity',
	settings: 'Settings',
};

/** Names the window or tab after what is shown. */
export function useDocumentTitle({ evaluations, layout, thread }: Services): void {
	const section = useStore(layout.state, ({ route }) => route.section);
	const title = useStore(thread.state, (state) => (state.status === 'ready' ? state.conversation.title : null));
	const name = names[section] ?? title;
	// A run that ended while nobody looked says so on the tab, until somebody does.
	const ended = useStore(evaluations.state, (state) => state.ended);
	useEffect(() => {
		const look = () => (document.hidden ? undefined : evaluations.seen());
		document.addEventListener('visibilitychange', look);
		return () => document.removeEventListener('visibilitychange', look);
	}, [evaluations]);
	useEffect(() => {
		const words = ended === null ? name : `Finished: ${ended}`;
		document.title = words === null ? 'Assay' : `${words} · Assay`;
	}, [name, ended]);
}
