import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished, type TestContext } from 'vitest';
import type {
	DatasetImportReport,
	ImportOptions,
	ImportPreview,
	NewSample,
} from '../../electron/contract/dataset/schema.ts';
import type { Job } from '../../electron/contract/jobs/schema.ts';
import { createStaging, type Staging } from '../../electron/conversation/import-export/staging.ts';
import { closeDatabase, connect } from '../../electron/database/connect.ts';
import type { WritableDatabase } from '../../electron/database/database.ts';
import type { ChangeSpec } from '../../electron/dataset/change/change-samples.ts';
import { createDatasets, type DatasetOptions, type Datasets } from '../../electron/dataset/datasets.ts';
import { readSamples } from '../../electron/dataset/read-version.ts';
import { createEventBus, type EventBus } from '../../electron/events.ts';
import { createJobs, type Jobs } from '../../electron/jobs/jobs.ts';
import { addEmptyDatabase, createDatabase } from './database.ts';
import { scriptedModels } from './scripted-models.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface DatasetsForTest {
	readonly database: WritableDatabase;
	readonly path: string;
	readonly datasets: Datasets;
	readonly jobs: Jobs;
	readonly events: EventBus;
	readonly staging: Staging;
}

/** Creates datasets on a real database with real threads, without the starter datasets; ended when the test ends. */
export function datasetsForTest(options: Partial<DatasetOptions> = {}): DatasetsForTest {
	const { database, path } = createDatabase();
	return datasetsOn(database, path, options);
}

export function datasetsOn(
	database: WritableDatabase,
	path: string,
	options: Partial<DatasetOptions> = {},
): DatasetsForTest {
	const { close, ...opened } = openDatasets(database, path, options, temporaryFolder());
	onTestFinished(close);
	return opened;
}

/**
 * Opens datasets once for the tests of a file that look only at what they import themselves: their parser process
 * starts once, too. Call it outside of the tests.
 */
export function datasetsForFile(): () => DatasetsForTest {
	const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
	let opened: ReturnType<typeof openDatasets> | undefined;
	afterAll(async () => {
		await opened?.close();
		if (opened !== undefined) closeDatabase(opened.database);
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	});
	return () => {
		addEmptyDatabase(folder);
		const path = join(folder, 'assay.db');
		opened ??= openDatasets(connect(path), path, {}, folder);
		return opened;
	};
}

function openDatasets(
	database: WritableDatabase,
	path: string,
	options: Partial<DatasetOptions>,
	folder: string,
): DatasetsForTest & { close(): Promise<void> } {
	const events = createEventBus((error) => {
		throw error;
	});
	const log = (line: string): void => {
		throw new Error(line);
	};
	let now = Date.UTC(2026, 10, 24, 12);
	const clock = (): number => (now += 1);
	const jobs = createJobs({ events, clock, log: () => {} });
	const staging = createStaging(join(folder, 'exchange'), clock);
	const datasets = createDatasets({
		database,
		databasePath: path,
		jobs,
		staging,
		events,
		clock,
		log,
		models: scriptedModels({ database }),
		startersFolder: null,
		answering: () => false,
		runsWith: () => [],
		...options,
	});
	async function close(): Promise<void> {
		await jobs.close();
		await datasets.close();
		await staging.close();
	}
	return { database, path, datasets, jobs, events, staging, close };
}

/** Resolves to the job when it has ended. */
export function ended({ events, jobs }: Pick<DatasetsForTest, 'events' | 'jobs'>, job: Job): Promise<Job> {
	return new Promise((resolve) => {
		const stop = events.subscribe((event) => {
			if (event.type === 'job' && event.job.id === job.id && event.job.endedAt !== null) {
				stop();
				resolve(event.job);
			}
		});
		const now = jobs.get(job.id);
		if (now.endedAt !== null) {
			stop();
			resolve(now);
		}
	});
}

/** Previews files; throws the failure of the preview. */
export async function previewing(
	test: DatasetsForTest,
	paths: readonly string[],
): Promise<{ readonly id: string; readonly preview: ImportPreview }> {
	const job = await ended(test, await test.datasets.importExport.preview({ paths }));
	if (job.failure !== null) throw Object.assign(new Error(job.failure.message), job.failure);
	return { id: job.id, preview: test.datasets.importExport.previewed(job.id) };
}

const plain: Omit<ImportOptions, 'into'> = {
	mapping: null,
	table: null,
	tags: [],
	duplicates: 'keep',
	limit: null,
};

/** Imports files into a new dataset, or as the options say; throws the failure of the import. */
export async function importing(
	test: DatasetsForTest,
	paths: readonly string[],
	options: Partial<ImportOptions> = {},
): Promise<DatasetImportReport> {
	const { id } = await previewing(test, paths);
	return importPreviewed(test, id, options);
}

/** The same for files whose preview has this id. */
export async function importPreviewed(
	test: DatasetsForTest,
	id: string,
	options: Partial<ImportOptions> = {},
): Promise<DatasetImportReport> {
	const into = { kind: 'new', name: `Imported ${id}`, description: '' } as const;
	const job = await ended(test, test.datasets.importExport.start(id, { ...plain, into, ...options }));
	if (job.failure !== null) throw Object.assign(new Error(job.failure.message), job.failure);
	return test.datasets.importExport.report(job.id);
}

const shared = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

/** Path of a file in `../shared/data`; skips the test, visibly, if the file is missing. */
export function sharedData(context: TestContext, ...parts: readonly string[]): string {
	const path = join(shared, ...parts);
	if (!existsSync(path)) context.skip(`SKIPPED: ${path} is not there`);
	return path;
}

const written = { kind: 'written' } as const;

/** Makes a change that adds samples as if they were written by hand. */
export function adding(samples: readonly NewSample[], skipKnown = false): ChangeSpec {
	return { kind: 'add', arriving: samples.map((sample) => ({ sample, source: written })), skipKnown };
}

/** Creates a dataset with `count` samples in a draft. */
export async function withSamples(count: number, more: (n: number) => Partial<NewSample> = () => ({})) {
	const fixture = datasetsForTest();
	const { id } = fixture.datasets.manage.create({ name: 'Mine', description: '' });
	const samples = Array.from({ length: count }, (_, n) => ({ input: `question ${n}`, target: `${n}`, ...more(n) }));
	for (let from = 0; from < count; from += 1_000) {
		await fixture.datasets.edit.change(id, adding(samples.slice(from, from + 1_000)));
	}
	return { ...fixture, id, draftId: fixture.datasets.manage.get(id).dataset.latest.id };
}

/** Returns every sample of a version. */
export function samplesOf({ database }: Pick<DatasetsForTest, 'database'>, versionId: number) {
	return [...readSamples(database, versionId)];
}
