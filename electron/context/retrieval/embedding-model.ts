import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { Engine } from '../../../models/engine.ts';
import { vectorOf } from '../../../models/vectors.ts';
import type { CollectionSettings, EmbeddingModel } from '../../contract/documents/schema.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import { run, transaction } from '../../database/sql.ts';
import type { RetrievalContext } from './context.ts';

/** Name of the model that is used where none is chosen. */
const usualName = /all-?minilm-?l6-?v2/i;

function embeddingModels({ library }: Pick<RetrievalContext, 'library'>): readonly ModelFile[] {
	return library.all().filter(({ kind, problem }) => kind === 'embedding' && problem === null);
}

/** The embedding model that the user chose as the default, else all-MiniLM-L6-v2, else the oldest; null: none. */
export function defaultEmbeddingModel(context: Pick<RetrievalContext, 'library' | 'settings'>): ModelFile | null {
	return defaultOf(embeddingModels(context), context);
}

function defaultOf(models: readonly ModelFile[], { settings }: Pick<RetrievalContext, 'settings'>): ModelFile | null {
	const { embeddingModelId } = settings();
	return (
		models.find(({ id }) => id === embeddingModelId) ??
		models.find(({ name, path }) => usualName.test(name) || usualName.test(path)) ??
		models.at(-1) ??
		null
	);
}

type ModelChoice = Pick<CollectionSettings, 'vectors' | 'embeddingModelId'>;

/** Returns the model that gives a collection its vectors; null: it gets none, or the library has none yet. */
export function embeddingModelOf(
	context: Pick<RetrievalContext, 'library' | 'settings'>,
	choice: ModelChoice,
): ModelFile | null {
	return embeddingModelChooser(context)(choice);
}

/** The same for many collections: reads the library once. */
export function embeddingModelChooser(
	context: Pick<RetrievalContext, 'library' | 'settings'>,
): (choice: ModelChoice) => ModelFile | null {
	const models = embeddingModels(context);
	const usual = defaultOf(models, context);
	return ({ vectors, embeddingModelId }) =>
		vectors ? (models.find(({ id }) => id === embeddingModelId) ?? usual) : null;
}

/** Names the weights of a model: vectors of equal weights can be compared, wherever the file lies. */
export function vectorModelKey(file: ModelFile): string {
	return file.sha256 ?? placeKey(file);
}

/** Names a file by its place, until its hash is known. */
function placeKey({ path, sizeBytes }: ModelFile): string {
	return `${path} (${sizeBytes})`;
}

/** Whether vectors are from this file. */
export function hasVectorsOf(vectorModel: string | null, file: ModelFile): boolean {
	return vectorModel !== null && (vectorModel === file.sha256 || vectorModel === placeKey(file));
}

/** Names vectors by the hash of their model's file once that is known, so that none is computed again. */
export function adoptHash(
	{ database }: Pick<RetrievalContext, 'database'>,
	collectionId: number,
	file: ModelFile,
): void {
	if (file.sha256 === null) return;
	const values = { collectionId, place: placeKey(file), hash: file.sha256 };
	transaction(database, () => {
		run(
			database,
			'UPDATE collections SET vector_model = :hash WHERE id = :collectionId AND vector_model = :place',
			values,
		);
		run(
			database,
			'UPDATE documents SET counted_by = :hash WHERE collection_id = :collectionId AND counted_by = :place',
			values,
		);
	});
}

export function listEmbeddingModels(context: Pick<RetrievalContext, 'library' | 'settings'>): EmbeddingModel[] {
	const models = embeddingModels(context);
	const chosen = defaultOf(models, context);
	return models.map(({ id, name, sizeBytes, contextLength }) => ({
		modelFileId: id,
		name,
		sizeBytes,
		contextLength,
		isDefault: id === chosen?.id,
	}));
}

/** Throws Failure `model-unknown`, `not-an-embedding-model`. */
export function requireEmbeddingModel({ library }: Pick<RetrievalContext, 'library'>, id: number): ModelFile {
	const file = library.modelFile(id);
	if (file.kind === 'embedding') return file;
	throw new Failure({
		code: 'not-an-embedding-model',
		message: said`${file.name} does not turn texts into vectors.`,
		next: [said`Choose an embedding model, for example all-MiniLM-L6-v2`],
	});
}

/** Returns the vector of each text; of a text that is too long for the model, that of its beginning. Throws what `acquire` throws. */
export async function embedTexts(
	{ library }: Pick<RetrievalContext, 'library'>,
	{ id }: Pick<ModelFile, 'id'>,
	texts: readonly string[],
	signal: AbortSignal | undefined,
): Promise<Float32Array[]> {
	const engine = await library.acquire(id, { kind: 'embedding' }, signal === undefined ? {} : { signal });
	const inputs = await Promise.all(texts.map((text) => fitEmbeddingInput(engine, text)));
	return (await engine.embed({ inputs })).vectors.map(vectorOf);
}

interface EmbeddedQuery {
	readonly text: string;
	readonly model: string;
	readonly vector: Float32Array;
}

/** The last query of each library: facts, documents and the past are all searched for one message, also while it is typed. */
const lastQueries = new WeakMap<Pick<RetrievalContext, 'library'>['library'], EmbeddedQuery>();

/** Returns the vector of a query; that of the last one without computing it again. Throws what `acquire` throws. */
export async function embedQuery(
	context: Pick<RetrievalContext, 'library'>,
	file: ModelFile,
	text: string,
	signal: AbortSignal | undefined,
): Promise<Float32Array> {
	const model = vectorModelKey(file);
	const last = lastQueries.get(context.library);
	if (last?.text === text && last.model === model) return last.vector;
	const [vector = new Float32Array()] = await embedTexts(context, file, [text], signal);
	lastQueries.set(context.library, { text, model, vector });
	return vector;
}

/** The beginning of a text that is longer than the embedding model reads. */
async function fitEmbeddingInput(
	engine: Pick<Engine, 'capabilities' | 'tokenize'>,
	text: string,
): Promise<string | number[]> {
	const most = engine.capabilities().contextSize;
	// A token has at least one byte, so most texts need not be counted.
	if (Buffer.byteLength(text) + 2 <= most) return text;
	const tokens = await engine.tokenize(text, { addSpecial: true });
	return tokens.length <= most ? text : [...tokens.slice(0, most - 1), tokens.at(-1)!];
}
