import type { ConversationSummaries } from '../context/overflow/conversation-summaries.ts';
import type { Implementer } from './implementer.ts';

export function summaryHandlers(os: Implementer, context: ConversationSummaries) {
	const { summaries } = os;
	return {
		list: summaries.list.handler(({ input }) => context.list(input.id)),
		edit: summaries.edit.handler(({ input }) => context.edit(input.summaryId, input.text)),
		use: summaries.use.handler(({ input }) => context.use(input.summaryId)),
		make: summaries.make.handler(({ input }) => context.make(input.id)),
		cancel: summaries.cancel.handler(({ input }) => context.cancel(input.id)),
	};
}
