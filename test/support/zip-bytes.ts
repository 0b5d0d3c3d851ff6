import { crc32, deflateRawSync } from 'node:zlib';

/** A file for an archive; `packed` is its content, already deflated. */
export type ZipContent = string | Buffer | { readonly packed: Buffer; readonly sizeBytes: number };

/** Makes a zip archive. */
export function zipBytes(files: Readonly<Record<string, ZipContent>>): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [fileName, content] of Object.entries(files)) {
		const name = Buffer.from(fileName);
		const given = typeof content === 'string' ? Buffer.from(content) : content;
		const packed = Buffer.isBuffer(given) ? deflateRawSync(given) : given.packed;
		const size = Buffer.isBuffer(given) ? given.length : given.sizeBytes;
		const local = Buffer.alloc(30);
		local.writeUInt32LE(0x04034b50, 0);
		local.writeUInt16LE(8, 8);
		local.writeUInt32LE(Buffer.isBuffer(given) ? crc32(given) : 0, 14);
		local.writeUInt32LE(packed.length, 18);
		local.writeUInt32LE(size, 22);
		local.writeUInt16LE(name.length, 26);
		const central = Buffer.alloc(46);
		central.writeUInt32LE(0x02014b50, 0);
		central.writeUInt16LE(8, 10);
		local.copy(central, 16, 14, 28);
		central.writeUInt32LE(offset, 42);
		parts.push(local, name, packed);
		directory.push(central, name);
		offset += local.length + name.length + packed.length;
	}
	const listing = Buffer.concat(directory);
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(Object.keys(files).length, 8);
	end.writeUInt16LE(Object.keys(files).length, 10);
	end.writeUInt32LE(listing.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...parts, listing, end]);
}
