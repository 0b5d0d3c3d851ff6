import { join } from 'node:path';
import type { Facets, SampleFilter, SampleRow, VersionDiff } from '../contract/dataset/schema.ts';
import { createReader } from '../database/reader.ts';
import { defaultReaderEntry } from '../database/reader-protocol.ts';
import { bundledTextsFolder } from './bundled-texts.ts';
import { createDatasetChecks, type DatasetChecks } from './check/checks.ts';
import type { DatasetContext } from './context.ts';
import { createSampleEditor, type SampleEditor } from './edit-samples.ts';
import { createFromConversations, type FromConversations } from './from-conversations.ts';
import { installStarters } from './import/starters.ts';
import { createDatasetImportExport, type DatasetImportExport } from './import-export.ts';
import { createDiffVersions } from './list/diff-versions.ts';
import { createFacets } from './list/facets.ts';
import { createSampleLists, type Window } from './list/sample-list.ts';
import { createDatasetManager, type DatasetManager } from './manage-datasets.ts';
import { getVersion } from './store/versions.ts';
import { createTaskRunner } from './task-runner.ts';
import { defaultDatasetEntry } from './worker/worker-protocol.ts';

/** The application's API for datasets. */
export interface Datasets {
	readonly manage: DatasetManager;
	readonly edit: SampleEditor;
	readonly importExport: DatasetImportExport;
	readonly checks: DatasetChecks;
	readonly fromConversations: FromConversations;
	list(
		versionId: number,
		filter: SampleFilter,
		window: Window,
		signal?: AbortSignal,
	): Promise<{ rows: SampleRow[]; total: number; looked: number; revision: number }>;
	locate(versionId: number, filter: SampleFilter, sampleId: number): Promise<number | null>;
	facets(versionId: number): Promise<Facets>;
	diff(fromId: number, toId: number, window: Window, signal?: AbortSignal): Promise<VersionDiff>;
	/** Cleans up after an earlier process; also called after a backup was restored. */
	recover(): void;
	/** Resolves when nothing is being deleted in the background. */
	settle(): Promise<void>;
	close(): Promise<void>;
}

export interface DatasetOptions extends Omit<DatasetContext, 'reader' | 'entry'> {
	/** URL of the file next to the workers' code; if omitted, their location in a checkout or a build. */
	readonly workersUrl?: URL | undefined;
	/** Folder of the datasets that come with Assay, if not `texts/datasets`; null: there are none. */
	readonly startersFolder?: string | null;
}

export function createDatasets({
	workersUrl,
	startersFolder = join(bundledTextsFolder, 'datasets'),
	...options
}: DatasetOptions): Datasets {
	const reader = createReader(options.databasePath, workersUrl ?? defaultReaderEntry);
	const entry = workersUrl === undefined ? defaultDatasetEntry : new URL('dataset-worker.js', workersUrl);
	const context: DatasetContext = { ...options, reader, entry };
	const { database, clock, log } = context;
	const tasks = createTaskRunner(context);
	const edit = createSampleEditor(context, tasks);
	const plain = createDatasetManager(context, tasks);
	let lists = createSampleLists(reader);
	let facets = createFacets(reader);
	let diffs = createDiffVersions(reader);
	let installed = false;
	void tasks.cleanUpAtStart();

	/** Ensures that the first screen is never empty. */
	function install(): void {
		if (installed || startersFolder === null) return;
		installed = true;
		try {
			installStarters(database, startersFolder, clock());
		} catch (error) {
			log(`dataset: the sets that come with Assay: ${error instanceof Error ? error.message : String(error)}`);
		}
	}

	const manage: DatasetManager = {
		...plain,
		list(deleted) {
			install();
			return plain.list(deleted);
		},
	};

	return {
		manage,
		edit,
		importExport: createDatasetImportExport(context, tasks, edit),
		checks: createDatasetChecks(context, tasks),
		fromConversations: createFromConversations(context, manage, edit),
		async list(versionId, filter, window, signal) {
			const version = getVersion(database, versionId);
			return { ...(await lists.page(version, filter, window, signal)), revision: version.revision };
		},
		locate(versionId, filter, sampleId) {
			const { position } = edit.sample(versionId, sampleId);
			return lists.indexOf(getVersion(database, versionId), filter, position);
		},
		facets: (versionId) => facets(getVersion(database, versionId)),
		diff: (fromId, toId, window, signal) =>
			diffs(getVersion(database, fromId), getVersion(database, toId), window, signal),
		recover() {
			lists = createSampleLists(reader);
			facets = createFacets(reader);
			diffs = createDiffVersions(reader);
			installed = false;
			edit.forget();
			void tasks.cleanUpAtStart();
		},
		settle: tasks.settle,
		async close() {
			await tasks.close();
			await reader.close();
		},
	};
}
