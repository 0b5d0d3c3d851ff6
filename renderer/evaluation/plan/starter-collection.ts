import { useState } from 'react';
import { useStore } from 'zustand';
import type { Client } from '../../../electron/contract/client.ts';
import { starterCollectionName } from '../../../electron/contract/documents/starter.ts';
import type { ArmContext } from '../../../electron/contract/evaluation/arm-context.ts';
import { toFailure } from '../../connection/failure.ts';
import { useQuery } from '../../connection/use-query.ts';
import { useServices } from '../../services.ts';

/** Pause between two looks at an index that is being made, ms. */
const lookEveryMs = 150;

/**
 * Adds the bundled documents, waits for their index, and returns what to compare: no documents, passages by words, by
 * words and meaning, and all of them.
 */
export async function createStarterContexts({ collections }: Client): Promise<ArmContext[]> {
	let collection = await collections.addStarter();
	while (collection.jobId !== null) {
		await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
		collection = await collections.get({ id: collection.id });
	}
	const passages = { collectionId: collection.id, mode: 'retrieve', k: 4, rerank: null } as const;
	return [
		{},
		{ documents: { ...passages, search: 'bm25' } },
		// Without an embedding model, words are all that is searched.
		...(collection.vectors === 0 ? [] : [{ documents: { ...passages, search: 'hybrid' as const } }]),
		{ documents: { ...passages, mode: 'whole', k: null, search: 'hybrid' } },
	];
}

/** The bundled documents, as long as the chosen dataset asks about them. */
export interface StarterCollection {
	/** Whether they are in the library. */
	readonly isThere: boolean;
	readonly isBusy: boolean;
	/** Adds the collection if it isn't there, and passes on what to compare. */
	add(put: (contexts: readonly ArmContext[]) => void): Promise<void>;
}

/** Returns null for datasets that don't ask about them. */
export function useStarterCollection(datasetId: number | null): StarterCollection | null {
	const { connection, documents, toasts } = useServices();
	const [isBusy, setBusy] = useState(false);
	const isThere = useStore(documents.state, ({ collections }) =>
		collections.some(({ name }) => name === starterCollectionName),
	);
	const { data } = useQuery(datasetId === null ? null : `starter-${datasetId}`, (client, signal) =>
		client.datasets.get({ id: datasetId ?? 0 }, { signal }),
	);
	if (data?.dataset.starterId !== 'documents') return null;
	return {
		isThere,
		isBusy,
		async add(put) {
			setBusy(true);
			try {
				put(await createStarterContexts(connection.client));
				await documents.refresh();
			} catch (error) {
				toasts.fail(toFailure(error).message);
			} finally {
				setBusy(false);
			}
		},
	};
}
