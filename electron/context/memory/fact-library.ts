import { readPieces } from '../../conversation/store/context-pieces.ts';
import { get } from '../../database/sql.ts';
import type { FactLibrary } from '../memory-source.ts';
import type { MemoryContext } from './context.ts';
import type { FactVectors } from './fact-vectors.ts';
import { expireDue } from './facts.ts';
import { countUsable, type FolderId, readHolding, readNewest, readRelated, usableIds } from './store.ts';

/** The facts that the person accepted; none while memory is switched off. Without `vectors`, only words find them. */
export function createFactLibrary(context: MemoryContext, vectors?: FactVectors): FactLibrary {
	const { database, settings, log } = context;
	function folderOf(conversationId: number | null): FolderId {
		const sql = 'SELECT folder_id AS folderId FROM conversations WHERE id = :conversationId';
		return get<{ folderId: FolderId }>(database, sql, { conversationId })?.folderId ?? null;
	}
	return {
		expire: () => expireDue(context),
		candidates(conversationId, message, most) {
			if (!settings().memoryOn) return { facts: [], related: 0, total: 0 };
			expireDue(context);
			const folderId = folderOf(conversationId);
			const total = countUsable(database, folderId);
			if (total === 0) return { facts: [], related: 0, total };
			const related = readRelated(database, message, folderId, Math.floor(most / 2));
			const ids = new Set(related.map(({ id }) => id));
			const newest = readNewest(database, folderId, most).filter(({ id }) => !ids.has(id));
			return { facts: [...related, ...newest].slice(0, most), related: related.length, total };
		},
		async nearest(conversationId, message, most, signal) {
			if (vectors === undefined || !settings().memoryOn) return [];
			const folderId = folderOf(conversationId);
			try {
				const near = (await vectors.nearest(message, usableIds(database, folderId), signal)).slice(0, most);
				const cosines = new Map(near.map(({ id, cosine }) => [id, cosine]));
				const facts = readHolding(database, [...cosines.keys()], folderId);
				return facts.map((fact) => ({ fact, cosine: cosines.get(fact.id) ?? 0 }));
			} catch (error) {
				signal?.throwIfAborted();
				// Such as no memory for the embedding model: words still find facts.
				log(`memory: facts were chosen by words alone: ${String(error)}`);
				return [];
			}
		},
		holding: (conversationId, ids) => readHolding(database, ids, folderOf(conversationId)),
		startOf(answerId) {
			const sql = 'SELECT created_at AS at FROM messages WHERE id = :answerId';
			const answer = get<{ at: number }>(database, sql, { answerId });
			if (answer === undefined) return null;
			const pieces = readPieces(database, [answerId], 0).get(answerId) ?? [];
			return { ids: pieces.flatMap(({ place, factId }) => (place === 'system' ? (factId ?? []) : [])), at: answer.at };
		},
	};
}
