import { readSearchChoices } from '../search/filter-choices.ts';
import { findConversations, type SearchContext } from '../search/find-conversations.ts';
import type { Implementer } from './implementer.ts';

export function searchHandlers({ search }: Implementer, context: SearchContext) {
	return {
		find: search.find.handler(({ input, signal }) => findConversations(context, input, signal)),
		choices: search.choices.handler(() => readSearchChoices(context.reader)),
	};
}
