import { type FileHandle, open } from 'node:fs/promises';

/** A file in a zip archive. */
export interface ZipEntry {
	readonly name: string;
	readonly compressed: boolean;
	/** Offset and length of its data in the archive. */
	readonly start: number;
	readonly sizeBytes: number;
}

const signatures = {
	local: 0x04034b50,
	central: 0x02014b50,
	end: 0x06054b50,
	end64: 0x06064b50,
	locator64: 0x07064b50,
};

/** A directory larger than this cannot be an export of chats, bytes. */
const maxDirectoryBytes = 64 * 1024 * 1024;

const methods = { stored: 0, deflated: 8 };

/** Returns true if the file starts like a zip archive. */
export async function isZip(path: string): Promise<boolean> {
	const handle = await open(path);
	try {
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
		return bytesRead === 4 && buffer.readUInt32LE(0) === signatures.local;
	} finally {
		await handle.close();
	}
}

/**
 * Lists the readable files in an archive: neither encrypted nor compressed with a rare method. Reads only the
 * directory, so pictures in the archive cost nothing. Throws an Error if the archive is truncated or damaged.
 */
export async function listZip(path: string): Promise<readonly ZipEntry[]> {
	const handle = await open(path);
	try {
		const { size } = await handle.stat();
		const { offset, length } = await findDirectory(handle, size);
		if (length > maxDirectoryBytes || offset + length > size) throw new Error('its directory is damaged');
		const directory = await readAt(handle, offset, length);
		const entries: ZipEntry[] = [];
		for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === signatures.central; ) {
			const nameLength = directory.readUInt16LE(at + 28);
			const extraLength = directory.readUInt16LE(at + 30);
			const entry = await entryAt(handle, directory.subarray(at, at + 46 + nameLength + extraLength), size);
			if (entry !== null) entries.push(entry);
			at += 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
		}
		return entries;
	} finally {
		await handle.close();
	}
}

async function entryAt(handle: FileHandle, record: Buffer, archiveSize: number): Promise<ZipEntry | null> {
	const encrypted = (record.readUInt16LE(8) & 1) === 1;
	const method = record.readUInt16LE(10);
	const nameLength = record.readUInt16LE(28);
	const name = record.subarray(46, 46 + nameLength).toString('utf8');
	if (encrypted || name.endsWith('/') || (method !== methods.stored && method !== methods.deflated)) return null;
	const { sizeBytes, offset } = sizesOf(record, nameLength);
	const local = await readAt(handle, offset, 30);
	if (local.readUInt32LE(0) !== signatures.local) throw new Error(`${name} is not where its directory says`);
	// The local record may have other extra fields than the directory.
	const start = offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
	if (start + sizeBytes > archiveSize) throw new Error(`${name} is cut off`);
	return { name, compressed: method === methods.deflated, start, sizeBytes };
}

/** Above 4 GB the sizes are in an extra field, in the order of those that did not fit. */
function sizesOf(record: Buffer, nameLength: number): { sizeBytes: number; offset: number } {
	const full = 0xffff_ffff;
	let sizeBytes = record.readUInt32LE(20);
	let offset = record.readUInt32LE(42);
	for (let at = 46 + nameLength; at + 4 <= record.length; at += 4 + record.readUInt16LE(at + 2)) {
		if (record.readUInt16LE(at) !== 1) continue;
		let field = at + 4;
		const next = (): number => {
			field += 8;
			return Number(record.readBigUInt64LE(field - 8));
		};
		if (record.readUInt32LE(24) === full) next();
		if (sizeBytes === full) sizeBytes = next();
		if (offset === full) offset = next();
	}
	return { sizeBytes, offset };
}

async function findDirectory(handle: FileHandle, size: number): Promise<{ offset: number; length: number }> {
	// A comment of at most 64 kB follows the end record.
	const tailStart = Math.max(0, size - 22 - 0xffff);
	const tail = await readAt(handle, tailStart, size - tailStart);
	for (let at = tail.length - 22; at >= 0; at -= 1) {
		if (tail.readUInt32LE(at) !== signatures.end) continue;
		const locator = at - 20;
		if (locator >= 0 && tail.readUInt32LE(locator) === signatures.locator64) {
			const record = await readAt(handle, Number(tail.readBigUInt64LE(locator + 8)), 56);
			if (record.readUInt32LE(0) !== signatures.end64) throw new Error('its directory is damaged');
			return { length: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)) };
		}
		return { length: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
	}
	throw new Error('it is cut off: its directory is missing');
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
	const buffer = Buffer.alloc(length);
	const { bytesRead } = await handle.read(buffer, 0, length, position);
	if (bytesRead < length) throw new Error('it is cut off');
	return buffer;
}
