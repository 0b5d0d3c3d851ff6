import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Failure } from '../../models/contract/failure.ts';
import { figure, said, type Words } from '../../models/contract/said.ts';
import { modelFileFailure, partsMissing, readGguf } from '../../models/gguf/read-gguf.ts';
import { partNameOf, partPaths } from '../../models/gguf/split-files.ts';
import type { ModelFileRow } from './store/model-files.ts';

/** Result of checking a library file on the disk. */
export type FileVerdict =
	| { readonly kind: 'fine' }
	/** Same size, different time: a copy, or other content. Only the hash can tell. */
	| { readonly kind: 'touched'; readonly modifiedAt: number }
	| { readonly kind: 'problem'; readonly failure: Failure };

/**
 * Returns the failure for a file that is not the one that was added. Using it silently would falsify every stored
 * number.
 */
export function fileChangedFailure(path: string, what: Words): Failure {
	return new Failure({
		code: 'model-file-changed',
		message: said`The model file at ${path} has changed since it was added: ${what}.`,
		next: [said`Add the file again to use its current content`, said`Restore the old file`, said`Choose another model`],
	});
}

/** Returns the files of a row in order: one, or all parts. */
export function pathsOf({ path, parts }: Pick<ModelFileRow, 'path' | 'parts'>): readonly string[] {
	const name = parts > 1 ? partNameOf(path) : null;
	return name === null ? [path] : partPaths(path, name);
}

/** Returns why a file's size changed: it was cut off, or it is another file. */
async function changedSize(row: ModelFileRow, sizeBytes: number): Promise<Failure> {
	if (sizeBytes < row.sizeBytes) {
		const problem = await readGguf(row.path).then(
			(model) => model.problem,
			() => null,
		);
		if (problem !== null) return problem;
	}
	const sizes = said`it had ${figure(row.sizeBytes)} bytes and has ${figure(sizeBytes)}`;
	return fileChangedFailure(row.path, sizes);
}

/** Checks that the files of a row exist and have their recorded total size. */
export async function checkFileOnDisk(row: ModelFileRow): Promise<FileVerdict> {
	let at = row.path;
	try {
		let sizeBytes = 0;
		let modifiedAt = 0;
		for (const path of pathsOf(row)) {
			at = path;
			const stats = await stat(path);
			if (stats.isDirectory()) return { kind: 'problem', failure: fileChangedFailure(path, said`it is a folder now`) };
			sizeBytes += stats.size;
			modifiedAt = Math.max(modifiedAt, Math.trunc(stats.mtimeMs));
		}
		if (sizeBytes !== row.sizeBytes) return { kind: 'problem', failure: await changedSize(row, sizeBytes) };
		return modifiedAt === row.modifiedAt ? { kind: 'fine' } : { kind: 'touched', modifiedAt };
	} catch (error) {
		return { kind: 'problem', failure: missingParts(row) ?? modelFileFailure(at, error) };
	}
}

/** Returns the failure of a split model with missing parts; null if it is not split, or no part is left. */
function missingParts(row: ModelFileRow): Failure | null {
	const paths = pathsOf(row);
	const missing = paths.filter((path) => !existsSync(path));
	return missing.length === 0 || missing.length === paths.length ? null : partsMissing(missing, paths.length);
}
