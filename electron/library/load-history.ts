import { failureFacts } from '../../models/contract/failure.ts';
import type { Capabilities, LoadOptions } from '../../models/contract/load.ts';
import type { ModelRuntime } from '../../models/runtime/runtime.ts';
import type { ModelFile } from '../contract/library/schema.ts';
import type { LibrarySeam } from './model-service.ts';
import { findModelFile } from './store/model-files.ts';
import { insertLoad, updateLoad } from './store/model-loads.ts';

export interface LoadHistoryOptions {
	readonly seam: Pick<LibrarySeam, 'database' | 'clock' | 'log'>;
	readonly runtime: Pick<ModelRuntime, 'onEvent'>;
	readonly machine: string;
	readonly engineBuild: string;
	/**
	 * Estimated peak of the process with these options, bytes; null if unknown. `copiedBytes`: second copies of the
	 * weights, where the engine has logged them.
	 */
	readonly predict: (
		path: string,
		options: LoadOptions,
		contextSize: LoadOptions['contextSize'],
		copiedBytes?: number | null,
	) => Promise<number | null>;
}

/** Records every load with its estimated and measured memory. */
export interface LoadHistory {
	/** Called before a load with these options. Resolves with its estimated memory, bytes; null if unknown. */
	requested(file: ModelFile, options: LoadOptions): Promise<number | null>;
	/** Called if the load failed. */
	failed(file: ModelFile, options: LoadOptions, error: unknown): void;
	close(): void;
}

interface Record {
	readonly id: number;
	peakBytes: number;
	worked: boolean;
}

/** A peak that grew by less is not stored again, bytes. */
const stepBytes = 4_000_000;

const best = (trials: Capabilities['threadTrials']): number | null =>
	trials.length === 0 ? null : Math.max(...trials.map(({ tokensPerSecond }) => tokensPerSecond));

export function createLoadHistory({ seam, runtime, machine, engineBuild, predict }: LoadHistoryOptions): LoadHistory {
	const { database, clock } = seam;
	const requested = new Map<number, { readonly path: string; readonly options: LoadOptions }>();
	const records = new Map<number, Record>();

	async function loaded(modelFileId: number, capabilities: Capabilities): Promise<void> {
		const request = requested.get(modelFileId);
		if (request === undefined) return;
		const { contextSize, residentBytes, loadMs, threads, threadTrials } = capabilities;
		const copiedBytes = capabilities.gpu === undefined ? (capabilities.copiedBytes ?? null) : null;
		const predictedBytes = await predict(request.path, request.options, contextSize, copiedBytes);
		// The model was removed meanwhile, or a restore replaced the data.
		if (findModelFile(database, modelFileId)?.path === undefined) return;
		const id = insertLoad(database, {
			modelFileId,
			at: clock(),
			outcome: 'loaded',
			machine,
			// Not always the usual engine, whose loads the memory estimate learns from.
			engineBuild: capabilities.engineBuild,
			options: request.options,
			contextSize,
			predictedBytes,
			measuredBytes: residentBytes,
			copiedBytes,
			loadMs,
			threads,
			failure: null,
			tokensPerSecond: best(threadTrials),
		});
		records.set(modelFileId, { id, peakBytes: residentBytes, worked: false });
	}

	function grown(modelFileId: number, bytes: number, worked: boolean): void {
		const record = records.get(modelFileId);
		if (record === undefined) return;
		const news = bytes >= record.peakBytes + stepBytes || (worked && !record.worked);
		record.peakBytes = Math.max(record.peakBytes, bytes);
		record.worked ||= worked;
		if (news) updateLoad(database, record.id, record.peakBytes, record.worked);
	}

	const guard = (work: Promise<void>): void =>
		void work.catch((error: unknown) => seam.log(`library: a load was not written down: ${String(error)}`));

	const stop = runtime.onEvent((event) => {
		const modelFileId = Number(event.key);
		if (event.type === 'loaded') guard(loaded(modelFileId, event.capabilities));
		else if (event.type === 'resident-bytes') grown(modelFileId, event.bytes, false);
		// After the first work its buffers have been used.
		else if (event.type === 'busy' && !event.busy) grown(modelFileId, 0, true);
		else if (event.type === 'unloaded' || event.type === 'crashed') records.delete(modelFileId);
	});

	return {
		async requested({ id, path }, options) {
			requested.set(id, { path, options });
			return predict(path, options, options.contextSize);
		},
		failed({ id }, options, error) {
			if (findModelFile(database, id) === undefined) return;
			insertLoad(database, {
				modelFileId: id,
				at: clock(),
				outcome: 'failed',
				machine,
				engineBuild,
				options,
				contextSize: null,
				predictedBytes: null,
				measuredBytes: null,
				copiedBytes: null,
				loadMs: null,
				threads: null,
				tokensPerSecond: null,
				failure: failureFacts(error),
			});
		},
		close: stop,
	};
}
