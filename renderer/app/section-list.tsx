import type { ComponentType } from 'react';
import { ConversationListPane } from '../conversation/list/conversation-list-pane.tsx';
import { DatasetList } from '../dataset/dataset-list.tsx';
import { CollectionList } from '../documents/collection-list.tsx';
import { RunList } from '../evaluation/run-list.tsx';
import { t } from '../messages/t.ts';
import { PromptList } from '../prompt/prompt-list.tsx';
import { PageList } from '../writing/page-list.tsx';
import type { Section } from './route.ts';

/** The pane left of the sheet: what it lists and how it is drawn. */
export interface SectionList {
	readonly name: string;
	/** Names its width, and the buttons that show and hide it. */
	readonly width: string;
	readonly show: string;
	readonly hide: string;
	readonly Pane: ComponentType;
}

const conversations: SectionList = {
	name: t('Conversations'),
	width: t('Width of the conversations'),
	show: t('Show conversations'),
	hide: t('Hide conversations'),
	Pane: ConversationListPane,
};

const lists: Partial<Record<Section, SectionList>> = {
	chat: conversations,
	// The trash has no list of its own; it shows the list of conversations.
	trash: conversations,
	write: {
		name: t('Pages'),
		width: t('Width of the pages'),
		show: t('Show pages'),
		hide: t('Hide pages'),
		Pane: PageList,
	},
	evaluate: {
		name: t('Runs'),
		width: t('Width of the runs'),
		show: t('Show runs'),
		hide: t('Hide runs'),
		Pane: RunList,
	},
	datasets: {
		name: t('Datasets'),
		width: t('Width of the datasets'),
		show: t('Show datasets'),
		hide: t('Hide datasets'),
		Pane: DatasetList,
	},
	documents: {
		name: t('Collections'),
		width: t('Width of the collections'),
		show: t('Show collections'),
		hide: t('Hide collections'),
		Pane: CollectionList,
	},
	prompts: {
		name: t('Prompts'),
		width: t('Width of the prompts'),
		show: t('Show prompts'),
		hide: t('Hide prompts'),
		Pane: PromptList,
	},
};

/** Returns the list of a section; undefined if it has none. */
export function findSectionList(section: Section): SectionList | undefined {
	return lists[section];
}
