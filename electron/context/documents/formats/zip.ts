import { unzipSync } from 'fflate';
import { Failure } from '../../../../models/contract/failure.ts';
import { figure, said } from '../../../../models/contract/said.ts';
import { encodingByMark } from '../../../text/byte-order-mark.ts';

/** Bytes that all files in a document may unpack to: a spreadsheet of a million rows has some hundred megabytes. */
const mostUnpacked = 400 * 1024 * 1024;

/** Bytes of one file that is read as text. */
const mostText = 100 * 1024 * 1024;

/** A book of a thousand chapters has a few thousand files. */
const mostEntries = 50_000;

/** A ZIP file whose content was checked against the limits. */
export interface Zip {
	readonly names: readonly string[];
	/** null: there is no such file in it. Throws Failure `file-yields-too-much`. */
	text(path: string): string | null;
}

/** Lists a ZIP file. Throws Failure `file-yields-too-much`, `document-unreadable`. */
export function openZip(name: string, bytes: Uint8Array): Zip {
	const sizes = new Map<string, number>();
	let total = 0;
	let entries = 0;
	try {
		unzipSync(bytes, {
			filter({ name: path, originalSize }) {
				sizes.set(path, originalSize);
				total += originalSize;
				entries += 1;
				if (entries > mostEntries || total > mostUnpacked) throw bomb(name, mostUnpacked);
				return false;
			},
		});
	} catch (error) {
		throw error instanceof Failure ? error : damaged(name, error);
	}
	return {
		names: [...sizes.keys()],
		text(path) {
			const size = sizes.get(path);
			if (size === undefined) return null;
			if (size > mostText) throw bomb(name, mostText);
			try {
				// fflate never unpacks more than the size that was checked, whatever the stream holds.
				const content = unzipSync(bytes, { filter: (file) => file.name === path })[path]!;
				return new TextDecoder(encodingByMark(content) ?? 'utf-8').decode(content);
			} catch (error) {
				throw damaged(name, error);
			}
		},
	};
}

function bomb(name: string, limit: number): Failure {
	return new Failure({
		code: 'file-yields-too-much',
		message: said`The file ${name} unpacks to more than ${figure(limit / 1024 / 1024)} MB. It may be a decompression bomb.`,
		next: [said`If you trust it, save a part of it as a smaller file`],
	});
}

function damaged(name: string, error: unknown): Failure {
	return new Failure(
		{
			code: 'document-unreadable',
			message: said`The file ${name} is damaged: it can’t be unpacked.`,
			next: [said`Open it in the program that made it and save it again`],
			...(error instanceof Error ? { detail: error.message } : {}),
		},
		{ cause: error },
	);
}
