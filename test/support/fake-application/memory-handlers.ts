import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Fact } from '../../../electron/contract/memory/schema.ts';
import { buildFact } from '../fixtures/fact.ts';
import type { FakeApplication } from './fake-application.ts';

/** Facts that are kept in memory: of all states, and in the trash. */
export function memoryHandlers(fake: FakeApplication, os: Implementer) {
	const { memory } = os;
	function change(ids: readonly number[], changes: (fact: Fact) => Partial<Fact>): Fact[] {
		fake.data.facts = fake.data.facts.map((fact) => (ids.includes(fact.id) ? { ...fact, ...changes(fact) } : fact));
		fake.emit({ type: 'memory-changed' });
		return fake.data.facts.filter(({ id }) => ids.includes(id));
	}
	return {
		list: memory.list.handler(({ input }) => {
			const { states, scope, folderId, conversationId, text, forgotten, limit, offset } = input;
			const live = fake.data.facts.filter(({ forgottenAt }) => forgottenAt === null);
			const facts = fake.data.facts
				.filter(
					(fact) =>
						(fact.forgottenAt !== null) === forgotten &&
						(states?.includes(fact.state) ?? true) &&
						(scope === undefined || fact.scope === scope) &&
						(folderId === undefined || fact.folderId === folderId) &&
						(conversationId === undefined || fact.source?.conversationId === conversationId) &&
						fact.text.toLowerCase().includes(text.toLowerCase()),
				)
				.toSorted((one, other) => Number(other.state === 'proposed') - Number(one.state === 'proposed'));
			const count = (state: Fact['state']): number => live.filter((fact) => fact.state === state).length;
			return {
				facts: facts.slice(offset, offset + limit),
				total: facts.length,
				counts: {
					proposed: count('proposed'),
					accepted: count('accepted'),
					superseded: count('superseded'),
					expired: count('expired'),
					rejected: count('rejected'),
				},
				inTrash: fake.data.facts.length - live.length,
			};
		}),
		add: memory.add.handler(({ input: { text, folderId, expiresAt } }) => {
			const id = Math.max(0, ...fake.data.facts.map((fact) => fact.id)) + 1;
			const scope = folderId === null ? 'person' : 'folder';
			const fact = buildFact(id, { text, scope, folderId, expiresAt, origin: 'person', createdAt: Date.now() });
			fake.data.facts = [fact, ...fake.data.facts];
			fake.emit({ type: 'memory-changed' });
			return fact;
		}),
		accept: memory.accept.handler(({ input }) => ({ facts: change(input.ids, () => ({ state: 'accepted' })) })),
		unaccept: memory.unaccept.handler(({ input }) => ({
			changed: change(input.ids, () => ({ state: 'proposed' })).length,
		})),
		edit: memory.edit.handler(({ input: { id, text, folderId, expiresAt } }) => {
			const [fact] = change([id], () => ({
				...(text === undefined ? {} : { text }),
				...(folderId === undefined ? {} : { folderId, scope: folderId === null ? 'person' : 'folder' }),
				...(expiresAt === undefined ? {} : { expiresAt }),
			}));
			return fact!;
		}),
		move: memory.move.handler(({ input: { ids, folderId } }) => ({
			changed: change(ids, () => ({ scope: 'folder', folderId })).length,
		})),
		reject: memory.reject.handler(({ input }) => ({
			changed: change(input.ids, () => ({ state: 'rejected' })).length,
		})),
		forget: memory.forget.handler(({ input }) => ({
			ids: change(input.ids, () => ({ forgottenAt: Date.now() })).map(({ id }) => id),
		})),
		restore: memory.restore.handler(({ input }) => ({
			changed: change(input.ids, ({ state }) => ({
				forgottenAt: null,
				state: state === 'rejected' ? 'proposed' : state,
			})).length,
		})),
		emptyTrash: memory.emptyTrash.handler(({ input }) => {
			const before = fake.data.facts.length;
			fake.data.facts = fake.data.facts.filter(
				({ id, forgottenAt }) => forgottenAt === null || input.ids?.includes(id) === false,
			);
			fake.emit({ type: 'memory-changed' });
			return { facts: before - fake.data.facts.length, backupsRemoved: input.backups ? 1 : 0 };
		}),
	};
}
