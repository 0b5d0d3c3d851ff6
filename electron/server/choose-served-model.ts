import { Failure } from '../../models/contract/failure.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { resolveModel } from '../library/resolve-model.ts';
import type { ServerContext } from './context.ts';

/** Clients that must name a model, but don't care which, send this. */
export const defaultModelName = 'default';

/** Returns the models that can be asked: whole files with a chat template. */
export function servedModels({ library }: Pick<ServerContext, 'library'>): ModelFile[] {
	return library.all().filter(({ kind, chat, problem }) => kind === 'model' && chat && problem === null);
}

/** Id of a model for clients: it stays the same when files are added or removed, and when the model is renamed. */
export function servedId({ ownName, quantization }: ModelFile): string {
	return `${ownName} ${quantization}`.trim().toLowerCase().replaceAll(/\s+/g, '-');
}

/**
 * Returns the model that a client named, by id, name or the beginning of one; the default if it named none. Throws
 * Failure `model-unknown`, `model-ambiguous`, `no-model`.
 */
export function chooseServedModel(context: Pick<ServerContext, 'library'>, name: string | undefined): ModelFile {
	if (name === undefined || name === '' || name === defaultModelName) {
		const file = context.library.defaultModelFile();
		if (file !== null) return file;
		throw new Failure({
			code: 'no-model',
			message: 'Assay has no model yet.',
			next: ['Add one in Models', 'Download the starter model: assay models pull smollm2-135m-instruct'],
		});
	}
	const models = servedModels(context);
	const file = models.find((model) => servedId(model) === name) ?? resolveModel(models, name);
	if (file !== null) return file;
	const ids = models.slice(0, 20).map(servedId);
	throw new Failure({
		code: 'model-unknown',
		message: `There is no model "${name.slice(0, 200)}".`,
		next: [`Name one of: ${[...ids, defaultModelName].join(', ')}`],
	});
}
