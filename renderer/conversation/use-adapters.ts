import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { AdapterUse } from '../../electron/contract/adapters/schema.ts';
import type { AnswerOptions } from '../../electron/contract/conversation/schema.ts';
import type { ModelFile, ModelOptions } from '../../electron/contract/library/schema.ts';
import { useServices } from '../services.ts';
import { useChosenModel } from './use-chosen-model.ts';

const none: NonNullable<ModelOptions['adapters']> = [];

/** Returns the adapters that a model is loaded with where nothing else is chosen. */
function useLoadAdapters(model: ModelFile | undefined): NonNullable<ModelOptions['adapters']> {
	const { connection, models } = useServices();
	// Another list after every change of a model's settings.
	const files = useStore(models.state, (state) => state.models);
	const [found, setFound] = useState({ id: 0, adapters: none });
	const id = model?.id;
	useEffect(() => {
		let current = true;
		if (id !== undefined && files.length > 0) {
			connection.client.models.options({ id }).then(
				({ options: { adapters = none } }) => {
					if (current) setFound({ id, adapters });
				},
				// The connection says so itself.
				() => {},
			);
		}
		return () => {
			current = false;
		};
	}, [connection, id, files]);
	return found.id === id ? found.adapters : none;
}

/** The LoRA adapters that the next answer gets. */
export interface UsedAdapters {
	/** Those of the library; some may not be made for the model, which doesn't apply them. */
	readonly uses: readonly AdapterUse[];
	/** Files that the load settings name and that are not in the library: they apply until others are chosen. */
	readonly foreign: NonNullable<ModelOptions['adapters']>;
}

/** `usual`: those of the preset, for a conversation that starts. */
export function useAdapters(options: AnswerOptions, usual: readonly AdapterUse[] | undefined): UsedAdapters {
	const { models, thread } = useServices();
	const all = useStore(models.state, (state) => state.adapters);
	const isStored = useStore(thread.state, ({ status }) => status === 'ready');
	const loaded = useLoadAdapters(useChosenModel().model);
	const own = options.adapters ?? (isStored ? undefined : usual);
	if (own !== undefined) return { uses: own, foreign: none };
	const idOf = (path: string): number | undefined => all.find((one) => one.path === path)?.id;
	return {
		uses: loaded.flatMap(({ path, scale }) => {
			const id = idOf(path);
			return id === undefined ? [] : [{ id, scale }];
		}),
		foreign: loaded.filter(({ path }) => idOf(path) === undefined),
	};
}
