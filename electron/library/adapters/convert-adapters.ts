import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { adapterUnsuitable } from '../../../models/adapters/adapter-facts.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { requireDiskSpace } from '../../../models/disk-space.ts';
import { checkOutput, writeWhole } from '../../../models/native/output-file.ts';
import type { runNativeTask } from '../../../models/native/run-task.ts';
import { type TrainingRecord, trainingRecordName, trainingRecordSchema } from '../../contract/adaptation/schema.ts';
import {
	type Adapter,
	type AdapterExportInput,
	type AdapterImportInput,
	type AdapterMergeInput,
	longestAdapterName,
} from '../../contract/adapters/schema.ts';
import type { Job } from '../../contract/jobs/schema.ts';
import type { ModelFile } from '../../contract/library/schema.ts';
import type { WritableDatabase } from '../../database/database.ts';
import type { JobControl, Jobs } from '../../jobs/jobs.ts';
import type { Lane } from '../../jobs/lane.ts';
import type { ModelLibrary } from '../model-service.ts';
import type { Quantizer } from '../quantize-model.ts';
import { type Adapters, adaptedName, fitsModel, getAdapterRow, requireFreeName, resolveAdapters } from './adapters.ts';

export interface ConversionContext {
	readonly database: WritableDatabase;
	readonly adapters: Pick<Adapters, 'folder' | 'register'>;
	readonly library: Pick<ModelLibrary, 'all' | 'modelFile' | 'add'>;
	readonly jobs: Jobs;
	readonly lane: Lane;
	readonly quantizer: Pick<Quantizer, 'start'>;
	readonly modelsFolder: string;
	readonly native: typeof runNativeTask;
	/** The version of a dataset with this hash; null: none. */
	readonly versionWithHash: (sha256: string) => number | null;
}

/** Adapters from and for other programs, and models that need none any more. */
export interface AdapterConversion {
	/**
	 * Adds an adapter from elsewhere: a copy, converted if PEFT or MLX-LM wrote it. Read in a process of its own. Throws Failure
	 * `adapter-unsuitable` with the reason, `no-model`, and those of files that can't be read.
	 */
	import(input: AdapterImportInput, signal?: AbortSignal): Promise<Adapter>;
	/** Writes an adapter to a path. Returns the absolute path. Throws Failure `adapter-unknown`, `output-…`, …. */
	export(input: AdapterExportInput, signal?: AbortSignal): Promise<{ path: string; bytes: number }>;
	/**
	 * Starts to write a model with adapters in its weights, which enters the library; then quantises it, if asked to. Throws
	 * Failure `model-unknown`, `adapter-unknown`, `adapter-unsuitable`, and those of an output.
	 */
	merge(input: AdapterMergeInput): Promise<{ job: Job; path: string }>;
}

/** A file name without characters that file systems refuse. */
function fileName(name: string): string {
	const plain = name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
	return plain.slice(0, 80) || 'adapter';
}

/**
 * Returns a path for an adapter that no file ever had: conversations, load settings and engines name adapters by path, and
 * would take a new file for a removed one.
 */
export function newAdapterPath(folder: string, name: string): string {
	return join(folder, `${fileName(name)}-${randomBytes(5).toString('hex')}.gguf`);
}

/** Returns a path in the folder that no file has yet, and that nothing else is about to write. Reserves it. */
async function reservePath(folder: string, name: string, reserved: Set<string>): Promise<string> {
	for (let number = 1; ; number += 1) {
		const path = join(folder, `${name}${number === 1 ? '' : `-${number}`}.gguf`);
		if (reserved.has(path)) continue;
		reserved.add(path);
		if ((await stat(path).catch(() => null)) === null) return path;
		reserved.delete(path);
	}
}

/** A name for an adapter from its path: files of PEFT and MLX-LM have the same names everywhere, their folders have not. */
function nameOf(path: string): string {
	const own = basename(path).replace(/\.(gguf|safetensors|json)$/i, '');
	return (
		(/^adapter(_model|_config|s)$/.test(own) ? basename(dirname(path)) : own).slice(0, longestAdapterName) || 'Adapter'
	);
}

/** The data of an export, next to its record: without it, a record is another one's that lies above by chance. */
const exportedData = 'train.jsonl';

/** Most bytes of a record. */
const largestRecord = 1_000_000;

/** Returns what the training was exported from here, if the adapter is in the folder of the export or in one in it. */
async function readTrainingRecord(source: string): Promise<TrainingRecord | null> {
	const own = (await stat(source).catch(() => null))?.isDirectory() ? source : dirname(source);
	for (const folder of [own, dirname(own)]) {
		const path = join(folder, trainingRecordName);
		const facts = await stat(path).catch(() => null);
		if (!facts?.isFile() || facts.size > largestRecord) continue;
		const data = await stat(join(folder, exportedData)).catch(() => null);
		if (!data?.isFile()) continue;
		try {
			return trainingRecordSchema.parse(JSON.parse(await readFile(path, 'utf8')));
		} catch {
			// Somebody else's file: the adapter is imported like any other.
			return null;
		}
	}
	return null;
}

/** Whether a model is the one that a training was exported for. */
function isRecorded({ sha256 }: ModelFile, record: TrainingRecord | null): boolean {
	return sha256 !== null && sha256 === record?.base.sha256;
}

export function createAdapterConversion(context: ConversionContext): AdapterConversion {
	const { database, adapters, library, native } = context;
	/** Paths of merges that are not written yet. */
	const reserved = new Set<string>();

	/** Models that an adapter may have been made for: the named one, or all, each shape once, the recorded one and the default first. */
	function basesOf(named: number | undefined, record: TrainingRecord | null): readonly ModelFile[] {
		if (named !== undefined) return [library.modelFile(named)];
		const models = library.all().filter(({ kind, problem }) => kind === 'model' && problem === null);
		const sorted = models.toSorted((a, b) => Number(b.default) - Number(a.default));
		const shapes = new Map(sorted.toReversed().map((file) => [`${file.architecture} ${file.parameters}`, file]));
		const one = sorted.filter((file) => shapes.get(`${file.architecture} ${file.parameters}`) === file);
		const known = models.find((file) => isRecorded(file, record));
		return known === undefined ? one : [known, ...one.filter((file) => file !== known)];
	}

	return {
		async import({ path, modelFileId, name, licenceNote = '' }, signal) {
			const source = resolve(path);
			// Nothing is converted for a name that is taken; a name that nobody chose gets a number instead.
			if (name !== undefined) requireFreeName(database, name);
			const record = await readTrainingRecord(source);
			const bases = basesOf(modelFileId, record);
			if (bases.length === 0) {
				throw new Failure({
					code: 'no-model',
					message: said`An adapter needs the model that it changes, and the library has none.`,
					next: [said`Add the model first, then import the adapter`],
				});
			}
			await mkdir(adapters.folder, { recursive: true });
			const output = newAdapterPath(adapters.folder, name ?? record?.name ?? nameOf(source));
			const { result } = await native<'import-adapter'>(
				{ kind: 'import-adapter', source, bases: bases.map((base) => base.path), output },
				signal === undefined ? {} : { signal },
			);
			const base = bases[result.base];
			if (base === undefined) throw new Error('the adapter was imported for a model that was not named');
			const recorded = isRecorded(base, record);
			const added = {
				name: (name ?? record?.name ?? nameOf(source)).slice(0, longestAdapterName),
				path: output,
				origin: result.format,
				trainingRunId: null,
				datasetVersionId: recorded && record?.dataset ? context.versionWithHash(record.dataset.sha256) : null,
				manifest: record === null ? result.config : JSON.stringify({ ...record, config: result.config }),
				licenceNote,
				base,
				exact: modelFileId !== undefined || recorded,
			};
			return adapters.register(added).catch(async (error: unknown) => {
				// Nothing names it.
				await rm(output, { force: true });
				throw error;
			});
		},
		async export({ id, format, path }, signal) {
			const row = getAdapterRow(database, id);
			const output = resolve(path);
			if (format === 'gguf') {
				await checkOutput(output, row.path);
				await requireDiskSpace(dirname(output), row.sizeBytes);
				await writeWhole(
					output,
					(part) => copyFile(row.path, part),
					async () => {},
				);
				return { path: output, bytes: row.sizeBytes };
			}
			const models = library
				.all()
				.filter((file) => file.kind === 'model' && file.problem === null && fitsModel(row, file));
			const base = models.find((file) => file.id === row.base.modelFileId) ?? models[0];
			if (base === undefined) {
				throw adapterUnsuitable(
					row.path,
					said`its model ${row.base.name}, which says how PEFT orders rows, is not in the library`,
				);
			}
			const { result } = await native<'export-adapter'>(
				{ kind: 'export-adapter', adapter: row.path, base: base.path, baseName: row.base.name, output },
				signal === undefined ? {} : { signal },
			);
			return { path: output, bytes: result.bytes };
		},
		async merge({ modelFileId, adapters: uses, type, quantise, path }) {
			const base = library.modelFile(modelFileId);
			const { files, used } = resolveAdapters(database, uses, base);
			const title = adaptedName(base.name, used).slice(0, 200);
			const folder = join(context.modelsFolder, 'merged');
			await mkdir(folder, { recursive: true });
			const output =
				path === undefined ? await reservePath(folder, `${fileName(title)}-${type}`, reserved) : resolve(path);
			const write = async (control: JobControl): Promise<void> => {
				const { result } = await native<'merge'>(
					{ kind: 'merge', model: base.path, adapters: files, output, name: title, type },
					{
						signal: control.signal,
						onProgress: (each) => each.kind === 'merge' && control.progress(each.done, each.total),
					},
				);
				const file = await library.add(result.path).catch(async (error: unknown) => {
					await rm(result.path, { force: true });
					throw error;
				});
				if (quantise.length > 0) {
					context.quantizer.start({ id: file.id, types: quantise, imatrix: null, imatrixText: null });
				}
			};
			try {
				await checkOutput(output, base.path);
				const job = context.jobs.start({
					kind: 'merge',
					title,
					unit: 'tensors',
					lane: 'quantise',
					work: (control) => context.lane(() => write(control), said`a merge`).finally(() => reserved.delete(output)),
				});
				return { job, path: output };
			} catch (error) {
				reserved.delete(output);
				throw error;
			}
		},
	};
}
