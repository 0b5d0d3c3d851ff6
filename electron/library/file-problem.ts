import { stat } from 'node:fs/promises';
import { Failure } from '../../models/contract/failure.ts';
import { modelFileFailure } from '../../models/library/gguf.ts';
import type { ModelFileRow } from './store/model-files.ts';

/** What a look at the disk says about a file of the library. */
export type FileVerdict =
	| { readonly kind: 'fine' }
	/** Same size, other time: a copy, or other content. Only the hash can tell. */
	| { readonly kind: 'touched'; readonly modifiedAt: number }
	| { readonly kind: 'problem'; readonly failure: Failure };

/** The file is not the one that was added. Using it silently would make every stored number a lie. */
export function fileChanged(path: string, what: string): Failure {
	return new Failure({
		code: 'model-file-changed',
		message: `The model file at ${path} has changed since it was added: ${what}.`,
		next: ['Add the file again to use it as it is now', 'Put the old file back', 'Choose another model'],
	});
}

/** Looks whether the file is there and of the size that it had. */
export async function lookAtFile(row: ModelFileRow): Promise<FileVerdict> {
	try {
		const stats = await stat(row.path);
		if (stats.isDirectory()) return { kind: 'problem', failure: fileChanged(row.path, 'it is a folder now') };
		if (stats.size !== row.sizeBytes) {
			const sizes = `it had ${row.sizeBytes.toLocaleString('en')} bytes and has ${stats.size.toLocaleString('en')}`;
			return { kind: 'problem', failure: fileChanged(row.path, sizes) };
		}
		const modifiedAt = Math.trunc(stats.mtimeMs);
		return modifiedAt === row.modifiedAt ? { kind: 'fine' } : { kind: 'touched', modifiedAt };
	} catch (error) {
		return { kind: 'problem', failure: modelFileFailure(row.path, error) };
	}
}
