import { randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../../../models/contract/failure.ts';
import { formatBytes } from '../../text/format-bytes.ts';

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
	/** Issues a ticket for one download within a minute. */
	issueTicket(file: StagedFile): string;
	/** Returns null if the ticket is invalid or expired. */
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

/** Recreates the folder: files of an earlier process are useless. `folder` must be used by this code alone. */
export function createStaging(folder: string, clock: () => number): Staging {
	rmSync(folder, { recursive: true, force: true });
	const uploads = new Map<string, { readonly folder: string; readonly names: string[] }>();
	const tickets = new Map<string, StagedFile & { readonly until: number }>();
	const exportsFolder = join(folder, 'out');

	function upload(uploadId: string): { readonly folder: string; readonly names: string[] } {
		const found = uploads.get(uploadId);
		if (found !== undefined) return found;
		throw new Failure({
			code: 'upload-unknown',
			message: 'The uploaded files are gone: Assay was restarted, or they were imported already.',
			next: ['Choose the files again'],
		});
	}

	function isExport(path: string): boolean {
		return dirname(dirname(path)) === exportsFolder && normalize(path) === path;
	}

	return {
		isExport,
		newUpload() {
			const id = randomUUID();
			uploads.set(id, { folder: join(folder, 'in', id), names: [] });
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
				await pipeline(content, file);
				known.names.push(name);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(place, { force: true });
				throw error;
			}
		},
		async removeUpload(uploadId) {
			const found = uploads.get(uploadId);
			uploads.delete(uploadId);
			if (found !== undefined) await rm(found.folder, { recursive: true, force: true });
		},
		exportFolder: (id) => join(exportsFolder, id),
		issueTicket(file) {
			for (const [ticket, { until }] of tickets) if (until < clock()) tickets.delete(ticket);
			const ticket = randomBytes(32).toString('base64url');
			tickets.set(ticket, { ...file, until: clock() + ticketLifetimeMs });
			return ticket;
		},
		redeem(ticket) {
			const found = tickets.get(ticket);
			tickets.delete(ticket);
			return found !== undefined && found.until >= clock() ? found : null;
		},
		async close() {
			await rm(folder, { recursive: true, force: true });
		},
		async removeExport(path) {
			if (isExport(path)) await rm(dirname(path), { recursive: true, force: true });
		},
	};
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
		message: `The disk that holds ${folder} has ${formatBytes(free)} free; the file has ${formatBytes(bytes)}, and the conversations in it need as much again.`,
		next: ['Free some space on that disk, then try again', 'Start Assay with another data folder: --data <folder>'],
	});
}

/** Returns the last part of a path, for display. */
export function shortName(path: string): string {
	return basename(path) || path;
}
