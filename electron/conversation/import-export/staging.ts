import { randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../../../models/contract/failure.ts';
import { said, size } from '../../../models/contract/said.ts';

/** A file that is ready to download. */
export interface StagedFile {
	readonly path: string;
	readonly fileName: string;
	readonly sizeBytes: number;
}

/** Temporary files in the data folder: uploads before their import, exports before their download. */
export interface Staging {
	/** Starts a new upload, to which files are added. */
	newUpload(): string;
	/**
	 * Stores one file of an upload. `name` may contain folders; `expectedBytes` is null if unknown. A second file of
	 * the same name is kept as well. Throws Failure `upload-unknown`, `disk-full`.
	 */
	receive(uploadId: string, name: string, content: Readable, expectedBytes: number | null): Promise<void>;
	/** Returns the folder with all uploaded files and their original names. Throws Failure `upload-unknown`. */
	upload(uploadId: string): { readonly folder: string; readonly names: readonly string[] };
	removeUpload(uploadId: string): Promise<void>;
	/** Returns a folder for one export. */
	exportFolder(id: string): string;
	/** Runs work that reads or writes an upload or an export, which no removal touches meanwhile. */
	hold<T>(id: string, work: () => Promise<T>): Promise<T>;
	/** Removes the exports and uploads that nobody has used for so long, ms. */
	removeUnused(idleMs: number): Promise<void>;
	/**
	 * Call it once something that is being deleted for good can no longer be exported. The returned function removes
	 * exports begun before then, which may contain it, except those in use.
	 */
	beginDeletion(): () => Promise<void>;
	/** Returns the id of the export that a file is. */
	exportOf(path: string): string;
	/** Issues a ticket for one download within a minute. Throws Failure `result-unknown`. */
	issueTicket(file: StagedFile): string;
	/** Returns null if the ticket is invalid or expired, or its file is gone. */
	redeem(ticket: string): StagedFile | null;
	/** Returns true if the path is a file that an export created. */
	isExport(path: string): boolean;
	removeExport(path: string): Promise<void>;
	/** Removes everything; files not collected by now are no longer needed. */
	close(): Promise<void>;
}

/** Lifetime of a download link, ms. */
const ticketLifetimeMs = 60_000;

/** Disk space to keep free, bytes: the database needs room, too. */
const reserveBytes = 256 * 1024 * 1024;

/** How long an upload may wait after a deletion, ms: somebody may be looking at its preview. */
const previewMs = 600_000;

/**
 * Recreates the folder: files of an earlier process are useless. `folder` must be used by this code alone. `clock` in ms
 * from any origin; one that nobody sets, or a wrong date would remove a file that is being looked at.
 */
export function createStaging(folder: string, clock: () => number): Staging {
	rmSync(folder, { recursive: true, force: true });
	const uploads = new Map<string, { readonly folder: string; readonly names: string[] }>();
	const tickets = new Map<string, StagedFile & { readonly until: number }>();
	const exportsFolder = join(folder, 'out');
	/** When each upload and export was last used. */
	const used = new Map<string, number>();
	const held = new Map<string, number>();

	async function hold<T>(id: string, work: () => Promise<T>): Promise<T> {
		held.set(id, (held.get(id) ?? 0) + 1);
		try {
			return await work();
		} finally {
			used.set(id, clock());
			const others = (held.get(id) ?? 1) - 1;
			if (others === 0) held.delete(id);
			else held.set(id, others);
		}
	}

	async function removeUpload(uploadId: string): Promise<void> {
		const found = uploads.get(uploadId);
		uploads.delete(uploadId);
		used.delete(uploadId);
		if (found !== undefined) await rm(found.folder, { recursive: true, force: true });
	}

	async function removeExport(path: string): Promise<void> {
		if (!isExport(path)) return;
		used.delete(exportOf(path));
		await rm(dirname(path), { recursive: true, force: true });
	}

	async function removeWhere(isOver: (id: string, idleMs: number) => boolean): Promise<void> {
		for (const [id, at] of [...used]) {
			if (held.has(id) || !isOver(id, clock() - at)) continue;
			if (uploads.has(id)) await removeUpload(id);
			else await removeExport(join(exportsFolder, id, 'file'));
		}
	}

	function upload(uploadId: string): { readonly folder: string; readonly names: string[] } {
		const found = uploads.get(uploadId);
		if (found !== undefined) return found;
		throw new Failure({
			code: 'upload-unknown',
			message: said`The uploaded files are gone: Assay was restarted, they were imported already, or they waited too long.`,
			next: [said`Choose the files again`],
		});
	}

	const exportOf = (path: string): string => basename(dirname(path));

	function isExport(path: string): boolean {
		return dirname(dirname(path)) === exportsFolder && normalize(path) === path;
	}

	return {
		isExport,
		newUpload() {
			const id = randomUUID();
			uploads.set(id, { folder: join(folder, 'in', id), names: [] });
			used.set(id, clock());
			return id;
		},
		upload,
		async receive(uploadId, name, content, expectedBytes) {
			const known = upload(uploadId);
			const place = join(known.folder, ...safeSegments(name));
			await mkdir(dirname(place), { recursive: true, mode: 0o700 });
			await assertRoom(folder, expectedBytes ?? 0);
			const file = createWriteStream(place, { flags: 'wx', mode: 0o600 });
			try {
				await hold(uploadId, () => pipeline(content, file));
				known.names.push(name);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(place, { force: true });
				throw error;
			}
		},
		removeUpload,
		exportFolder(id) {
			used.set(id, clock());
			return join(exportsFolder, id);
		},
		exportOf,
		hold,
		async removeUnused(idleMs) {
			await removeWhere((_id, idle) => idle >= idleMs);
		},
		beginDeletion() {
			const before = new Set(used.keys());
			return () => removeWhere((id, idle) => (uploads.has(id) ? idle >= previewMs : before.has(id)));
		},
		issueTicket(file) {
			for (const [ticket, { until }] of tickets) if (until < clock()) tickets.delete(ticket);
			if (!existsSync(file.path)) throw exportGone();
			const ticket = randomBytes(32).toString('base64url');
			tickets.set(ticket, { ...file, until: clock() + ticketLifetimeMs });
			return ticket;
		},
		redeem(ticket) {
			const found = tickets.get(ticket);
			tickets.delete(ticket);
			return found !== undefined && found.until >= clock() && existsSync(found.path) ? found : null;
		},
		async close() {
			await rm(folder, { recursive: true, force: true });
		},
		removeExport,
	};
}

function exportGone(): Failure {
	return new Failure({
		code: 'result-unknown',
		message: said`This export’s file no longer exists: it was already saved, or emptying the trash removed it.`,
		next: [said`Export it again`],
	});
}

/** Names come from another computer's folders: no part of them may lead outside ours. */
function safeSegments(name: string): string[] {
	const segments = name
		.split(/[/\\]+/)
		.map((segment) =>
			segment
				.replaceAll(/[\p{Cc}<>:"|?*]/gu, '_')
				.trim()
				.slice(0, 120),
		)
		.filter((segment) => segment !== '' && !/^\.+$/.test(segment));
	return segments.length === 0 ? ['file'] : segments.slice(-8);
}

async function assertRoom(folder: string, bytes: number): Promise<void> {
	const { bavail, bsize } = await statfs(folder);
	const free = bavail * bsize;
	if (free - bytes >= reserveBytes) return;
	throw new Failure({
		code: 'disk-full',
		message: said`The disk with ${folder} has ${size(free)} free. The file has ${size(bytes)}, and importing it needs about as much again.`,
		next: [
			said`Free some space on that disk, then try again`,
			said`Start Assay with another data folder: --data <folder>`,
		],
	});
}

/** Returns the last part of a path, for display. */
export function shortName(path: string): string {
	return basename(path) || path;
}
