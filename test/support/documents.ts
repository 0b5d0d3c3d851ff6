import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createDocumentPool } from '../../electron/context/documents/read-document.ts';
import type { CollectionContext } from '../../electron/context/retrieval/collections.ts';
import { createIndexer, type Indexer } from '../../electron/context/retrieval/indexer.ts';
import { createSearchThread } from '../../electron/context/retrieval/search-thread.ts';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { defaultSettings } from '../../electron/contract/settings/defaults.ts';
import { createEventBus } from '../../electron/events.ts';
import { createJobs, type Jobs } from '../../electron/jobs/jobs.ts';
import type { ModelInput } from '../../models/contract/embedding.ts';
import type { Engine } from '../../models/engine.ts';
import { base64Of, normalised } from '../../models/vectors.ts';
import { createDatabase } from './database.ts';
import { buildModelFile } from './fixtures/model.ts';

/** Dimensions of the vectors of `hashedEmbedder`. */
const dimensions = 64;

/** A vector in which every word adds to a place of its own: texts with the same words are near each other. */
export function hashedVector(text: string): Float32Array {
	const vector = new Float32Array(dimensions);
	for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
		const bytes = createHash('sha256').update(word).digest();
		vector[(bytes[0] ?? 0) % dimensions]! += 1;
	}
	return normalised(vector);
}

/** An embedding model in memory: a word is a token, a text's vector counts its words. */
export function hashedEmbedder(): Engine & { readonly embedded: () => number } {
	let embedded = 0;
	const textOf = (input: ModelInput): string => (typeof input === 'string' ? input : '');
	return {
		embedded: () => embedded,
		capabilities: () => ({ contextSize: 512, embedding: { pooling: 'mean', dimensions } }),
		async tokenize(text: string) {
			return (text.match(/\S+/g) ?? []).map((_, index) => index);
		},
		async embed({ inputs }: { readonly inputs: readonly ModelInput[] }) {
			embedded += inputs.length;
			return {
				vectors: inputs.map((input) => base64Of(hashedVector(textOf(input)))),
				dimensions,
				tokens: inputs.map(() => 1),
			};
		},
	} as unknown as Engine & { readonly embedded: () => number };
}

export interface DocumentsForTest extends CollectionContext {
	readonly jobs: Jobs;
	readonly path: string;
	readonly embedder: ReturnType<typeof hashedEmbedder>;
	/** Resolves once the collection's job has ended. */
	indexed(collectionId: number): Promise<void>;
}

/** Everything that collections need, on a real database, real parser processes and the real search thread. */
export function documentsForTest({
	models = [],
	clock = Date.now,
	embedder = hashedEmbedder(),
	answering = () => false,
}: {
	readonly models?: readonly ModelFile[];
	readonly clock?: () => number;
	readonly embedder?: ReturnType<typeof hashedEmbedder>;
	readonly answering?: () => boolean;
} = {}): DocumentsForTest {
	const { database, path } = createDatabase();
	const events = createEventBus((error) => {
		throw error;
	});
	const log = (): void => {};
	const jobs = createJobs({ events, clock, log });
	const thread = createSearchThread(path);
	const pool = createDocumentPool();
	const retrieval = {
		database,
		events,
		thread,
		clock,
		log,
		settings: () => defaultSettings,
		library: {
			all: () => models,
			modelFile: (id: number) => models.find((model) => model.id === id) ?? buildModelFile(id),
			acquire: async () => embedder,
			loaded: () => embedder,
			inBackground: () => embedder,
		},
	};
	const indexer: Indexer = createIndexer(retrieval, { jobs, pool, answering, measuring: () => false });
	onTestFinished(async () => {
		await indexer.close();
		await jobs.close();
		await pool.close();
		await thread.close();
	});
	return {
		...retrieval,
		indexer,
		jobs,
		path,
		embedder,
		async indexed(collectionId) {
			for (;;) {
				const id = indexer.jobOf(collectionId);
				if (id === null) return;
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		},
	};
}
