import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { QuantizeResult, QuantizeType } from '../../models/contract/native/tasks.ts';
import { outputName } from '../../models/native/quantize/quantize-types.ts';
import type { QuantizeOrigin } from '../contract/library/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { noteSource } from './store/model-files.ts';
import { readModelSetting, writeModelSetting } from './store/model-settings.ts';

/**
 * Returns the folder for files quantised from another. Each model has its own folder, because two models may have files
 * of the same name.
 */
export function quantizedFolder(modelsFolder: string, parentPath: string): string {
	const source = createHash('sha256').update(parentPath).digest('hex').slice(0, 8);
	return join(modelsFolder, 'quantised', source);
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
