import type { MemoryContext } from '../context/memory/context.ts';
import type { FactTrash } from '../context/memory/fact-trash.ts';
import {
	acceptFacts,
	addFact,
	editFact,
	forgetFacts,
	listFacts,
	moveFacts,
	rejectFacts,
	restoreFacts,
	unacceptFacts,
} from '../context/memory/facts.ts';
import type { Implementer } from './implementer.ts';

/** What the calls of facts need. */
export interface MemoryHandlersContext {
	readonly facts: MemoryContext;
	readonly trash: FactTrash;
	readonly backups: { replaceAll(): Promise<number> };
}

export function memoryHandlers(os: Implementer, { facts, trash, backups }: MemoryHandlersContext) {
	const { memory } = os;
	return {
		list: memory.list.handler(({ input }) => listFacts(facts, input)),
		add: memory.add.handler(({ input }) => addFact(facts, input)),
		accept: memory.accept.handler(({ input }) => ({ facts: [...acceptFacts(facts, input.ids)] })),
		unaccept: memory.unaccept.handler(({ input }) => ({ changed: unacceptFacts(facts, input.ids) })),
		edit: memory.edit.handler(({ input: { id, ...changes } }) => editFact(facts, id, changes)),
		move: memory.move.handler(({ input }) => ({ changed: moveFacts(facts, input.ids, input.folderId) })),
		reject: memory.reject.handler(({ input }) => ({ changed: rejectFacts(facts, input.ids) })),
		forget: memory.forget.handler(({ input }) => ({ ids: forgetFacts(facts, input.ids) })),
		restore: memory.restore.handler(({ input }) => ({ changed: restoreFacts(facts, input.ids) })),
		emptyTrash: memory.emptyTrash.handler(async ({ input }) => {
			const deleted = await trash.empty(input.ids ?? null);
			return { facts: deleted, backupsRemoved: input.backups ? await backups.replaceAll() : 0 };
		}),
	};
}
