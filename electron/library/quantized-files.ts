import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { QuantizeResult, QuantizeType } from '../../models/contract/native/tasks.ts';
import { errorCodeOf } from '../../models/error-code.ts';
import { isPartName } from '../../models/native/output-file.ts';
import { outputName } from '../../models/native/quantize/quantize-types.ts';
import type { QuantizeOrigin } from '../contract/library/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { noteSource } from './store/model-files.ts';
import { readModelSetting, writeModelSetting } from './store/model-settings.ts';

/** Folder of all quantised files, inside the models folder. */
const allQuantized = 'quantised';

/**
 * Returns the folder for files quantised from another. Each model has its own folder, because two models may have files
 * of the same name.
 */
export function quantizedFolder(modelsFolder: string, parentPath: string): string {
	const source = createHash('sha256').update(parentPath).digest('hex').slice(0, 8);
	return join(modelsFolder, allQuantized, source);
}

/**
 * Removes what a process that was killed while it quantised has left: unfinished files, and folders without any file.
 * Call it before anything is quantised.
 */
export function removeUnfinishedQuantized(modelsFolder: string): void {
	const folder = join(modelsFolder, allQuantized);
	for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
		if (!entry.isDirectory()) continue;
		const own = join(folder, entry.name);
		try {
			const names = readdirSync(own);
			const unfinished = names.filter(isPartName);
			for (const name of unfinished) rmSync(join(own, name), { force: true });
			if (unfinished.length === names.length) rmdirSync(own);
		} catch {
			// What another program holds stays until the next start.
		}
	}
}

/** Removes a folder of quantised files if nothing is in it. */
export async function removeEmptyFolder(folder: string): Promise<void> {
	await rmdir(folder).catch((error: unknown) => {
		if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errorCodeOf(error))) throw error;
	});
}

/** Returns the path of one quantised file. `mark` identifies the importance matrix used. */
export function quantizedPath(
	modelsFolder: string,
	parentPath: string,
	type: QuantizeType,
	mark: string | null,
): string {
	const name = outputName(parentPath, type);
	const marked = mark === null ? name : name.replace(/\.gguf$/, `.${mark}.gguf`);
	return join(quantizedFolder(modelsFolder, parentPath), marked);
}

function pick({ path, chunks, datasets }: NonNullable<QuantizeResult['imatrix']>): QuantizeOrigin['imatrix'] {
	return { path, chunks, datasets };
}

/** Records what a library file was quantised from. */
export function recordOrigin(
	database: WritableDatabase,
	modelFileId: number,
	parent: { readonly id: number; readonly name: string; readonly quantization: string },
	output: Pick<QuantizeResult['outputs'][number], 'path' | 'type' | 'fallbacks' | 'tensors'>,
	result: Pick<QuantizeResult, 'warnings' | 'imatrix' | 'conditions'>,
	now: number,
): void {
	const origin: QuantizeOrigin = {
		parent: { id: parent.id, name: parent.name, quantization: parent.quantization },
		type: output.type,
		fallbacks: output.fallbacks.map(({ tensor, from, to, reason }) => ({ tensor, from, to, reason })),
		tensors: output.tensors.reduce((sum, { count }) => sum + count, 0),
		warnings: result.warnings.map(({ message }) => message),
		imatrix: result.imatrix === null ? null : pick(result.imatrix),
		engine: result.conditions.engine,
		at: now,
	};
	writeModelSetting(database, modelFileId, 'made-of', origin, now);
	noteSource(database, output.path, 'made here');
}

/** Reads what a file was quantised from; null if it was not made here. */
export function readOrigin(database: ReadableDatabase, modelFileId: number): QuantizeOrigin | null {
	return readModelSetting(database, modelFileId, 'made-of');
}
