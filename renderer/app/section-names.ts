import type { Section } from './route.ts';

/** Names of the sections, as they stand in the rail, in titles and within a sentence. */
export const sectionNames: Readonly<Record<Section, string>> = {
	chat: 'Chat',
	write: 'Pages',
	trash: 'Trash',
	evaluate: 'Evaluate',
	compare: 'Compare',
	models: 'Models',
	datasets: 'Datasets',
	prompts: 'Prompts',
	feedback: 'Feedback',
	activity: 'Activity',
	settings: 'Settings',
};
