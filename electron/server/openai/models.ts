import type { ModelFile } from '../../contract/library/schema.ts';
import type { Alias } from '../../contract/server/recipe.ts';
import { listAliases } from '../../settings/aliases.ts';
import { modelsOfKind } from '../choose-by-kind.ts';
import { type ServedModel, servedId } from '../choose-served-model.ts';
import type { ServerContext } from '../context.ts';

/**
 * Returns the answer to `/v1/models`: OpenAI's fields, then llama-server's and our own. Each alias is listed as well, so
 * that programs that choose from the list find it.
 */
export function listServedModels(context: Pick<ServerContext, 'library' | 'database'>) {
	const aliases = listAliases(context.database);
	const models = modelsOfKind(context, ['model', 'embedding', 'reranker']);
	const named = aliases.flatMap((alias) => {
		const model = models.find(({ id }) => id === alias.modelFileId);
		return model === undefined ? [] : [aliasEntry(context, model, alias.name)];
	});
	return { object: 'list', data: [...models.map((file) => modelEntry(context, file, aliases)), ...named] };
}

/** Returns the entry of a model as it was named. */
export function servedModelEntry(
	context: Pick<ServerContext, 'library' | 'database'>,
	{ model, alias }: Pick<ServedModel, 'model' | 'alias'>,
) {
	if (alias !== null) return aliasEntry(context, model, alias);
	return modelEntry(context, model, listAliases(context.database));
}

function aliasEntry(context: Pick<ServerContext, 'library'>, file: ModelFile, alias: string) {
	return { ...modelEntry(context, file, []), id: alias, alias_of: servedId(file) };
}

function modelEntry({ library }: Pick<ServerContext, 'library'>, file: ModelFile, aliases: readonly Alias[]) {
	const { name, kind, chat, addedAt, contextLength, sizeBytes, parameters, quantization } = file;
	const engine = library.loaded(file.id);
	return {
		id: servedId(file),
		object: 'model',
		created: Math.floor(addedAt / 1_000),
		owned_by: 'assay',
		name,
		aliases: aliases.filter(({ modelFileId }) => modelFileId === file.id).map((alias) => alias.name),
		/** Tokens: what it has if it is loaded, else what it was trained for. */
		context_length: engine?.capabilities().contextSize ?? contextLength,
		loaded: engine !== null,
		default: file.default,
		/** What it is for: chat, completion (a base model), embedding, rerank. */
		task: kind === 'model' ? (chat ? 'chat' : 'completion') : kind === 'reranker' ? 'rerank' : kind,
		meta: { n_params: parameters, size: sizeBytes, quantization, n_ctx_train: contextLength },
	};
}
