import { t } from '../messages/t.ts';
import type { Section } from './route.ts';

/** Names of the sections, as they stand in the rail, in titles and within a sentence. */
export const sectionNames: Readonly<Record<Section, string>> = {
	chat: t('Chat'),
	write: t('Pages'),
	trash: t('Trash'),
	evaluate: t('Evaluate'),
	compare: t('Compare'),
	models: t('Models'),
	datasets: t('Datasets'),
	documents: t('Documents'),
	prompts: t('Prompts'),
	feedback: t('Feedback'),
	activity: t('Activity'),
	settings: t('Settings'),
};
