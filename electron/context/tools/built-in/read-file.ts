import { constants } from 'node:fs';
import { type FileHandle, open, opendir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';

/** What a person reads instead of a file's text; told to the model. */
export class FileRefused extends Error {}

/**
 * Longest piece of a file that is read at once, bytes, so that a result is never cut where it says how to read on; and
 * entries of a folder that are listed.
 */
export const limits = { bytes: 48_000, entries: 1_000 };

/** Where files may be read. */
export interface Readable {
	readonly folders: readonly string[];
	/** Assay's own folder, with its secrets and conversations: never read, though a folder may hold it. */
	readonly except: string;
}

/**
 * Reads a piece of a text file inside one of the folders. The path as it is on disk must lie inside: a link that leads
 * out is refused, and so is what is no plain file, whose reading could wait for ever or have effects. Throws
 * `FileRefused`.
 */
export async function readTextFile(
	where: Readable,
	path: string,
	{
		offset = 0,
		length = limits.bytes,
	}: { readonly offset?: number | undefined; readonly length?: number | undefined } = {},
): Promise<string> {
	const real = await findInside(where, path);
	const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
	// Without waiting, should it be a pipe; without following, should a link have taken its place.
	const file = await open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: unknown) => {
		throw new FileRefused(`${path} can't be opened: ${reason(error)}`);
	});
	try {
		return await readPiece(file, { path, real, where, offset, length: Math.min(length, limits.bytes) });
	} finally {
		await file.close();
	}
}

async function readPiece(
	file: FileHandle,
	{
		path,
		real,
		where,
		offset,
		length,
	}: {
		readonly path: string;
		readonly real: string;
		readonly where: Readable;
		readonly offset: number;
		readonly length: number;
	},
): Promise<string> {
	const opened = await file.stat();
	if (!opened.isFile()) throw new FileRefused(`${path} is not a plain file`);
	// A folder on the way may have been replaced by a link after it was looked at: what was opened must lie inside.
	if (!(await isOpenedInside(file, { real, where }))) throw new FileRefused(`${path} changed while it was opened`);
	const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
	const bytes = buffer.subarray(0, bytesRead);
	if (bytes.includes(0)) throw new FileRefused(`${path} is not a text file`);
	const whole = offset + bytesRead >= opened.size ? bytes : wholeCharacters(bytes);
	const text = new TextDecoder().decode(whole);
	const end = offset + whole.length;
	return end >= opened.size
		? text
		: `${text}\n\n[The file has ${opened.size} bytes; this is ${offset} to ${end}. Read on with offset ${end}.]`;
}

/** Leaves a character that is cut in two to the next piece. */
function wholeCharacters(bytes: Buffer): Buffer {
	for (let back = 1; back <= 3 && back < bytes.length; back += 1) {
		const byte = bytes[bytes.length - back]!;
		// The second to fourth byte of a character in UTF-8.
		if (byte >= 0x80 && byte < 0xc0) continue;
		const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
		return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
	}
	return bytes;
}

/** How often an opened file is compared with its path, on systems that don't report an open file's path. */
const comparisons = 3;

async function isOpenedInside(
	file: FileHandle,
	{ real, where }: { readonly real: string; readonly where: Readable },
): Promise<boolean> {
	if (process.platform === 'linux') {
		// The kernel's own answer, whatever happens to the path.
		const opened = await realpath(`/proc/self/fd/${file.fd}`).catch(() => null);
		return opened !== null && (await isReadable(where, opened));
	}
	const { dev, ino } = await file.stat();
	for (let time = 0; time < comparisons; time += 1) {
		const now = await stat(await findInside(where, real)).catch(() => null);
		if (now === null || now.dev !== dev || now.ino !== ino) return false;
	}
	return true;
}

async function isReadable({ folders, except }: Readable, path: string): Promise<boolean> {
	const own = await realpath(except).catch(() => null);
	if (own !== null && isInside(own, path)) return false;
	const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)));
	return roots.some((root) => root !== null && isInside(root, path));
}

/** Lists a folder inside one of the folders; without a path, the folders themselves. Throws `FileRefused`. */
export async function listFolder(where: Readable, path: string | undefined): Promise<string> {
	const { folders, except } = where;
	if (folders.length === 0) throw noFolders();
	if (path === undefined || path === '') return folders.map((folder) => `${folder}${sep}`).join('\n');
	const real = await findInside(where, path);
	if (!(await stat(real)).isDirectory()) throw new FileRefused(`${path} is not a folder`);
	const names: string[] = [];
	let left = 0;
	const own = await realpath(except).catch(() => null);
	for await (const entry of await opendir(real)) {
		if (join(real, entry.name) === own) continue;
		if (names.length >= limits.entries) {
			left += 1;
			if (left > 100_000) break;
		} else names.push(entry.isDirectory() ? `${entry.name}${sep}` : entry.name);
	}
	const rest = left === 0 ? '' : `\n[${left} more are not listed.]`;
	return `${names.sort().join('\n')}${rest}` || '[The folder is empty.]';
}

/** Returns the path as it is on disk, if it lies in one of the folders. Throws `FileRefused`. */
async function findInside(where: Readable, path: string): Promise<string> {
	const { folders } = where;
	if (folders.length === 0) throw noFolders();
	if (path.includes('\0')) throw new FileRefused('a path can’t contain a null character');
	// A path that isn't absolute is looked for in each folder.
	const candidates = isAbsolute(path) ? [path] : folders.map((folder) => join(folder, path));
	let found = '';
	for (const candidate of candidates) {
		const real = await realpath(resolve(candidate)).catch(() => null);
		if (real === null) continue;
		found = real;
		if (await isReadable(where, real)) return real;
	}
	// Whether a file outside exists is nobody's business either.
	throw new FileRefused(
		found === '' && !isAbsolute(path)
			? `there is no ${path} in the folders that may be read: ${folders.join(', ')}`
			: `${path} is not in the folders that may be read, or doesn't exist: ${folders.join(', ')}`,
	);
}

function isInside(root: string, path: string): boolean {
	const way = relative(root, path);
	return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

function noFolders(): FileRefused {
	return new FileRefused('the person has chosen no folder that may be read yet (Settings, Tools)');
}

function reason(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
