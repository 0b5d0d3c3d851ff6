import type { ModelFile } from '../../contract/library/schema.ts';
import { modelsOfKind } from '../choose-by-kind.ts';
import { servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';

/** Returns the answer to `/v1/models`: OpenAI's fields, then llama-server's and our own. */
export function listServedModels(context: Pick<ServerContext, 'library'>) {
	const files = modelsOfKind(context, ['model', 'embedding', 'reranker']);
	return { object: 'list', data: files.map((file) => modelEntry(context, file)) };
}

export function modelEntry({ library }: Pick<ServerContext, 'library'>, file: ModelFile) {
	const { name, kind, chat, addedAt, contextLength, sizeBytes, parameters, quantization } = file;
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
		/** What it is for: chat, completion (a base model), embedding, rerank. */
		task: kind === 'model' ? (chat ? 'chat' : 'completion') : kind === 'reranker' ? 'rerank' : kind,
		meta: { n_params: parameters, size: sizeBytes, quantization, n_ctx_train: contextLength },
	};
}
