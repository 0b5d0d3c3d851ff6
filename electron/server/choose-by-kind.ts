import { Failure } from '../../models/contract/failure.ts';
import type { ModelKind } from '../../models/contract/gguf.ts';
import type { Engine } from '../../models/engine.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import { defaultModelName } from '../contract/server/recipe.ts';
import type { AcquireOptions } from '../library/model-service.ts';
import { resolveModel } from '../library/resolve-model.ts';
import { findAlias } from '../settings/aliases.ts';
import { chooseServedModel, servedId } from './choose-served-model.ts';
import type { ServerContext } from './context.ts';
import type { QueuePlace } from './model-queue.ts';

type Kind = Extract<ModelKind, 'model' | 'embedding' | 'reranker'>;

/** Returns the whole files of these kinds, base models without a chat template too. */
export function modelsOfKind({ library }: Pick<ServerContext, 'library'>, kinds: readonly Kind[]): ModelFile[] {
	return library
		.all()
		.filter(({ kind, problem }) => (kinds as readonly ModelKind[]).includes(kind) && problem === null);
}

/**
 * Returns the model that a client named for a task of these kinds. If it named none, the default language model, or the
 * only model of the other kinds. Throws Failure `model-unknown`, `model-ambiguous`, `no-model`, `no-embedding-model`.
 */
export function chooseByKind(
	context: Parameters<typeof chooseServedModel>[0],
	name: string | null | undefined,
	kinds: readonly Kind[],
): ModelFile {
	const models = modelsOfKind(context, kinds);
	if (name === null || name === undefined || name === '' || name === defaultModelName) {
		const [first] = models.toSorted((a, b) => kinds.indexOf(a.kind as Kind) - kinds.indexOf(b.kind as Kind));
		if (kinds.includes('model')) return chooseServedModel(context, undefined);
		if (first !== undefined) return first;
		throw noneOf(kinds);
	}
	const alias = findAlias(context.database, name);
	if (alias !== undefined && alias.recipe !== null) return chooseServedModel(context, name);
	const own = models.find((model) => servedId(model) === name) ?? resolveModel(models, name);
	if (own !== null) return own;
	if (!kinds.includes('model') && models.length === 0) throw noneOf(kinds);
	try {
		return chooseServedModel(context, name);
	} catch (error) {
		if (!(error instanceof Failure) || error.code !== 'model-unknown') throw error;
		throw new Failure({
			code: 'model-unknown',
			message: error.message,
			next: [`Name one of: ${models.slice(0, 20).map(servedId).join(', ')}`],
		});
	}
}

function noneOf(kinds: readonly Kind[]): Failure {
	const wanted = kinds.includes('reranker') ? 'reranker or embedding model' : 'embedding model';
	return new Failure({
		code: 'no-embedding-model',
		message: `Assay has no ${wanted} yet.`,
		next: ['Add one in Models: a GGUF file, for example of all-MiniLM, nomic-embed-text or bge-reranker'],
	});
}

/**
 * Loads the model if necessary and runs `work` as an answer: measurements yield to it. Answers that `work` generates use
 * its place in the queue: a second one could wait for a request that waits for the first.
 */
export async function withEngine<Result>(
	{ library, beginAnswer, queue, record }: Pick<ServerContext, 'library' | 'beginAnswer' | 'queue' | 'record'>,
	file: ModelFile,
	signal: AbortSignal,
	work: (engine: Engine, place: QueuePlace) => Promise<Result>,
	load: AcquireOptions = { kind: file.kind },
): Promise<Result> {
	const end = beginAnswer();
	const place = queue.enter(file.id, signal);
	record.asks(file, servedId(file));
	record.waits(place.place);
	try {
		await place.admitted;
		if (library.loaded(file.id) === null) record.enter('loading');
		const engine = await library.acquire(file.id, load, { signal });
		place.loaded();
		place.started();
		record.enter('answering');
		return await work(engine, place);
	} finally {
		place.leave();
		end();
	}
}
