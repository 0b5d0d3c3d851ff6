import { createReadStream } from 'node:fs';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';

/** A piece of a file, and the number of bytes read from the disk so far. */
export interface FilePiece {
	readonly chunk: Buffer;
	readonly bytesRead: number;
}

/** Part of a file on disk. */
export interface FilePart {
	readonly path: string;
	/** For messages. */
	readonly name: string;
	/** Offset and length; null: the whole file. */
	readonly range: { readonly start: number; readonly length: number } | null;
	readonly packed: 'gzip' | 'deflate' | null;
}

/** Size of one read: small enough to cancel promptly, large enough to cost nothing. */
const chunkBytes = 256 * 1024;

/**
 * Text shrinks to a tenth, lists of equal rows to a hundredth; only a file made for it comes near deflate's limit of
 * 1,032. Below the size, it does no harm.
 */
const mostUnpacked = { timesItsSize: 400, from: 256 * 1024 * 1024 };

/** Reads a file piece by piece and unpacks it. Throws Failure `file-yields-too-much`. */
export async function* readPieces({ path, name, range, packed }: FilePart): AsyncGenerator<FilePiece> {
	if (range?.length === 0) return;
	const place = range === null ? {} : { start: range.start, end: range.start + range.length - 1 };
	const file = createReadStream(path, { ...place, highWaterMark: chunkBytes });
	if (packed === null) {
		for await (const chunk of file) yield { chunk: chunk as Buffer, bytesRead: file.bytesRead };
		return;
	}
	const unpack =
		packed === 'gzip' ? createGunzip({ chunkSize: chunkBytes }) : createInflateRaw({ chunkSize: chunkBytes });
	file.on('error', (error) => unpack.destroy(error));
	let unpacked = 0;
	try {
		for await (const chunk of file.pipe(unpack)) {
			unpacked += (chunk as Buffer).length;
			if (unpacked > mostUnpacked.from && unpacked > file.bytesRead * mostUnpacked.timesItsSize) throw bomb(name);
			yield { chunk: chunk as Buffer, bytesRead: file.bytesRead };
		}
	} finally {
		file.destroy();
		unpack.destroy();
	}
}

function bomb(name: string): Failure {
	return new Failure({
		code: 'file-yields-too-much',
		message: said`${name} unpacks to more than ${mostUnpacked.timesItsSize} times its size. It may be a decompression bomb.`,
		next: [said`If you trust it, unpack it yourself and choose the files inside`],
	});
}
