import type { ComponentType } from 'react';
import { ConversationListPane } from '../conversation/list/conversation-list-pane.tsx';
import { DatasetList } from '../dataset/dataset-list.tsx';
import { RunList } from '../evaluation/run-list.tsx';
import { PromptList } from '../prompt/prompt-list.tsx';
import { PageList } from '../writing/page-list.tsx';
import type { Section } from './route.ts';

/** The pane left of the sheet: what it lists and how it is drawn. */
export interface SectionList {
	readonly name: string;
	readonly Pane: ComponentType;
}

const conversations: SectionList = { name: 'Conversations', Pane: ConversationListPane };

const lists: Partial<Record<Section, SectionList>> = {
	chat: conversations,
	// The trash has no list of its own; it shows the list of conversations.
	trash: conversations,
	write: { name: 'Pages', Pane: PageList },
	evaluate: { name: 'Runs', Pane: RunList },
	datasets: { name: 'Datasets', Pane: DatasetList },
	prompts: { name: 'Prompts', Pane: PromptList },
};

/** Returns the list of a section; undefined if it has none. */
export function findSectionList(section: Section): SectionList | undefined {
	return lists[section];
}
