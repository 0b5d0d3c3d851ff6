import { useState } from 'react';
import { useStore } from 'zustand';
import { starterCollectionName } from '../../../electron/contract/documents/starter.ts';
import type { ArmContext } from '../../../electron/contract/evaluation/arm-context.ts';
import { toFailure } from '../../connection/failure.ts';
import { useQuery } from '../../connection/use-query.ts';
import { useServices } from '../../services.ts';

/** The bundled documents, as long as the chosen dataset asks about them and they are not in the library. */
export interface StarterCollection {
	readonly isBusy: boolean;
	/** Adds the collection, then compares no documents, passages by words and by both, and all of it. */
	add(put: (contexts: readonly ArmContext[]) => void): Promise<void>;
}

/** Returns null where there is nothing to add. */
export function useStarterCollection(datasetId: number | null): StarterCollection | null {
	const { connection, documents, toasts } = useServices();
	const [isBusy, setBusy] = useState(false);
	const isThere = useStore(documents.state, ({ collections }) =>
		collections.some(({ name }) => name === starterCollectionName),
	);
	const { data } = useQuery(datasetId === null ? null : `starter of ${datasetId}`, (client, signal) =>
		client.datasets.get({ id: datasetId ?? 0 }, { signal }),
	);
	if (isThere || data?.dataset.starterId !== 'documents') return null;
	return {
		isBusy,
		async add(put) {
			setBusy(true);
			try {
				const { id: collectionId } = await connection.client.collections.addStarter();
				await documents.refresh();
				const passages = { collectionId, mode: 'retrieve', k: 4, rerank: null } as const;
				put([
					{},
					{ documents: { ...passages, search: 'bm25' } },
					{ documents: { ...passages, search: 'hybrid' } },
					{ documents: { ...passages, mode: 'whole', k: null, search: 'hybrid' } },
				]);
			} catch (error) {
				toasts.fail(toFailure(error).message);
			} finally {
				setBusy(false);
			}
		},
	};
}
