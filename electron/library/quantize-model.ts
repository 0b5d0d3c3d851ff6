import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { QuantizedSize } from '../../models/gguf/quantized-size.ts';
import type { runNativeTask } from '../../models/native/run-task.ts';
import type { Job } from '../contract/jobs/schema.ts';
import type { ModelFile, QuantizeInput, QuantizeOrigin } from '../contract/library/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { JobControl, Jobs } from '../jobs/jobs.ts';
import type { Lane } from '../jobs/lane.ts';
import { ensureImatrix, resolveImatrix } from './importance-matrix.ts';
import type { ModelLibrary } from './model-service.ts';
import {
	quantizedFolder,
	quantizedPath,
	readOrigin,
	recordOrigin,
	removeEmptyFolder,
	removeUnfinishedQuantized,
} from './quantized-files.ts';
import type { QuantizedSizes } from './quantized-sizes.ts';

export interface QuantizerContext {
	readonly database: WritableDatabase;
	readonly library: Pick<ModelLibrary, 'modelFile' | 'add'>;
	readonly jobs: Jobs;
	readonly lane: Lane;
	readonly modelsFolder: string;
	readonly native: typeof runNativeTask;
	readonly sizes: QuantizedSizes;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
}

export interface Quantizer {
	/**
	 * Starts quantising a model, in the lane that all measurements share, so that no measurement runs at the same time.
	 * Throws Failure `model-unknown`, and `nothing-to-make` if no type is given.
	 */
	start(input: QuantizeInput): Job;
	/** Predicted sizes of its files of each type. Throws Failure `model-unknown`, and that of a file that can't be read. */
	sizes(modelFileId: number): Promise<readonly QuantizedSize[]>;
	/** null if it was not quantised here. Throws Failure `model-unknown`. */
	origin(modelFileId: number): QuantizeOrigin | null;
}

async function quantizeFiles(
	context: QuantizerContext,
	parent: ModelFile,
	input: QuantizeInput,
	control: JobControl,
): Promise<void> {
	const types = [...new Set(input.types)];
	const { modelsFolder, native } = context;
	const { signal } = control;
	const threads = availableParallelism();
	const imatrixSource = await resolveImatrix(quantizedFolder(modelsFolder, parent.path), input, signal);
	const outputs = types.map((type) => ({
		type,
		path: quantizedPath(modelsFolder, parent.path, type, imatrixSource?.mark ?? null),
	}));
	for (const { path } of outputs) await mkdir(dirname(path), { recursive: true });
	if (imatrixSource?.text != null) {
		control.stage(said`${parent.name}: importance matrix of ${basename(imatrixSource.text)}`, 'chunks');
		await ensureImatrix(native, imatrixSource, { model: parent.path, threads }, { signal, progress: control.progress });
		control.stage(titleOf(parent, types), 'tensors');
	}
	const { result } = await native<'quantize'>(
		{
			kind: 'quantize',
			input: parent.path,
			outputs,
			imatrix: imatrixSource?.matrix ?? null,
			allowRequantize: true,
			overwrite: false,
			threads,
		},
		{
			signal,
			onProgress: (each) => each.kind === 'quantize' && control.progress(each.done, each.total),
		},
	);
	for (const output of result.outputs) {
		const file = await context.library.add(output.path);
		recordOrigin(context.database, file.id, parent, output, result, context.clock());
	}
}

function titleOf({ name }: Pick<ModelFile, 'name'>, types: QuantizeInput['types']): string {
	return `${name}: ${[...new Set(types)].join(', ')}`;
}

export function createQuantizer(context: QuantizerContext): Quantizer {
	removeUnfinishedQuantized(context.modelsFolder);
	return {
		start(input) {
			const parent = context.library.modelFile(input.id);
			if (input.types.length === 0) {
				throw new Failure({
					code: 'nothing-to-make',
					message: said`No type is chosen to quantise ${parent.name} to.`,
					next: [said`Choose a type, e.g. Q4_K_M`],
				});
			}
			return context.jobs.start({
				kind: 'quantise',
				title: titleOf(parent, input.types),
				unit: 'tensors',
				lane: 'quantise',
				work: (control) =>
					context.lane(async () => {
						try {
							await quantizeFiles(context, parent, input, control);
						} finally {
							await removeEmptyFolder(quantizedFolder(context.modelsFolder, parent.path));
						}
					}, said`a quantisation`),
			});
		},
		sizes: async (modelFileId) => context.sizes.of(context.library.modelFile(modelFileId).path),
		origin(modelFileId) {
			return readOrigin(context.database, context.library.modelFile(modelFileId).id);
		},
	};
}
