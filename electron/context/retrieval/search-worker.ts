import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { failureFacts } from '../../../models/contract/failure.ts';
import { connectForReading } from '../../database/connect.ts';
import type { SearchAnswer, SearchReply, SearchRequest, SearchTask, SearchThreadData } from './search-protocol.ts';
import { VectorIndex } from './vector-index.ts';
import { WordSearch } from './word-search.ts';

/** Entry of a search thread: it answers one search at a time, and holds the vectors of the collections it searched by them. */
const port = parentPort;
if (port === null) throw new Error('search-worker.ts is a worker thread, not a program');
serve(workerData as SearchThreadData, port);

function serve({ path }: SearchThreadData, to: MessagePort): void {
	const database = connectForReading(path);
	const words = new WordSearch(database);
	const vectors = new VectorIndex(database);

	function answer(task: SearchTask): SearchAnswer {
		switch (task.kind) {
			case 'words':
				return words.search(task.words, task.scope);
			case 'vectors':
				return vectors.search(task.queries, task.scope);
			case 'load':
				vectors.load(task.collectionIds);
				return null;
			case 'forget':
				vectors.forget(task.collectionIds);
				return null;
		}
	}

	to.on('message', ({ id, task }: SearchRequest) => {
		const start = performance.now();
		try {
			const result = answer(task);
			to.postMessage({ id, answer: result, ms: performance.now() - start } satisfies SearchReply);
		} catch (error) {
			to.postMessage({ id, failure: failureFacts(error) } satisfies SearchReply);
		}
	});
}
