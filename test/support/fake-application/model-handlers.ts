import type { Implementer } from '../../../electron/api/implementer.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { buildLoadedState, buildModelFile } from '../fixtures/model.ts';
import type { FakeApplication } from './fake-application.ts';
import { libraryHandlers } from './library/handlers.ts';

/** Handlers of `models`: a download stands still until a scene moves it, a load succeeds at once. */
export function modelHandlers(fake: FakeApplication, os: Implementer) {
	const { data } = fake;
	return {
		list: os.models.list.handler(async () => {
			await data.modelsRead;
			return { models: data.models, states: [...data.states.values()] };
		}),
		add: os.models.add.handler(({ input }) => {
			if (input.path.endsWith('/folder')) {
				throw new Failure({
					code: 'model-path-is-folder',
					message: `${input.path} is a folder, not a model file.`,
					next: [],
				});
			}
			if (!input.path.endsWith('.gguf')) {
				throw new Failure({
					code: 'model-file-unreadable',
					message: `There is no file at ${input.path}.`,
					next: ['Check the path'],
				});
			}
			const added = buildModelFile(fake.nextId(), {
				path: input.path,
				name: input.path.split('/').at(-1)!,
				default: false,
			});
			data.models.push(added);
			fake.emit({ type: 'models-changed' });
			return added;
		}),
		...libraryHandlers(fake, os),
		remove: os.models.remove.handler(({ input }) => {
			data.library.removed.push(...data.models.filter(({ id }) => id === input.id));
			data.models = data.models.filter(({ id }) => id !== input.id);
			fake.emit({ type: 'models-changed' });
			return { freedBytes: input.deleteFile ? 98_362_432 : 0 };
		}),
		setDefault: os.models.setDefault.handler(({ input }) => {
			data.models = data.models.map((model) => ({ ...model, default: model.id === input.id }));
			return data.models.find(({ id }) => id === input.id)!;
		}),
		load: os.models.load.handler(({ input }) => {
			const state = buildLoadedState(input.id);
			data.states.set(input.id, state);
			fake.emit({ type: 'model-state', state });
			return state;
		}),
		unload: os.models.unload.handler(({ input }) => {
			const state = { state: 'unloaded' as const, modelFileId: input.id, failure: null };
			data.states.set(input.id, state);
			fake.emit({ type: 'model-state', state });
			return state;
		}),
	};
}
