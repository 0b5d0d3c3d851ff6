import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Failure } from '../../models/contract/failure.ts';
import { amount, said } from '../../models/contract/said.ts';
import type { ScanEvent } from '../../models/scan/scan-folders.ts';
import { usualPlaces } from '../../models/scan/usual-places.ts';
import type { Job } from '../contract/jobs/schema.ts';
import type { ModelPlace, ScanReport } from '../contract/library/schema.ts';
import type { JobControl } from '../jobs/jobs.ts';
import type { FoundModel, ModelFiles } from './model-files.ts';
import type { LibrarySeam } from './model-service.ts';
import { defaultScanEntry, flag, type ScanMessage, type ScanTask } from './scan-protocol.ts';
import { noteSource } from './store/model-files.ts';
import {
	findModelFolder,
	listModelFolders,
	putModelFolder,
	removeModelFolder,
	setScanned,
} from './store/model-folders.ts';

/** Scans folders for models, and remembers the folders. */
export interface Scans {
	/** The folders that were added, and the default folders of other programs that exist here. */
	places(): Promise<readonly ModelPlace[]>;
	/** Starts a scan. Throws Failure `folder-missing`, `not-a-folder`. */
	start(paths: readonly string[]): Promise<Job>;
	/** Result of the scan; null while it is running. Throws Failure `job-unknown`. */
	report(jobId: string): ScanReport | null;
	/** Throws Failure `folder-unknown`. */
	remove(id: number): string;
}

export interface ScanOptions {
	readonly entry?: URL | undefined;
	/** Default model folders of other programs; defaults to this computer's, replaced by tests. */
	readonly usual?: () => readonly { readonly app: string; readonly path: string }[];
}

const usualHere = () => usualPlaces({ platform: process.platform, home: homedir(), environment: process.env });

const isFolder = (path: string): Promise<boolean> =>
	stat(path).then(
		(stats) => stats.isDirectory(),
		() => false,
	);

/**
 * Runs the thread; passes every event to `take` before it resolves. Rejects with the signal's reason after an abort.
 */
function runScan(
	entry: URL,
	paths: readonly string[],
	signal: AbortSignal,
	take: (events: readonly ScanEvent[]) => void,
): Promise<void> {
	const { promise, resolve: settle, reject } = Promise.withResolvers<void>();
	const flags = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
	const worker = new Worker(entry, { workerData: { paths, flags } satisfies ScanTask });
	const cancel = (): void => {
		Atomics.store(flags, flag.cancel, 1);
		// The thread would otherwise wait for a folder on a drive that does not answer.
		void worker.terminate();
		reject(signal.reason);
	};
	signal.addEventListener('abort', cancel, { once: true });
	if (signal.aborted) cancel();
	worker.on('message', (message: ScanMessage) => {
		if (signal.aborted) return;
		if ('done' in message) settle();
		else take(message.events);
	});
	worker.on('error', reject);
	worker.on('exit', (code) => reject(new Error(`the scanning thread ended with code ${code}`)));
	return promise.finally(() => signal.removeEventListener('abort', cancel));
}

export function createScans(seam: LibrarySeam, files: ModelFiles, options: ScanOptions = {}): Scans {
	const { database, jobs, clock } = seam;
	const { entry = defaultScanEntry, usual = usualHere } = options;
	const reports = new Map<string, ScanReport | null>();

	/** Returns the source of a file: the program that owns the folder, else the innermost scanned folder. */
	function sourceOf(path: string, folders: readonly string[]): string | null {
		const around = (folder: string): boolean => path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
		const app = usual().find((place) => around(place.path))?.app;
		return app ?? folders.filter(around).toSorted((a, b) => b.length - a.length)[0] ?? null;
	}

	async function work(paths: readonly string[], { signal, progress }: JobControl): Promise<ScanReport> {
		const report = { files: 0, added: 0, known: 0, broken: 0, unreadable: [] as ScanReport['unreadable'] };
		let news = false;
		await runScan(entry, paths, signal, (events) => {
			for (const event of events) {
				if (event.type === 'unreadable') {
					report.unreadable.push({ path: event.path, failure: event.failure });
					continue;
				}
				report.files += 1;
				if (event.type === 'same') {
					report.known += 1;
					continue;
				}
				const { found } = event;
				const model: FoundModel = { ...found, source: sourceOf(found.path, paths) };
				if (!files.addFound(model)) {
					report.known += 1;
					// Added by hand, or by an Assay that recorded no source.
					if (model.source !== null) noteSource(database, model.path, model.source);
				} else if (found.problem === null) report.added += 1;
				else report.broken += 1;
				news = true;
			}
			progress(report.files, null);
			if (news) files.changed();
			news = false;
		});
		for (const path of paths) setScanned(database, path, clock());
		files.changed();
		return report;
	}

	return {
		async places() {
			const rows = listModelFolders(database);
			const all = files.all();
			const place = async (path: string, app: string | null, row?: (typeof rows)[number]): Promise<ModelPlace> => ({
				id: row?.id ?? null,
				path,
				app,
				exists: await isFolder(path),
				scannedAt: row?.scannedAt ?? null,
				files: all.filter((file) => file.path.startsWith(path + sep)).length,
			});
			const added = rows.map((row) => place(row.path, row.app, row));
			const others = usual()
				.filter(({ path }) => !rows.some((row) => row.path === path))
				.map(({ path, app }) => place(path, app));
			const found = await Promise.all([...added, ...others]);
			return found.filter(({ id, exists }) => id !== null || exists);
		},
		async start(paths) {
			const folders = [...new Set(paths.map((path) => resolve(path)))];
			for (const path of folders) await requireFolder(path);
			for (const path of folders) {
				putModelFolder(database, path, usual().find((place) => place.path === path)?.app ?? null, clock());
			}
			const [first = ''] = folders;
			const title = folders.length === 1 ? first : said`${amount(folders.length, 'folder')}`;
			const job = jobs.start({
				kind: 'scan',
				title,
				unit: 'files',
				lane: 'scan',
				work: async (control) => {
					reports.set(job.id, await work(folders, control));
				},
			});
			reports.set(job.id, null);
			return job;
		},
		report(jobId) {
			const report = reports.get(jobId);
			if (report !== undefined) return report;
			throw new Failure({
				code: 'job-unknown',
				message: said`There is no scan ${jobId.slice(0, 100)}; an earlier session may have started it.`,
				next: [said`Scan the folder again`],
			});
		},
		remove(id) {
			const row = findModelFolder(database, id);
			if (row === undefined) {
				throw new Failure({
					code: 'folder-unknown',
					message: said`There is no scanned folder with the id ${id}.`,
					next: [said`Choose a folder in the list`],
				});
			}
			removeModelFolder(database, id);
			return row.path;
		},
	};
}

async function requireFolder(path: string): Promise<void> {
	const stats = await stat(path).catch(() => null);
	if (stats?.isDirectory() === true) return;
	throw new Failure({
		code: stats === null ? 'folder-missing' : 'not-a-folder',
		message: stats === null ? said`There is no folder at ${path}.` : said`${path} is a file, not a folder.`,
		next: stats === null ? [said`Check the path for typos`] : [said`Add it as a file`],
	});
}
