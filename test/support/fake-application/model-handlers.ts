import type { Implementer } from '../../../electron/api/implementer.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { loadedState, modelFile } from './data.ts';
import type { FakeApplication } from './fake-application.ts';

/** The calls of `models`: a download stands still until a scene moves it, a load succeeds at once. */
export function modelHandlers(fake: FakeApplication, os: Implementer) {
	const { data } = fake;
	return {
		list: os.models.list.handler(() => ({ models: data.models, states: [...data.states.values()] })),
		add: os.models.add.handler(({ input }) => {
			if (!input.path.endsWith('.gguf')) {
				throw new Failure({
					code: 'model-file-unreadable',
					message: `There is no file at ${input.path}.`,
					next: ['Check the path'],
				});
			}
			const added = modelFile(fake.nextId(), { path: input.path, name: input.path.split('/').at(-1)!, default: false });
			data.models.push(added);
			fake.emit({ type: 'models-changed' });
			return added;
		}),
		inspect: os.models.inspect.handler(({ input }) => ({
			path: input.path,
			warnings: [],
			facts: {
				architecture: 'llama',
				name: 'SmolLM2 135M Instruct',
				parameters: 134_515_008,
				quantization: 'Q4_1',
				contextLength: 8192,
				layers: 30,
				embeddingLength: 576,
				headCount: 9,
				headCountKv: 3,
				vocabularySize: 49_152,
				chatTemplate:
					"{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}",
				chatTemplateHash: null,
				license: 'apache-2.0',
				sizeBytes: 98_362_432,
				tensors: [
					{ type: 'Q4_1', count: 210, bytes: 66_355_200, parameters: 106_168_320 },
					{ type: 'Q6_K', count: 1, bytes: 23_224_320, parameters: 28_311_552 },
					{ type: 'F32', count: 61, bytes: 140_544, parameters: 35_136 },
				],
				bitsPerWeight: 5.75,
				kind: 'model' as const,
				parts: 1,
				paths: [input.path],
			},
		})),
		remove: os.models.remove.handler(({ input }) => {
			data.models = data.models.filter(({ id }) => id !== input.id);
			fake.emit({ type: 'models-changed' });
			return { freedBytes: input.deleteFile ? 98_362_432 : 0 };
		}),
		setDefault: os.models.setDefault.handler(({ input }) => {
			data.models = data.models.map((model) => ({ ...model, default: model.id === input.id }));
			return data.models.find(({ id }) => id === input.id)!;
		}),
		load: os.models.load.handler(({ input }) => {
			const state = loadedState(input.id);
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
