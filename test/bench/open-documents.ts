import { createDocumentPool } from '../../electron/context/documents/read-document.ts';
import type { CollectionContext } from '../../electron/context/retrieval/collections.ts';
import type { RetrievalContext } from '../../electron/context/retrieval/context.ts';
import { createIndexer } from '../../electron/context/retrieval/indexer.ts';
import { createSearchThread } from '../../electron/context/retrieval/search-thread.ts';
import { defaultSettings } from '../../electron/contract/settings/defaults.ts';
import { closeDatabase, connect } from '../../electron/database/connect.ts';
import {
	defaultMigrationsFolder,
	migrate,
	pendingMigrations,
	readMigrations,
} from '../../electron/database/migrations.ts';
import { createEventBus } from '../../electron/events.ts';
import { createJobs } from '../../electron/jobs/jobs.ts';

export interface BenchDocuments extends CollectionContext {
	/** Resolves once the job of a collection has ended. */
	indexed(collectionId: number): Promise<void>;
	close(): Promise<void>;
}

/** Opens collections of documents as the application does, with its parser processes and its search thread. */
export function openDocuments(
	path: string,
	library: RetrievalContext['library'],
	log: (line: string) => void,
): BenchDocuments {
	const database = connect(path);
	migrate(database, pendingMigrations(database, readMigrations(defaultMigrationsFolder)), 1);
	const events = createEventBus((error) => {
		throw error;
	});
	const jobs = createJobs({ events, clock: Date.now, log });
	const pool = createDocumentPool();
	const thread = createSearchThread(path);
	const retrieval = { database, events, thread, clock: Date.now, log, library, settings: () => defaultSettings };
	const indexer = createIndexer(retrieval, { jobs, pool, answering: () => false, measuring: () => false });
	return {
		...retrieval,
		indexer,
		async indexed(collectionId) {
			while (indexer.jobOf(collectionId) !== null) await new Promise((resolve) => setTimeout(resolve, 5));
		},
		async close() {
			await indexer.close();
			await jobs.close();
			await pool.close();
			await thread.close();
			closeDatabase(database);
		},
	};
}
