import type { ModelFile } from '../../contract/library/schema.ts';
import { servedId, servedModels } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';

/** Returns the answer to `/v1/models`: OpenAI's fields, then llama-server's and our own. */
export function listServedModels(context: Pick<ServerContext, 'library'>) {
	return { object: 'list', data: servedModels(context).map((file) => modelEntry(context, file)) };
}

export function modelEntry({ library }: Pick<ServerContext, 'library'>, file: ModelFile) {
	const { name, addedAt, contextLength, sizeBytes, parameters, quantization } = file;
	const engine = library.loaded(file.id);
	return {
		id: servedId(file),
		object: 'model',
		created: Math.floor(addedAt / 1_000),
		owned_by: 'assay',
		name,
		/** Tokens: what it has if it is loaded, else what it was trained for. */
		context_length: engine?.capabilities().contextSize ?? contextLength,
		loaded: engine !== null,
		default: file.default,
		meta: { n_params: parameters, size: sizeBytes, quantization, n_ctx_train: contextLength },
	};
}
