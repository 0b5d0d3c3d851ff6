import { useStore } from 'zustand';
import type { ModelFile, ModelLoad } from '../../electron/contract/library/schema.ts';
import { useQuery } from '../connection/use-query.ts';
import { useServices } from '../services.ts';

/** Returns the loads of a model on this computer, newest first; undefined until fetched, empty if that failed. */
export function useLoads({ id }: ModelFile): readonly ModelLoad[] | undefined {
	const { models } = useServices();
	// Each load and unload adds to it.
	const state = useStore(models.state, ({ states }) => states[id]?.state);
	const { data, failure } = useQuery(`${id} ${state}`, (client) => client.models.history({ id }));
	return failure === null ? data?.loads : [];
}
