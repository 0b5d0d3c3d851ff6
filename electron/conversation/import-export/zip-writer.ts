import { crc32, deflateRawSync } from 'node:zlib';

/** Writes a zip archive piece by piece, in the format's 64-bit variant above 65,535 files or 4 GB. */
export interface ZipWriter {
	/** Adds a file with the modification time `at` (ms since 1970). `name` must be unique. */
	add(name: string, text: string, at: number): Promise<void>;
	/** Writes the directory; nothing can be added afterwards. */
	finish(): Promise<void>;
}

const full16 = 0xffff;
const full32 = 0xffff_ffff;
/** Marks names as UTF-8. */
const flags = 0x0800;
const deflated = 8;

interface Entry {
	readonly name: Buffer;
	readonly crc: number;
	readonly packed: number;
	readonly size: number;
	readonly offset: number;
	readonly time: number;
	readonly date: number;
}

/** `write` resolves when there is room for more. */
export function createZipWriter(write: (bytes: Buffer) => Promise<void>): ZipWriter {
	const directory: Buffer[] = [];
	let offset = 0;
	async function put(bytes: Buffer): Promise<void> {
		offset += bytes.length;
		await write(bytes);
	}
	return {
		async add(name, text, at) {
			const content = Buffer.from(text);
			const packed = deflateRawSync(content);
			const entry: Entry = {
				name: Buffer.from(name),
				crc: crc32(content),
				packed: packed.length,
				size: content.length,
				offset,
				...dosTime(at),
			};
			directory.push(centralRecord(entry));
			await put(localRecord(entry));
			await put(packed);
		},
		async finish() {
			const start = offset;
			for (const record of directory) await put(record);
			await put(endRecords(directory.length, start, offset - start));
		},
	};
}

function localRecord({ name, crc, packed, size, time, date }: Entry): Buffer {
	const record = Buffer.alloc(30 + name.length);
	record.writeUInt32LE(0x04034b50, 0);
	record.writeUInt16LE(20, 4);
	record.writeUInt16LE(flags, 6);
	record.writeUInt16LE(deflated, 8);
	record.writeUInt16LE(time, 10);
	record.writeUInt16LE(date, 12);
	record.writeUInt32LE(crc, 14);
	record.writeUInt32LE(packed, 18);
	record.writeUInt32LE(size, 22);
	record.writeUInt16LE(name.length, 26);
	name.copy(record, 30);
	return record;
}

function centralRecord({ name, crc, packed, size, offset, time, date }: Entry): Buffer {
	const far = offset >= full32;
	const record = Buffer.alloc(46 + name.length + (far ? 12 : 0));
	record.writeUInt32LE(0x02014b50, 0);
	record.writeUInt16LE(45, 4);
	record.writeUInt16LE(far ? 45 : 20, 6);
	record.writeUInt16LE(flags, 8);
	record.writeUInt16LE(deflated, 10);
	record.writeUInt16LE(time, 12);
	record.writeUInt16LE(date, 14);
	record.writeUInt32LE(crc, 16);
	record.writeUInt32LE(packed, 20);
	record.writeUInt32LE(size, 24);
	record.writeUInt16LE(name.length, 28);
	record.writeUInt16LE(far ? 12 : 0, 30);
	record.writeUInt32LE(far ? full32 : offset, 42);
	name.copy(record, 46);
	if (far) {
		record.writeUInt16LE(1, 46 + name.length);
		record.writeUInt16LE(8, 48 + name.length);
		record.writeBigUInt64LE(BigInt(offset), 50 + name.length);
	}
	return record;
}

function endRecords(count: number, start: number, length: number): Buffer {
	const end = Buffer.alloc(22);
	end.writeUInt32LE(0x06054b50, 0);
	end.writeUInt16LE(Math.min(count, full16), 8);
	end.writeUInt16LE(Math.min(count, full16), 10);
	end.writeUInt32LE(Math.min(length, full32), 12);
	end.writeUInt32LE(Math.min(start, full32), 16);
	if (count < full16 && start < full32 && length < full32) return end;
	const end64 = Buffer.alloc(56);
	end64.writeUInt32LE(0x06064b50, 0);
	end64.writeBigUInt64LE(44n, 4);
	end64.writeUInt16LE(45, 12);
	end64.writeUInt16LE(45, 14);
	end64.writeBigUInt64LE(BigInt(count), 24);
	end64.writeBigUInt64LE(BigInt(count), 32);
	end64.writeBigUInt64LE(BigInt(length), 40);
	end64.writeBigUInt64LE(BigInt(start), 48);
	const locator = Buffer.alloc(20);
	locator.writeUInt32LE(0x07064b50, 0);
	locator.writeBigUInt64LE(BigInt(start + length), 8);
	locator.writeUInt32LE(1, 16);
	return Buffer.concat([end64, locator, end]);
}

/** The archive's time format: local time since 1980, in steps of two seconds. */
function dosTime(at: number): { time: number; date: number } {
	const given = new Date(at);
	const year = given.getFullYear();
	if (Number.isNaN(year) || year < 1980 || year > 2107) return { time: 0, date: 33 };
	return {
		time: (given.getHours() << 11) | (given.getMinutes() << 5) | (given.getSeconds() >> 1),
		date: ((year - 1980) << 9) | ((given.getMonth() + 1) << 5) | given.getDate(),
	};
}
